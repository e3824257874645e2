"""From an empty data folder to a site with demo people, and back to nothing running."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import (
    HTTPCookieProcessor,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

import pytest

from tests.architecture.rules.source import ROOT

ROLES = {
    "13800000001": "learner",
    "13800090001": "instructor",
    "13800099001": "administrator",
}


@pytest.fixture
def environment(tmp_path):
    """What a person's shell would hand on, with a data folder and a port of the test's own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return {**own, "LMS_DATA_DIR": str(tmp_path / "var"), "PORT": str(port)}


def set_up(environment) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tools.setup"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def signed_in(site: str, phone: str, password: str) -> tuple[OpenerDirector, set[str]]:
    """Sign in as a program would; return the browser, and the roles the site answers with."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    with opener.open(f"{site}/api/v1/session") as answer:
        token = json.load(answer)["csrf_token"]
    request = Request(  # noqa: S310 -- our own http address
        f"{site}/api/v1/session",
        data=json.dumps({"phone": phone, "password": password}).encode(),
        headers={"Content-Type": "application/json", "X-CSRF-Token": token},
    )
    with opener.open(request) as answer:
        return opener, {each["role"] for each in json.load(answer)["person"]["roles"]}


def stands_under_its_own_address(site: str, browser: OpenerDirector) -> bool:
    """Tell whether a badge of the demo names keys that a stranger finds where it says they are."""
    with browser.open(f"{site}/api/v1/me/credentials") as answer:
        (badge, *_) = json.load(answer)["items"]
    with browser.open(badge["files"]["json"]) as answer:
        document = json.load(answer)
    host = document["issuer"]["id"].removeprefix("did:web:").replace("%3A", ":")
    with browser.open(f"http://{host}/.well-known/did.json") as answer:
        keys = json.load(answer)["assertionMethod"]
    return document["proof"][0]["verificationMethod"] in keys


def descendants(process: int) -> set[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {int(child) for child in children}.union(*(descendants(int(c)) for c in children))


@pytest.fixture
def serving(environment):
    """Call it to serve; what is still running when the test ends is stopped."""
    started = []

    def serve():
        command = [sys.executable, "-m", "tools.serve"]
        started.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield serve
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's process table")
def test_an_empty_folder_becomes_a_site_and_ctrl_c_leaves_nothing_running(environment, serving):
    assert "Demo people" in set_up(environment)
    assert set_up(environment) == ""
    server = serving()
    said = ""
    while "Ctrl-C" not in said:
        line = server.stdout.readline()
        assert line, said
        said += line
    site = re.search(r"served on\s+(\S+)", said)[1]
    password = re.search(r"password\s+(\S+)", said)[1]
    till = build_opener(ProxyHandler({}))
    with till.open(re.search(r"payments on\s+(\S+)", said)[1]) as answer:
        assert answer.status == 200
    for phone, role in ROLES.items():
        assert phone in said
        assert role in signed_in(site, phone, password)[1]
    graduate, _ = signed_in(site, "13800000002", password)
    assert stands_under_its_own_address(site, graduate)
    started = descendants(server.pid)
    assert len(started) >= 5  # the server, its two processes, the worker, the till
    server.send_signal(signal.SIGINT)
    rest, _ = server.communicate(timeout=60)
    assert rest.endswith("Stopped.\n")
    assert server.returncode == 0
    assert not any(Path(f"/proc/{process}").exists() for process in started)
