"""Writers come up in the order they came, in one process and between two."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lms.db.turns import Line, Turns

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


def wait_for(count: int, line: Line) -> None:
    """Wait until so many stand in the line."""
    while len(line) < count:
        threading.Event().wait(0.001)


def test_who_waited_longest_is_next() -> None:
    line, came = Line(), []

    def write(number: int) -> None:
        assert line.acquire(_LONG)
        came.append(number)
        line.release()

    assert line.acquire(_LONG)
    threads = []
    for number in range(8):
        threads.append(start(lambda number=number: write(number)))
        wait_for(number + 1, line)
    line.release()
    # Whoever comes now stands behind them all.
    write(8)
    for thread in threads:
        thread.join()
    assert came == list(range(9))


def test_who_waited_too_long_leaves_the_line_to_the_others() -> None:
    line = Line()
    assert line.acquire(_LONG)
    assert not line.acquire(0.01)
    line.release()
    assert line.acquire(_LONG)


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
