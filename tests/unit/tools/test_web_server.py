"""The web server's own configuration."""

import gc

from tools.web_server import when_ready


def test_what_is_loaded_before_the_processes_part_is_not_looked_over_again() -> None:
    try:
        when_ready(None)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
