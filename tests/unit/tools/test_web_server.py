"""The web server's own configuration."""

import gc
import socket
from types import SimpleNamespace

from tools.web_server import STALLED_SECONDS, when_ready

HOST = "127.0.0.1"


def test_what_is_loaded_before_the_processes_part_is_not_looked_over_again() -> None:
    try:
        when_ready(SimpleNamespace(LISTENERS=[]))
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_the_kernel_ends_connections_on_which_nothing_is_taken() -> None:
    with socket.create_server((HOST, 0)) as listener:
        try:
            when_ready(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        finally:
            gc.unfreeze()
        with socket.create_connection(listener.getsockname()) as phone:
            accepted, _ = listener.accept()
            with accepted, phone:
                held = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert held == STALLED_SECONDS * 1000
