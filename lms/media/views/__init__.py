"""Addresses of media: the bytes of videos, posters and captions, and how far an upload is."""

from lms.media.views.api import bp as api
from lms.media.views.files import bp as files

BLUEPRINTS = (files, api)
