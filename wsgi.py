"""The WSGI entry point: servers and the ``flask`` command find the application here."""

import os

from lms.app import create_app
from lms.settings import Settings

app = create_app(Settings.from_env(os.environ))
