"""Runs programs that live and die together and leaves none of their descendants behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 15
TICK_SECONDS = 0.2
# Numbers of prctl(2).
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


@dataclass(slots=True)
class Supervisor:
    """Holds the running programs, each the head of a process group of its own."""

    grace_seconds: float = GRACE_SECONDS
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    told_to_stop: bool = False

    def run(
        self,
        commands: dict[str, list[str]],
        *,
        environment: dict[str, str],
        folder: Path,
        started: Callable[[], None],
    ) -> str | None:
        """Run the programs until we are told to stop (``None``) or one ends (its name)."""
        self.listen()
        adopt_orphans()
        try:
            for name, command in commands.items():
                self.running[name] = start(command, environment, folder)
            started()
            return self.watch()
        finally:
            self.stop()

    def listen(self) -> None:
        """Take Ctrl-C, a polite kill and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Somebody who started us with nohup wants us to outlive the terminal.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self.tell)

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
            if one.poll() is None:
                one.terminate()
        until = time.monotonic() + self.grace_seconds
        while time.monotonic() < until and any(p.poll() is None for p in self.running.values()):
            time.sleep(TICK_SECONDS / 4)
        for one in self.running.values():
            end_group(one.pid)
            one.wait()
        end_orphans()


def start(command: list[str], environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; it is told to end even when we are killed."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 -- we run no threads
    )


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


def end_group(leader: int) -> None:
    """End a whole process group at once; one that is gone is no fault."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def end_orphans() -> None:
    """End adopted grandchildren that made process groups of their own (Linux)."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.exists() and (left := children.read_text(encoding="ascii").split()):
        for process in map(int, left):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
