"""The calls of the player, what learners ask about their time, and the desk that answers."""

from lms.progress.views import api, desk, flags, mine

BLUEPRINTS = (api.bp, mine.bp, desk.bp, flags.bp)
