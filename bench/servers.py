"""Starts the site and the yardstick as production does, on loopback, and stops them always."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.serve import answers, web_command
from tools.supervisor import end_group, start

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_START_SECONDS = 90
_STOP_SECONDS = 15


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Return the whole environment of a production site whose files lie in the folder."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "LMS_ENV": "production",
        "LMS_SECRET_KEY": secrets.token_hex(32),
        "LMS_VAULT_KEYS": "k1:" + b64encode(secrets.token_bytes(32)).decode(),
        "LMS_BASE_URL": f"https://{HOST}",
        "LMS_TRUSTED_HOSTS": HOST,
        "LMS_SMS_URL": f"http://{HOST}:9/",
        "LMS_DATA_DIR": str(folder),
        "LMS_DATABASE_URL": database_url,
    }


@contextmanager
def serving(program: str, variables: Mapping[str, str]) -> Iterator[int]:
    """Serve the WSGI program as the site is served; yield its port."""
    port = _free_port()
    command = [program if part == "wsgi:app" else part for part in web_command(HOST, port)]
    server = start(command, dict(variables), ROOT)
    try:
        _wait(server, port)
        yield port
    finally:
        _stop(server)


def measure(plan: str) -> str:
    """Run the load generator on the plan and return what it found, both JSON."""
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(
        command, input=plan, capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load generator failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _free_port() -> int:
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
