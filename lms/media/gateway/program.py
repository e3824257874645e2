"""Runs ffmpeg and the probe in confinement: own folder, limits, a time limit, nothing inherited."""

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import structlog

log = structlog.get_logger(__name__)
_LAUNCHER = Path(__file__).with_name("confine.py")
_OPEN_FILES = 64
_LAST_WORDS = 2_000
# The kernel gives the limit's signal a tick before its own account has come so far, in seconds.
_ROUNDING = 0.1
_STOPS = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)
# ffmpeg answers these signals with words and an end of its own.
_STOPPED = tuple(f"received signal {-each}" for each in _STOPS)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use: seconds on the wall and of all processors, bytes."""

    wall_seconds: int
    cpu_seconds: int
    memory_bytes: int
    file_bytes: int


class Ending(Enum):
    """Why a program did not end well."""

    FAULT = "it refused or crashed over what it was given"
    TIME_UP = "it used up its time, on the wall or of the processors"
    DISK_FULL = "the disk took no more"
    STOPPED = "somebody or the machine stopped it"


class ProgramFailed(Exception):
    """The program did not end well; ``ending`` says why."""

    def __init__(self, last_words: str, ending: Ending) -> None:
        super().__init__(last_words)
        self.ending = ending


def ffmpeg() -> str:
    """Return the path of the ffmpeg that is installed with the site."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run_confined(
    command: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
) -> None:
    """Run the program in the folder and hand over each line it prints.

    It and all it starts are killed when time is up, when ``on_line`` raises and when this process
    dies. Raises ``ProgramFailed`` where it does not end well.
    """
    with tempfile.TemporaryFile() as errors:
        process = _start(command, folder, limits, errors)
        watch = _Watch(process, limits.wall_seconds)
        try:
            for line in process.stdout or ():
                if on_line is not None:
                    on_line(line.rstrip("\n"))
            watch.wait()
        finally:
            watch.end()
        if process.returncode != 0 or watch.timed_out:
            last_words = _last_words(errors)
            log.info("program_failed", status=process.returncode, errors=last_words)
            is_over = watch.timed_out or watch.used_up(limits.cpu_seconds)
            ending = Ending.TIME_UP if is_over else _ending(process.returncode, last_words)
            raise ProgramFailed(last_words, ending)


def _start(
    command: Sequence[str], folder: Path, limits: Limits, errors: IO[bytes]
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 (the command is built here, without a shell)
        [sys.executable, "-I", "-S", str(_LAUNCHER), _as_json(limits), *command],
        cwd=folder,
        env={"LANG": "C.UTF-8", "PATH": os.defpath, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
        text=True,
        errors="replace",
    )


def _ending(status: int, last_words: str) -> Ending:
    if os.strerror(errno.ENOSPC) in last_words:
        return Ending.DISK_FULL
    is_stopped = status in _STOPS or any(words in last_words for words in _STOPPED)
    return Ending.STOPPED if is_stopped else Ending.FAULT


class _Watch:
    """Kills the program's whole group when its time is up, and at the end in any case.

    What it used of the processors tells a limit from a kill: the signal of the limit comes again
    each second, and a program that is slow to end may go in another way than by it. Who went by
    that signal reached the limit, whatever the account of a machine with many guests says.
    """

    def __init__(self, process: subprocess.Popen[str], seconds: int) -> None:
        self.timed_out = False
        self.cpu_seconds = 0.0
        self._process = process
        self._timer = threading.Timer(seconds, self._time_is_up)
        self._timer.daemon = True
        self._timer.start()

    def wait(self) -> None:
        """Wait for the program without forgetting it: until ``end`` its number stays its own."""
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)

    def used_up(self, cpu_seconds: int) -> bool:
        """Tell whether the program, which ended, reached its limit of the processors."""
        by_limit = self._process.returncode == -signal.SIGXCPU
        return by_limit or self.cpu_seconds > cpu_seconds - _ROUNDING

    def end(self) -> None:
        """Leave nothing of the program running."""
        self._timer.cancel()
        self._kill()
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = used.ru_utime + used.ru_stime
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _time_is_up(self) -> None:
        self.timed_out = True
        self._kill()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _as_json(limits: Limits) -> str:
    return json.dumps(
        {
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": _OPEN_FILES,
        }
    )


def _last_words(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(size - _LAST_WORDS, 0))
    return errors.read().decode(errors="replace")
