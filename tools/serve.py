"""Serves the site and runs its worker; when one of them ends, or we are told to, all end."""

from __future__ import annotations

import secrets
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lms.settings import Settings
from tools.address import DEFAULT_HOST, address, child_environment, local_url
from tools.environment import run_politely
from tools.setup import DEMO_PASSWORD, read_settings
from tools.supervisor import TICK_SECONDS, Supervisor

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
# How far above the site's own port its till listens.
TILL_ABOVE = 421
PEOPLE = (
    ("learner", "学员", "13800000001"),
    ("instructor", "教师", "13800090001"),
    ("administrator", "管理员", "13800099001"),
    # Rules for subsidies hold for every county: only these load them, one proposes and one accepts.
    ("platform", "平台管理员", "13800097001"),
)


def main() -> None:
    """Serve until told to stop; exit 1 when a part of it crashed."""
    settings = read_settings()
    host, port = address()
    refuse_taken(host, port)
    environment = child_environment()
    commands = {
        "web server": web_command(host, port),
        "worker": [sys.executable, "-m", "flask", "worker"],
    }
    if needs_till(settings):
        till = till_port(port)
        environment |= till_environment(till)
        commands["till"] = [sys.executable, "-m", "flask", "demo", "stripe", f"--port={till}"]
    supervisor = Supervisor()

    def started() -> None:
        till_url = environment.get("LMS_STRIPE_API_BASE", "") if "till" in commands else ""
        urls = [f"{local_url(host, port)}/healthz", *([till_url] if till_url else [])]
        # Whoever reads the addresses may go there at once.
        if all(wait_until_up(supervisor, url) for url in urls):
            print(welcome(settings, environment["LMS_BASE_URL"], till_url), flush=True)

    crashed = supervisor.run(commands, environment=environment, folder=ROOT, started=started)
    if crashed:
        sys.exit(f"The {crashed} ended unexpectedly, see above; everything else was stopped too.")
    print("Stopped.")


def refuse_taken(host: str, port: int) -> None:
    """Stop with a sentence where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(
                f"Cannot serve on {host} port {port}: {error.strerror}. Perhaps the site runs "
                f"already. Stop that program, or take another port: make run PORT={port + 1}"
            )


def needs_till(settings: Settings) -> bool:
    """Tell whether people pay at a till of ours: in development, where no account is set up."""
    return not settings.production and settings.stripe is None


def till_port(port: int) -> int:
    """Return a port for the till: the same at each start where it is free."""
    usual = port + TILL_ABOVE if port + TILL_ABOVE < 2**16 else port - TILL_ABOVE
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((DEFAULT_HOST, usual))
        except OSError:
            return free_port()
    return usual


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server((DEFAULT_HOST, 0)) as found:
        free: int = found.getsockname()[1]
        return free


def till_environment(port: int) -> dict[str, str]:
    """Return what site and till are to know of each other."""
    return {
        "LMS_STRIPE_SECRET_KEY": "sk_test_" + secrets.token_hex(12),
        "LMS_STRIPE_WEBHOOK_SECRET": "whsec_" + secrets.token_hex(16),
        "LMS_STRIPE_API_BASE": local_url(DEFAULT_HOST, port),
    }


def web_command(host: str, port: int) -> list[str]:
    """Return the server's command: many threads, because slow phones hold one each for long."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class=gthread"]
    command += ["--workers=2", "--threads=64", "--keep-alive=15", "--timeout=60"]
    # A browser that keeps its connection open, though idle, must not hold up Ctrl-C for long.
    command += ["--graceful-timeout=3", "--log-level=warning"]
    # Loaded once and shared; nothing is left in the home folder.
    command += ["--preload", "--no-control-socket", "--config=python:tools.web_server"]
    command += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    if Path("/dev/shm").is_dir():  # noqa: S108 -- gunicorn makes private files there
        command += ["--worker-tmp-dir=/dev/shm"]
    return command


def wait_until_up(supervisor: Supervisor, url: str) -> bool:
    """Wait until an address answers; False when a part ended or we were told to stop first."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and not supervisor.told_to_stop and not supervisor.ended():
        if answers(url):
            return True
        time.sleep(TICK_SECONDS)
    if time.monotonic() >= until:
        print(f"{url} has not answered for {START_SECONDS} s; it goes on trying.", flush=True)
    return False


def answers(url: str) -> bool:
    """Tell whether anything answers there, be it a refusal."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def welcome(settings: Settings, url: str, till_url: str = "") -> str:
    """Return where to go and, where there are demo people, how to sign in as each."""
    lines = ["", f"  Xiangbo is served on  {url}", ""]
    if till_url:
        lines += [f"  Demo payments on      {till_url}", ""]
    password = settings.data_dir / DEMO_PASSWORD
    if not settings.production and password.exists():
        lines += [f"  Sign in on            {url}/sign-in", ""]
        lines += [f"    {role:14} {phone}   {chinese}" for role, chinese, phone in PEOPLE]
        lines += ["", f"    password       {password.read_text(encoding='ascii').strip()}", ""]
    return "\n".join([*lines, "  Ctrl-C stops all of it.", ""])


if __name__ == "__main__":
    run_politely(main)
