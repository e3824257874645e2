"""What demo people's identity cards and accounts say, and who looked at which."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.accounts.domain.identity import check_sign
from lms.demo.domain.learners import chance

# So many of the first learners have a card here, as the desk would write it down; of those beyond
# a list tells name check, sex and birthday.
CARDED = 30
# No province has this code, so that no number is anybody's.
_NOWHERE = "99"
_BANKS = ("浙江农商联合银行", "中国农业银行", "中国邮政储蓄银行")


class CardState(StrEnum):
    """What became of a card: looked at, only typed, refused, or never asked for."""

    SEEN = "seen"
    TYPED = "typed"
    REFUSED = "refused"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the identity card of a demo learner says, and how long ago somebody looked at it."""

    sex: str
    birth_date: date
    checked_days_ago: int


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account, and whether staff saw that it is the learner's own (``None``: not yet)."""

    number: str
    bank: str
    is_own: bool | None


def identity_of(number: int, seed: int) -> Identity:
    """Return what the card of the learner with the number says; two in three are women.

    All but one in 25 are of an age the demonstration policies take, for some years to come.
    """
    sex = "M" if chance(seed, number, "sex") % 3 == 0 else "F"
    is_older = number % 25 == 7  # noqa: PLR2004 (any remainder)
    first, years = (1966, 4) if is_older else (1976, 30)
    day = chance(seed, number, "birthday")
    return Identity(
        sex,
        date(first + day % years, 1 + day // 64 % 12, 1 + day // 1024 % 28),
        20 + chance(seed, number, "checked") % 200,
    )


def card_of(number: int) -> CardState:
    """Return what became of the card of the learner with the number."""
    turn = number % 6
    if turn in (4, 5):
        return CardState.TYPED if turn == 4 else CardState.NONE  # noqa: PLR2004 (any remainder)
    return CardState.REFUSED if number % 20 == 15 else CardState.SEEN  # noqa: PLR2004 (likewise)


def id_number_of(number: int, county_code: str, seed: int) -> str:
    """Return a sound identity number that is nobody's; of two learners never the same.

    The order tells people of a birthday apart, and its last digit the sex.
    """
    own = identity_of(number, seed)
    order = 2 * (number % 500) + (own.sex == "M")
    body = f"{_NOWHERE}{county_code[2:]}{own.birth_date:%Y%m%d}{order:03d}"
    return body + check_sign(body)


def account_of(number: int, seed: int) -> Account | None:
    """Return the account of the learner with the number: every third has one."""
    if number % 3:
        return None
    return some_account(number, seed, is_own={0: None, 1: True, 2: True, 3: False}[number // 3 % 4])


def some_account(number: int, seed: int, *, is_own: bool | None) -> Account:
    """Return an account that is nobody's, of one number always the same."""
    luck = chance(seed, number, "account")
    # No bank's cards begin so.
    body = f"9999{luck % 10**10:010d}{number % 10**4:04d}"
    return Account(body + _luhn(body), _BANKS[luck % len(_BANKS)], is_own)


def _luhn(body: str) -> str:
    doubled = (int(each) * (2 - place % 2) for place, each in enumerate(reversed(body)))
    return str(-sum(each - 9 * (each > 9) for each in doubled) % 10)  # noqa: PLR2004 (two digits)
