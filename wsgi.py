"""The WSGI entry point: servers and the ``flask`` command find the application here."""

import gc
import os

from lms.app import create_app
from lms.settings import Settings

app = create_app(Settings.from_env(os.environ))
# What is loaded now stays for good: looking it over for garbage would cost every request, and
# would copy the memory that the server's processes share.
gc.collect()
gc.freeze()
