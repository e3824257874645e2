"""Starts a program that reads hostile files with little room and no network; run as a script.

The first argument is a JSON object of limits, the rest is the program. Limits hold from before its
first instruction. They cannot be set between fork and exec of a worker that has threads, so this
small step in between does it.
"""

import ctypes
import json
import os
import resource
import signal
import sys

_NEW_USER = 0x10000000  # CLONE_NEWUSER, linux/sched.h
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, linux/prctl.h
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
_NICE = 10
_GRACE = 5
_LIMITS = {
    "cpu_seconds": resource.RLIMIT_CPU,
    "memory_bytes": resource.RLIMIT_AS,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
}


def confine(limits: dict[str, int]) -> None:
    """Limit this process and what it starts.

    Where the kernel lets us, it gets a network of its own without any interface; elsewhere the
    list of allowed protocols that ffmpeg is given has to do.
    """
    os.nice(_NICE)
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if kernel.unshare(_NEW_NETWORK) != 0:
        # Not root: a user namespace of its own gives the right to leave the network.
        kernel.unshare(_NEW_USER | _NEW_NETWORK)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, kind in _LIMITS.items():
        # The signal at the soft limit of processor time tells it from a kill by somebody else.
        grace = _GRACE if kind == resource.RLIMIT_CPU else 0
        resource.setrlimit(kind, (limits[name], limits[name] + grace))


if __name__ == "__main__":
    confine(json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (no shell is the point)
