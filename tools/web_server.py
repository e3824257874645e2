"""What the web server does beyond its command line, as its own configuration file."""

import gc
import socket
from typing import Any

# A phone that takes nothing for so long has paused, or is gone; it asks again when it goes on.
STALLED_SECONDS = 60


def when_ready(server: Any) -> None:  # noqa: ANN401 (the server ships no types)
    """Prepare for the processes that part from here."""
    for listener in server.LISTENERS:
        cut_off_stalled(listener.sock)
    # What is loaded stays for good and need not be looked over again: the collector would go
    # through it with every few requests and copy the memory the processes share.
    gc.collect()
    gc.freeze()


def cut_off_stalled(listener: socket.socket) -> None:
    """Let the kernel end connections on which nothing is taken; they hold a thread each (Linux).

    Those accepted have what the listener has.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT") and listener.family != socket.AF_UNIX:
        milliseconds = STALLED_SECONDS * 1000
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
