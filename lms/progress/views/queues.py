"""What the lists of the desk share: how long they are, and waiting lines or those ruled on."""

from collections.abc import Callable

from flask import render_template, request

from lms.progress import forms
from lms.progress.queries import AppealPage, FlagPage
from lms.web.access import current_actor, database

Listed = Callable[..., AppealPage] | Callable[..., FlagPage]
SHOWN = 30
MAX_ID = 2**63 - 1


def show_queue(template: str, *, waiting: Listed, ruled: Listed) -> str:
    """Show what nobody ruled on yet, oldest first, or what somebody did (``?state=ruled``)."""
    is_ruled = request.args.get("state") == "ruled"
    listed = ruled if is_ruled else waiting
    after = forms.parse_cursor(request.args)
    with database().snapshot() as session:
        found = listed(session, current_actor(), after=after, limit=SHOWN)
    return render_template(template, page=found, is_ruled=is_ruled)
