"""The site on a machine whose clock is moved: libfaketime breaks Python's sleep, not select."""

import select
import time

from wsgi import app

__all__ = ["app"]

time.sleep = lambda seconds: select.select([], [], [], seconds)
