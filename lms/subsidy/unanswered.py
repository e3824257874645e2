"""The words for why a person's own word is missing on a condition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.core.errors import Message
from lms.subsidy.domain.whys import Why


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# Each where the first day is that of a class, and where it is not.
_SILENT: Mapping[Why, tuple[str, str]] = {
    Why.NOT_ASKED: (_("Nobody asked you about this yet."), _("Nobody asked you about this yet.")),
    Why.NOT_KNOWN: (
        _("You do not know. That is not counted against you."),
        _("You do not know. That is not counted against you."),
    ),
    Why.SAID_LATER: (
        _(
            "The class began on %(began)s, and what you said speaks of %(since)s on. "
            "Please say how it was on %(began)s."
        ),
        _(
            "Your training began on %(began)s, and what you said speaks of %(since)s on. "
            "Please say how it was on %(began)s."
        ),
    ),
    Why.CHECKED_LATER: (
        _(
            "The class began on %(began)s, and what was checked speaks of %(since)s on. "
            "Please say how it was on %(began)s."
        ),
        _(
            "Your training began on %(began)s, and what was checked speaks of %(since)s on. "
            "Please say how it was on %(began)s."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why the person's word is missing: the first day, and since when there is a later one."""

    why: Why
    began_on: date
    since: date | None
    by_class: bool

    @property
    def days(self) -> Mapping[str, str]:
        """Return the days the sentence names, where it names any."""
        if self.since is None:
            return {}
        return {"began": self.began_on.isoformat(), "since": self.since.isoformat()}


def sentence(told: Unanswered) -> Message:
    """Return why the person's word is missing."""
    by_class, alone = _SILENT[told.why]
    return Message(told.why, by_class if told.by_class else alone, told.days)
