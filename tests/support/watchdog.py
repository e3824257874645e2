"""Ends a test run's database server when the run is gone without having stopped it."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path


def alive(process: int) -> bool:
    """Tell whether a process runs; one that nobody has buried yet does not."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        # No such folder outside Linux, where the signal has to do.
        return not Path("/proc/self").exists()
    return state.split()[0] != "Z"


def main() -> None:
    run, pid_file, folder = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    while alive(run):
        time.sleep(1)
    # Read only now: a server that crashed and came back is another process.
    server = int(pid_file.read_text(encoding="ascii").split()[0]) if pid_file.exists() else None
    if server is not None and alive(server):
        os.kill(server, signal.SIGINT)
        time.sleep(2)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
