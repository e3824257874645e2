"""Writers of one process and of several take turns."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lms.db.turns import Turns

_LONG = 60.0
_HOLDS = """
import sys
from lms.db.turns import Turns
with Turns(sys.argv[1], 60).turn():
    print("holding", flush=True)
    sys.stdin.readline()
print("done", flush=True)
sys.stdin.readline()
"""

# As the web server does: what is set up before its processes part is in each of them.
_PARTS = """
import os, sys, threading
from lms.db.turns import Turns
turns = Turns(sys.argv[1], 60)
with turns.turn():
    pass
(told, tell), (go, let_go) = os.pipe(), os.pipe()
if os.fork() == 0:
    with turns.turn():
        os.write(tell, b"holding")
        os.read(go, 1)
    os._exit(0)
os.read(told, 100)
done = threading.Event()
def write():
    with turns.turn():
        done.set()
threading.Thread(target=write).start()
print(done.wait(0.2))
os.write(let_go, b"!")
print(done.wait(60))
os.wait()
"""


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_process_with_many_writers_lets_another_one_write_in_between(tmp_path: Path) -> None:
    ours, other = (Turns(str(tmp_path / "db"), _LONG) for _ in range(2))
    wrote, over = threading.Event(), threading.Event()

    def write_on() -> None:
        while not over.is_set():
            with ours.turn():
                pass

    def write_once() -> None:
        with other.turn():
            wrote.set()

    threads = [start(write_on) for _ in range(4)]
    threads.append(start(write_once))
    assert wrote.wait(_LONG)
    over.set()
    for thread in threads:
        thread.join()
    # Nobody is left with the turn.
    for turns in (ours, other):
        with turns.turn():
            pass
        turns.close()


def test_who_waited_too_long_goes_on_and_leaves_the_turn_to_the_others(tmp_path: Path) -> None:
    hasty, patient = Turns(str(tmp_path / "db"), 0.01), Turns(str(tmp_path / "db"), _LONG)
    went_on = threading.Event()

    def write() -> None:
        with hasty.turn():
            went_on.set()

    with hasty.turn():
        start(write).join()
        assert went_on.is_set()
    with patient.turn():
        pass
    hasty.close()
    patient.close()


@contextmanager
def holder(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process whose turn it is until it reads a line."""
    command = [sys.executable, "-c", _HOLDS, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


@pytest.mark.parametrize("end", ["lets go", "is killed"])
def test_another_process_writes_before_us_and_then_we_do(tmp_path: Path, end: str) -> None:
    turns, done = Turns(str(tmp_path / "db"), _LONG), threading.Event()

    def write() -> None:
        with turns.turn():
            done.set()

    with holder(tmp_path / "db") as other:
        thread = start(write)
        assert not done.wait(0.2)
        if end == "lets go":
            assert other.stdin is not None
            other.stdin.write("\n")
            other.stdin.flush()
        else:
            other.kill()
        assert done.wait(_LONG)
        thread.join()
    turns.close()


def test_without_a_file_the_threads_still_take_turns(tmp_path: Path) -> None:
    turns = Turns(str(tmp_path / "nowhere" / "db"), _LONG)
    for _ in range(2):
        with turns.turn():
            pass
    turns.close()


def test_a_process_that_parted_from_ours_has_turns_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PARTS, str(tmp_path / "db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\nTrue\n"
