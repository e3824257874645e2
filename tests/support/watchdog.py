"""Ends a test run's database server when the run is gone without having stopped it."""

import os
import shutil
import signal
import sys
import time


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    run, server, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    while alive(run):
        time.sleep(1)
    if alive(server):
        os.kill(server, signal.SIGINT)
        time.sleep(2)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
