"""Starts the site as production does, on loopback, and stops it; browsers signed in to it."""

import os
import secrets
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from tools.serve import answers, web_command
from tools.supervisor import end_group, start

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
_START_SECONDS = 90
_STOP_SECONDS = 15
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Served:
    """A web server that runs: where it listens, and its process."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """Return the processes that answer requests, the oldest first."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return sorted(map(int, children.split()))


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Return the whole environment of a production site whose files lie in the folder."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "LMS_ENV": "production",
        "LMS_SECRET_KEY": secrets.token_hex(32),
        "LMS_VAULT_KEYS": "k1:" + b64encode(secrets.token_bytes(32)).decode(),
        "LMS_INDEX_KEY": b64encode(secrets.token_bytes(32)).decode(),
        "LMS_BASE_URL": f"https://{HOST}",
        "LMS_TRUSTED_HOSTS": HOST,
        "LMS_SMS_URL": f"http://{HOST}:9/",
        "LMS_DATA_DIR": str(folder),
        "LMS_DATABASE_URL": database_url,
    }


@contextmanager
def serving(program: str, variables: Mapping[str, str]) -> Iterator[Served]:
    """Serve the WSGI program as the site is served."""
    port = free_port()
    command = [program if part == "wsgi:app" else part for part in web_command(HOST, port)]
    server = start(command, dict(variables), ROOT)
    try:
        _wait(server, port)
        yield Served(port, server.pid)
    finally:
        _stop(server)


def browser_headers(app: Flask, token: str) -> dict[str, str]:
    """Return what a phone's browser sends: the signed cookie, the form token, what it reads."""
    raw = secrets.token_hex(20)
    held = {"_fresh": True, "_permanent": True, "_user_id": token, "csrf_token": raw}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own class has it
    signer.signer = _SignedEarlier
    form_token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
    return {
        "Cookie": f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(held)}",
        "X-CSRF-Token": form_token,
        "Accept": "text/html,application/json",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip, deflate, br",
        "User-Agent": "Mozilla/5.0 (Linux; Android 12) Chrome/120 Mobile",
    }


class _SignedEarlier(TimestampSigner):
    """Signs as of two days ago: a site whose clock is set back a day still knows the browser."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() - 2 * _DAY


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while not answers(f"http://{HOST}:{port}/healthz"):
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError("a server did not start; see above")
        time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        end_group(server.pid)
        server.wait()
