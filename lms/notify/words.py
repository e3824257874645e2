"""Makes of a template and its values what somebody reads in their inbox, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_date
from markupsafe import Markup

from lms.notify.domain.kinds import Kind
from lms.notify.domain.notices import NOTICES, address, message_of
from lms.notify.models import InboxMessage
from lms.web.i18n import gettext, language, say
from lms.web.pages import price

_WHOLE = Markup('<span class="nb">{}</span>')
_DAY = {"zh": "M 月 d 日", "en": "d MMMM"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message in words; ``reason`` is what the office or the site adds, where there is any.

    ``kept_whole`` is the text for a page: no line breaks inside of a number, a day or an amount.
    """

    id: int
    template: str
    title: str
    text: str
    kept_whole: Markup
    reason: str | None
    address: str
    told_at: datetime
    read_at: datetime | None


def shown(message: InboxMessage) -> Shown:
    """Return the message in the reader's language."""
    notice = NOTICES[message.template]
    said = {name: _word(kind, message.params[name]) for name, kind in notice.takes.items()}
    pattern = gettext(notice.text.text)
    return Shown(
        id=message.id,
        template=message.template,
        title=gettext(notice.title.text),
        text=pattern % said,
        kept_whole=Markup(pattern)  # noqa: S704 (ours, not a person's)
        % {name: _WHOLE.format(word) for name, word in said.items()},
        reason=said.get("reason"),
        address=address(message.template, message.params),
        told_at=message.created_at,
        read_at=message.read_at,
    )


def day_words(day: date) -> str:
    """Return a day as people say it: ``7 月 17 日``, ``17 July``."""
    return str(format_date(day, _DAY[language()]))


def _word(kind: Kind, value: Any) -> str:  # noqa: ANN401 (as it was kept)
    match kind:
        case Kind.DAY:
            return day_words(date.fromisoformat(value))
        case Kind.FEN:
            return price(value)
        case Kind.REASON:
            return say(message_of(value)) if isinstance(value, Mapping) else str(value)
        case _:
            return str(value)
