"""Whatever ends the site ends all of it: servers, workers and what they have started."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.architecture.rules.source import ROOT
from tests.support.watchdog import alive

# A program that starts one that will not listen, in a session of its own, and tells both numbers.
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(120)"
PARENT = f"""
import json, os, subprocess, sys, time
own = len(sys.argv) > 2
child = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}], start_new_session=own)
time.sleep(0.3)
with open(sys.argv[1] + ".new", "w") as file: json.dump([os.getpid(), child.pid], file)
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(120)
"""
SUPERVISE = """
import json, os, signal, sys
from pathlib import Path
from tools.supervisor import Supervisor
# Under nohup, which the suite may run under, the supervisor rightly stays when the line hangs up.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
commands = json.loads(sys.argv[1])
one = Supervisor(grace_seconds=2)
crashed = one.run(commands, environment=dict(os.environ), folder=Path.cwd(), started=lambda: None)
sys.exit(f"{crashed} crashed" if crashed else 0)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="relies on Linux process control")


@pytest.fixture
def supervised(tmp_path):
    """Start two programs with a grandchild each; return the supervisor and all their numbers."""
    files = [tmp_path / "web", tmp_path / "worker"]
    commands = {
        "web server": [sys.executable, "-c", PARENT, str(files[0])],
        "worker": [sys.executable, "-c", PARENT, str(files[1]), "own session"],
    }
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, json.dumps(commands)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: all(file.exists() for file in files))
    processes = [number for file in files for number in json.loads(file.read_text())]
    assert all(map(alive, processes))
    yield supervisor, processes
    for process in [supervisor.pid, *processes]:
        if alive(process):
            os.kill(process, signal.SIGKILL)
    supervisor.wait()
    supervisor.stderr.close()


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_it_ends_every_descendant(supervised, number):
    supervisor, processes = supervised
    supervisor.send_signal(number)
    assert supervisor.wait(timeout=20) == 0
    assert not any(map(alive, processes))


def test_a_program_that_crashes_ends_the_others_and_is_named(supervised):
    supervisor, processes = supervised
    os.kill(processes[2], signal.SIGKILL)
    _, said = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 1
    assert "worker crashed" in said
    assert not any(map(alive, processes))


def test_killing_the_supervisor_outright_still_ends_its_programs(supervised):
    supervisor, processes = supervised
    supervisor.kill()
    wait_for(lambda: not alive(processes[0]) and not alive(processes[2]))


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port), "LMS_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert f"make run PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
