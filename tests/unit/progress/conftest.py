"""Let the counting rules be tried harder, with ``--hypothesis-profile=long``."""

from hypothesis import settings

settings.register_profile("long", max_examples=3_000)
