"""A real nginx on loopback, set up by the very example of docs/serving.md."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.production import HOST, free_port
from tools.serve import answers
from tools.supervisor import end_group, start

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT / "docs" / "serving.md"
PREFIX = "/_media"
_START_SECONDS = 30
_MAIN = """
{user}
worker_processes auto;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
    {more}
}}
"""


def program() -> str | None:
    """Return nginx, or nothing where the machine has none."""
    places = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
    return shutil.which("nginx", path=places)


def example(*, port: int, site_port: int, media_dir: Path, folder: Path) -> str:
    """Return the paper's example on loopback: other places, no certificate, all else as it is."""
    text = re.findall(r"```nginx\n(.*?)```", PAPER.read_text(encoding="utf-8"), re.DOTALL)[0]
    changes = {
        "listen 443 ssl http2;": f"listen {HOST}:{port};",
        "server_name learn.example.org;": f"server_name {HOST};",
        "    ssl_certificate /etc/ssl/certs/learn.example.org.pem;\n": "",
        "    ssl_certificate_key /etc/ssl/private/learn.example.org.key;\n": "",
        "server 127.0.0.1:8000;": f"server {HOST}:{site_port};",
        "/var/cache/nginx/tickets": f"{folder}/tickets",
        "/srv/xiangbo/var/media/": f"{media_dir}/",
    }
    for theirs, ours in changes.items():
        assert text.count(theirs) == 1, f"docs/serving.md has not one {theirs!r}"
        text = text.replace(theirs, ours)
    return text


@contextmanager
def serving(folder: Path, *, site_port: int, media_dir: Path, more: str = "") -> Iterator[int]:
    """Serve the site through nginx, whose files lie in the folder; yield its port.

    ``more`` are further servers. Raises ``LookupError`` where the machine has no nginx.
    """
    found = program()
    if found is None:
        raise LookupError("nginx is not installed")
    port = free_port()
    folder.mkdir()
    paper = example(port=port, site_port=site_port, media_dir=media_dir, folder=folder)
    (folder / "site.conf").write_text(paper, encoding="utf-8")
    # As root it would become somebody else, who may not look into the tests' folders.
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(user=user, folder=folder, more=more), encoding="utf-8")
    command = [found, "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")]
    server = start([*command, "-g", "daemon off;"], {"PATH": os.defpath}, ROOT)
    try:
        _wait(server, port, folder / "error.log")
        yield port
    finally:
        end_group(server.pid)
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not answers(f"http://{HOST}:{port}/healthz"):
        if server.poll() is not None or time.monotonic() > until:
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            raise RuntimeError(f"nginx did not start:\n{said[-2000:]}")
        time.sleep(0.05)
