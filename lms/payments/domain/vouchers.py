"""Codes that pay for a course or make it cheaper: what they are worth, to whom, for what."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.core.errors import Message
from lms.payments.domain.orders import NUMBER_ALPHABET

# 31 letters, 12 of them: more than five hundred million billion, so nobody finds one by trying.
CODE_LETTERS = 12
_IN_A_GROUP = 4
MOST_CODES = 5_000
MOST_EACH = 9
MOST_FEN = 1_000_000


class VoucherKind(StrEnum):
    """A training voucher 培训券 is public money for one person; a coupon 优惠券 a lower price."""

    VOUCHER = "voucher"
    COUPON = "coupon"


class UseState(StrEnum):
    """Where the use of a code stands.

    Kept for an order nobody paid yet, used, free again as the order ended, or given back as all
    of the order was undone. One given back is good for no other order: a new one is issued.
    """

    KEPT = "kept"
    USED = "used"
    FREE = "free"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the codes of a batch are good for; days are local and both included.

    ``course_id`` and ``programme_id`` are ``None`` where every course of the county's price list
    will do. ``per_person`` is how many codes of the batch one person may use.
    """

    kind: VoucherKind
    worth_fen: int
    county_code: str
    first_day: date
    last_day: date
    per_person: int = 1
    course_id: int | None = None
    programme_id: int | None = None
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """A batch that is to be issued; ``key`` is the form's, so that twice sent is once."""

    key: str
    title: str
    terms: Terms
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a county is to pay of a course by itself, in fen, and the paper that rests on."""

    county_code: str
    course_id: int
    share_fen: int
    basis: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Use:
    """Who wants to use a code for which course on which day, and what they used before.

    ``used_of_batch`` counts the codes of the batch the person used. ``has_for_programme`` tells
    whether a training voucher of whatever batch pays a course of that programme for them already.
    """

    county_code: str
    course_id: int
    programme_id: int | None
    day: date
    used_of_batch: int = 0
    has_for_programme: bool = False
    is_taken: bool = False


UNKNOWN = Message(
    "code_unknown", "We do not know this code. Please compare it with the paper, letter by letter."
)
TAKEN = Message("code_taken", "This code was used already. Each is good once.")
TWO_OF_A_KIND = Message(
    "code_two", "One coupon and one training voucher can be used for a course, not two of a kind."
)
NOT_NEEDED = Message("code_not_needed", "Nothing is left to pay. Please keep this code.")
_STOPPED = Message("code_stopped", "This code was withdrawn. Please ask who gave it to you.")
_OVER = Message("code_over", "This code was good until %(day)s.")
_EARLY = Message("code_early", "This code is good from %(day)s on.")
_ELSEWHERE = Message("code_county", "This code is for people of another county.")
_COURSE = Message("code_course", "This code is for another course.")
_PROGRAMME = Message("code_programme", "This code is for another training programme.")
_ENOUGH = Message("code_enough", "You used as many of these codes as one person may: %(count)s.")
_ONE_A_PROGRAMME = Message(
    "code_one_a_programme",
    "A training voucher pays for this training programme already. Each person gets one.",
)


def read_code(text: str) -> str | None:
    """Return the code somebody typed or pasted, without its dashes; ``None`` where it is none."""
    plain = unicodedata.normalize("NFKC", text).upper()
    letters = "".join(each for each in plain if each.isalnum())
    is_code = len(letters) == CODE_LETTERS and set(letters) <= set(NUMBER_ALPHABET)
    return letters if is_code else None


def spelled(code: str) -> str:
    """Return a code in groups as it is printed, such as ``K7QM-2WXP-94HT``."""
    groups = range(0, len(code), _IN_A_GROUP)
    return "-".join(code[start : start + _IN_A_GROUP] for start in groups)


def why_not(terms: Terms, use: Use) -> Message | None:
    """Return why a code cannot be used, as its holder reads it; ``None`` where it can.

    What lies in the code is said before what lies in its holder.
    """
    if use.is_taken:
        return TAKEN
    return _why_not_now(terms, use.day) or _why_not_here(terms, use) or _why_not_you(terms, use)


def _why_not_now(terms: Terms, day: date) -> Message | None:
    if terms.is_stopped:
        return _STOPPED
    if day > terms.last_day:
        return Message(_OVER.code, _OVER.text, {"day": terms.last_day.isoformat()})
    if day < terms.first_day:
        return Message(_EARLY.code, _EARLY.text, {"day": terms.first_day.isoformat()})
    return None


def _why_not_here(terms: Terms, use: Use) -> Message | None:
    if terms.course_id not in (None, use.course_id):
        return _COURSE
    if terms.programme_id not in (None, use.programme_id):
        return _PROGRAMME
    return None


def _why_not_you(terms: Terms, use: Use) -> Message | None:
    if terms.county_code != use.county_code:
        return _ELSEWHERE
    if use.used_of_batch >= terms.per_person:
        return Message(_ENOUGH.code, _ENOUGH.text, {"count": terms.per_person})
    if terms.kind is VoucherKind.VOUCHER and use.has_for_programme:
        return _ONE_A_PROGRAMME
    return None
