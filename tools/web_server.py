"""What the web server does beyond its command line, as its own configuration file."""

import gc


def when_ready(_server: object) -> None:
    """Before the processes part: what is loaded stays for good and need not be looked over again.

    The collector would go through it with every few requests and copy the memory they share.
    """
    gc.collect()
    gc.freeze()
