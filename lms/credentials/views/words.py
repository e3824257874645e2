"""What a badge says, in the reader's language: pages and paper say it in the same words."""

from dataclasses import dataclass
from datetime import datetime

from lms.accounts.domain.people import masked_name
from lms.core.clock import local_time
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.document import hours_words
from lms.credentials.domain.states import REFUNDED, REVOCATION_REASONS, RevocationReason
from lms.credentials.queries import Badge
from lms.web.i18n import gettext, localized, say


@dataclass(frozen=True, slots=True)
class BadgeWords:
    """The lines of a badge: who, which course, what was done, and who says so."""

    title: str
    name: str
    cover: str
    facts: tuple[tuple[str, str], ...]
    address: str
    host: str
    reason: str


def badge_words(badge: Badge, base_url: str, *, full_name: bool = False) -> BadgeWords:
    """Return the words of a signed badge; the name is masked unless its holder chose otherwise.

    Raises ``ValueError`` for a badge that is not signed yet.
    """
    value = badge.value
    if value is None or badge.issued_at is None:
        raise ValueError("this badge says nothing yet")
    site = Site(base_url)
    days = f"{day(value.started_at)} – {day(value.completed_at)}"
    facts = [
        (gettext("Hours"), _hours(value.verified_ms)),
        *([(gettext("Final test"), _score(badge))] if value.score_percent is not None else []),
        (gettext("Studied"), days),
        *([(gettext("Class"), value.class_name)] if value.class_name else []),
        *([(gettext("Training for"), localized(value.training.title))] if value.training else []),
        (gettext("School"), localized(value.institution)),
        (gettext("Issued by"), f"{gettext('Xiangbo')} · {site.host}"),
        (gettext("Issued on"), day(badge.issued_at)),
        *([(gettext("Good until"), day(badge.valid_until))] if badge.valid_until else []),
        (gettext("Number"), badge.serial or ""),
    ]
    return BadgeWords(
        title=localized(value.course_title),
        name=badge.name if full_name or badge.shows_name else masked_name(badge.name),
        cover=value.cover,
        facts=tuple(facts),
        address=site.badge(badge.id),
        host=site.host,
        reason=_reason(badge),
    )


def _reason(badge: Badge) -> str:
    """Return why a badge was revoked; where nobody asked for it, the money had gone back."""
    if badge.reason:
        return say(REVOCATION_REASONS[RevocationReason(badge.reason)])
    return say(REFUNDED) if badge.revoked_at else ""


def day(at: datetime) -> str:
    """Return the calendar day of a moment, written so that no line breaks inside of it."""
    local = local_time(at)
    return f"{local.year}.{local.month}.{local.day}"


def _hours(verified_ms: int) -> str:
    return gettext("%(hours)s units (45 minutes each)", hours=hours_words(verified_ms))


def _score(badge: Badge) -> str:
    value = badge.value
    if value is None or value.pass_percent is None:
        return gettext("%(score)s of 100", score=value.score_percent if value else 0)
    return gettext(
        "%(score)s of 100, %(needed)s needed",
        score=value.score_percent,
        needed=value.pass_percent,
    )
