"""What a program that reads hostile files can and cannot do."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from lms.media.gateway.program import Ending, Limits, ProgramFailed, ffmpeg, run_confined

MIB = 1024**2
LIMITS = Limits(wall_seconds=20, cpu_seconds=10, memory_bytes=512 * MIB, file_bytes=MIB)


_CONNECT = """
import socket
s = socket.socket()
s.settimeout(2)
print(s.connect_ex(("127.0.0.1", {port})))
"""
_LEAVE = """
import ctypes, sys
kernel = ctypes.CDLL(None)
sys.exit(kernel.unshare(0x40000000) and kernel.unshare(0x50000000))
"""


def can_leave_the_network():
    return subprocess.run([sys.executable, "-c", _LEAVE], check=False).returncode == 0


def run(folder, code, limits=LIMITS, on_line=None):
    run_confined([sys.executable, "-c", code], folder=folder, limits=limits, on_line=on_line)


def lines_of(folder, code):
    lines = []
    run(folder, code, on_line=lines.append)
    return lines


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pid):
    until = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def test_a_program_runs_in_its_folder_with_next_to_nothing_inherited(tmp_path, monkeypatch):
    monkeypatch.setenv("LMS_SECRET_KEY", "do not tell")
    code = "import os; print(os.getcwd()); print(sorted(os.environ)); print(os.nice(0))"
    where, environment, niceness = lines_of(tmp_path, code)
    assert where == str(tmp_path)
    assert "LMS_SECRET_KEY" not in environment
    assert int(niceness) >= 10


def test_a_program_reaches_no_network_where_the_kernel_can_take_it_away(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = _CONNECT.format(port=server.getsockname()[1])
        (answer,) = lines_of(tmp_path, code)
    if not can_leave_the_network():
        pytest.skip("this kernel gives programs no network of their own")
    assert answer != "0"


def test_ffmpeg_opens_no_address_whatever_the_kernel_can_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.mp4"
        with pytest.raises(ProgramFailed) as raised:
            run_confined(
                [ffmpeg(), "-nostdin", "-protocol_whitelist", "file,pipe", "-i", address],
                folder=tmp_path,
                limits=replace(LIMITS, memory_bytes=4096 * MIB),
            )
        with pytest.raises(TimeoutError):
            server.accept()
    assert "not on whitelist" in str(raised.value)


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(2 * 1024**3)",
        "open('big', 'wb').write(bytes(5 * 1024**2))",
        "files = [open('/dev/null') for _ in range(100)]",
        "import sys; sys.exit(3)",
    ],
)
def test_a_program_that_goes_beyond_a_limit_or_fails_is_told(tmp_path, code):
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, code)
    assert raised.value.ending is Ending.FAULT


def test_a_program_that_spins_is_stopped_by_its_processor_time(tmp_path):
    began = time.monotonic()
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, "while True: pass", replace(LIMITS, cpu_seconds=1))
    assert raised.value.ending is Ending.TIME_UP
    assert time.monotonic() - began < 15


def test_a_program_that_went_by_the_signal_of_the_limit_used_it_up_whatever_the_account_says(
    tmp_path,
):
    code = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, code)
    assert raised.value.ending is Ending.TIME_UP


def test_a_program_that_ends_in_its_own_way_after_its_processor_time_had_used_it_up(tmp_path):
    code = """
import signal, sys, time
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while time.process_time() < 1.5: pass
sys.exit(123)
"""
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, code, replace(LIMITS, cpu_seconds=1))
    assert raised.value.ending is Ending.TIME_UP


def test_a_program_that_sleeps_is_stopped_by_the_clock(tmp_path):
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, "import time; time.sleep(60)", replace(LIMITS, wall_seconds=1))
    assert raised.value.ending is Ending.TIME_UP


def test_ffmpeg_that_uses_up_its_processor_time_is_told_from_one_that_is_killed(tmp_path):
    endless = [ffmpeg(), "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=1280x720"]
    endless += ["-c:v", "libx264", "-f", "null", "-"]
    roomy = replace(LIMITS, cpu_seconds=1, memory_bytes=4096 * MIB)
    with pytest.raises(ProgramFailed) as raised:
        run_confined(endless, folder=tmp_path, limits=roomy)
    assert raised.value.ending is Ending.TIME_UP


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_a_program_that_somebody_kills_is_not_taken_for_a_bad_video(tmp_path, kill):
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, code, on_line=lambda line: os.kill(int(line), kill))
    assert raised.value.ending is Ending.STOPPED


def test_a_disk_that_takes_no_more_is_told_from_a_bad_video(tmp_path):
    code = "open('/dev/full', 'w', buffering=1).write('x\\n')"
    with pytest.raises(ProgramFailed) as raised:
        run(tmp_path, code)
    assert raised.value.ending is Ending.DISK_FULL


def test_what_a_program_started_dies_with_it(tmp_path):
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)"
    )
    (child,) = lines_of(tmp_path, code)
    assert wait_until_gone(int(child))


def test_a_program_is_killed_when_nobody_wants_its_answers_any_more(tmp_path):
    pids = []

    def stop(line):
        pids.append(int(line))
        raise InterruptedError

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(InterruptedError):
        run(tmp_path, code, on_line=stop)
    assert wait_until_gone(pids[0])
