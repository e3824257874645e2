"""Serves the site and runs its worker; when one of them ends, or we are told to, all end."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from lms.settings import Settings
from tools.setup import DEMO_PASSWORD, read_settings

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
GRACE_SECONDS = 15
START_SECONDS = 60
TICK_SECONDS = 0.2
# Numbers of prctl(2).
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PEOPLE = (
    ("learner", "学员", "13800000001"),
    ("instructor", "教师", "13800090001"),
    ("administrator", "管理员", "13800099001"),
)


@dataclass(slots=True)
class Supervisor:
    """Two programs that live and die together, each the head of a process group of its own."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    told_to_stop: bool = False

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start a program; it is told to end even when we are killed outright."""
        self.running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 -- we run no threads
        )

    def tell(self, _signal: int, _frame: FrameType | None) -> None:
        """Remember that somebody wants all of it to stop."""
        self.told_to_stop = True

    def ended(self) -> str | None:
        """Return the name of a program that ended by itself, if there is one."""
        return next((name for name, one in self.running.items() if one.poll() is not None), None)

    def watch(self) -> str | None:
        """Wait until we are told to stop (``None``) or a program ends (its name)."""
        while not self.told_to_stop:
            name = self.ended()
            if name is not None:
                return name
            time.sleep(TICK_SECONDS)
        return None

    def stop(self) -> None:
        """Ask every program to end, then end what is still there, grandchildren included."""
        for one in self.running.values():
            signal_group(one.pid, signal.SIGTERM, leader_only=True)
        until = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < until and any(p.poll() is None for p in self.running.values()):
            time.sleep(TICK_SECONDS / 4)
        for one in self.running.values():
            signal_group(one.pid, signal.SIGKILL)
            one.wait()
        end_orphans()


def main() -> None:
    """Serve until told to stop; exit 1 when a part of it crashed."""
    settings = read_settings()
    host, port = address()
    refuse_taken(host, port)
    supervisor = Supervisor()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Somebody who started us with nohup wants us to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
            signal.signal(number, supervisor.tell)
    adopt_orphans()
    environment = child_environment(host, port)
    crashed: str | None = None
    try:
        supervisor.start("web server", web_command(host, port), environment)
        supervisor.start("worker", [sys.executable, "-m", "flask", "worker"], environment)
        if wait_until_up(supervisor, host, port):
            print(welcome(settings, environment["LMS_BASE_URL"]), flush=True)
        crashed = supervisor.watch()
    finally:
        supervisor.stop()
    if crashed:
        sys.exit(f"The {crashed} ended unexpectedly, see above; everything else was stopped too.")
    print("Stopped.")


def address() -> tuple[str, int]:
    """Return where to listen: LMS_BIND (host or host:port) and PORT, else this machine alone."""
    bind = os.environ.get("LMS_BIND", "").strip() or DEFAULT_HOST
    host, _, named = bind.rpartition(":") if bind.count(":") == 1 else (bind, "", "")
    port = os.environ.get("PORT", "").strip() or named or str(DEFAULT_PORT)
    if not port.isdigit() or not 0 < int(port) < 2**16:
        sys.exit(f"“{port}” is no port; use a number such as {DEFAULT_PORT}.")
    return host.strip("[]") or DEFAULT_HOST, int(port)


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


def child_environment(host: str, port: int) -> dict[str, str]:
    """Return what the programs are to know: the address people type follows the port."""
    shown = DEFAULT_HOST if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    shown = f"[{shown}]" if ":" in shown else shown
    return {
        **os.environ,
        "LMS_BASE_URL": os.environ.get("LMS_BASE_URL") or f"http://{shown}:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def web_command(host: str, port: int) -> list[str]:
    """Return the server's command: many threads, because slow phones hold one each for long."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--worker-class=gthread"]
    command += ["--workers=2", "--threads=64", "--keep-alive=15", "--timeout=60"]
    command += [f"--graceful-timeout={GRACE_SECONDS - 5}", "--log-level=warning"]
    command += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    if Path("/dev/shm").is_dir():  # noqa: S108 -- gunicorn makes private files there
        command += ["--worker-tmp-dir=/dev/shm"]
    return command


def wait_until_up(supervisor: Supervisor, host: str, port: int) -> bool:
    """Wait until the site answers; False when it ended or we were told to stop first."""
    asked = DEFAULT_HOST if host in ("0.0.0.0", "::") else host  # noqa: S104 -- compared, not bound
    url = f"http://{f'[{asked}]' if ':' in asked else asked}:{port}/healthz"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and not supervisor.told_to_stop and not supervisor.ended():
        if answers(url):
            return True
        time.sleep(TICK_SECONDS)
    if time.monotonic() >= until:
        print(f"The site has not answered for {START_SECONDS} s; it goes on trying.", flush=True)
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


def welcome(settings: Settings, url: str) -> str:
    """Return where to go and, where there are demo people, how to sign in as each."""
    lines = ["", f"  Xiangbo is served on  {url}", ""]
    password = settings.data_dir / DEMO_PASSWORD
    if not settings.production and password.exists():
        lines += [f"  Sign in on            {url}/sign-in", ""]
        lines += [f"    {role:14} {phone}   {chinese}" for role, chinese, phone in PEOPLE]
        lines += ["", f"    password       {password.read_text(encoding='ascii').strip()}", ""]
    return "\n".join([*lines, "  Ctrl-C stops all of it.", ""])


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent is gone (Linux)."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant, so that none escapes (Linux)."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def prctl(option: int, value: int) -> None:
    """Make the system call of that name where there is one."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def signal_group(leader: int, number: signal.Signals, *, leader_only: bool = False) -> None:
    """Send a signal to a process or to its whole group; one that is gone is no fault."""
    try:
        os.kill(leader, number) if leader_only else os.killpg(leader, number)
    except ProcessLookupError:
        return


def end_orphans() -> None:
    """End adopted grandchildren that made process groups of their own (Linux)."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.exists() and (left := children.read_text(encoding="ascii").split()):
        for process in map(int, left):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


if __name__ == "__main__":
    main()
