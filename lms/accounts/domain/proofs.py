"""What proves who someone is: passwords, one-time codes, and how long a proof holds."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from lms.core.errors import Message

MIN_PASSWORD = 8
# Longer texts would make one hash arbitrarily slow.
MAX_PASSWORD = 200

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
# So long a new person has to fill in the name once the number is proven.
PROVEN_FOR = timedelta(minutes=15)
# So long the second factor may follow the first.
HALF_WAY_FOR = timedelta(minutes=5)
# So long a fresh proof opens what needs one.
CONFIRMED_FOR = timedelta(minutes=10)

LEARNER_SIGNED_IN_FOR = timedelta(days=30)
# Staff see other people's data: one working day.
STAFF_SIGNED_IN_FOR = timedelta(hours=12)
# Who was silent so long and comes by a code alone, from a new browser, may be the number's next
# owner.
SILENT_FOR = timedelta(days=90)
# How exactly "last seen" is kept; finer would cost a write with each request.
SEEN_EVERY = timedelta(hours=1)

# Codes and half sign-ins open nothing after a quarter of an hour. They hold phone numbers, also of
# people who never joined, and so go after a day: who asks why a code did not work, asks that day.
PROOFS_KEPT_FOR = timedelta(days=1)
# Who was signed in when and on what is a log of the network, which the Cybersecurity Law wants kept
# for six months at least (184 days at their longest); no rule asks for more.
SIGN_INS_KEPT_FOR = timedelta(days=184)

_COMMON_WORDS = """
password password1 password123 passw0rd p@ssw0rd iloveyou letmein1 welcome1 sunshine
princess football baseball superman trustno1 michael1 12345678 123456789 1234567890
12345679 87654321 987654321 0987654321 11223344 123123123 12344321 1234qwer qwer1234
qwerty12 qwerty123 qwertyui qwertyuiop asdfghjk asdfghjkl asdf1234 zxcvbnm1 zxcvbnm123
1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc q1w2e3r4 abcd1234 abc12345 abcdefgh abcdefg1
a1234567 a12345678 a123456789 aa123456 aa12345678 aaa12345 aa112233 as123456 asd123456
qq123456 qq123456789 wang1234 woaini1314 woaini520 woaini521 5201314a a5201314 52013145
520131488 13145200 woaiwojia 147258369 159357258 789456123 741852963 147852369 11111111
00000000 66666666 88888888 99999999 12121212 admin123 admin888 administrator zhangsan
lisi1234 xiangbo1 xiangbo123
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Verdict(StrEnum):
    """What comes of comparing a code with the live one."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LiveCode:
    """A sent code as it is stored: hashed, with the tries made so far."""

    code_hash: str
    tries: int
    expires_at: datetime


def password_fault(password: str, phone: str | None) -> Message | None:
    """Return why a new password is too weak, ``None`` where it will do."""
    if len(password) < MIN_PASSWORD:
        return Message(
            "password_short",
            "Characters typed: %(count)s. Please use at least %(min)s.",
            {"count": len(password), "min": MIN_PASSWORD},
        )
    if len(password) > MAX_PASSWORD:
        return Message(
            "password_long", "A password has at most %(max)s characters.", {"max": MAX_PASSWORD}
        )
    if phone and password.isdigit() and (password in phone or phone in password):
        return Message(
            "password_is_phone", "Your phone number is easy to guess. Please use another."
        )
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain in _COMMON or len(set(plain)) == 1:
        return Message("password_common", "Many people use this password. Please use another.")
    return None


def code_fault(code: str) -> Message | None:
    """Return what is wrong with what was typed as a code, before it is compared."""
    if not code:
        return Message(
            "code_missing", "Please fill in the %(digits)s digits.", {"digits": CODE_DIGITS}
        )
    if not (code.isascii() and code.isdigit()):
        return Message(
            "code_malformed", "A code has digits only, %(digits)s of them.", {"digits": 6}
        )
    if len(code) < CODE_DIGITS:
        return Message(
            "code_short",
            "Digits missing: %(missing)s. The message has %(digits)s.",
            {"missing": CODE_DIGITS - len(code), "digits": CODE_DIGITS},
        )
    if len(code) > CODE_DIGITS:
        return Message(
            "code_long",
            "That is too long. The message has %(digits)s digits.",
            {"digits": CODE_DIGITS},
        )
    return None


def normal_code(text: str) -> str:
    """Return the code without the spaces phones put in."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def code_digest(pepper: bytes, *, phone: str, purpose: str, code: str) -> str:
    """Return what is stored of a code: keyed, for a million codes are soon tried."""
    return hmac.new(pepper, f"code:{purpose}:{phone}:{code}".encode(), sha256).hexdigest()


def judge_code(live: LiveCode | None, typed_hash: str, *, at: datetime) -> Verdict:
    """Compare a typed code with the live one; the fifth wrong try spends it."""
    if live is None or live.expires_at <= at or live.tries >= CODE_TRIES:
        return Verdict.GONE
    if hmac.compare_digest(live.code_hash, typed_hash):
        return Verdict.RIGHT
    return Verdict.SPENT if live.tries + 1 >= CODE_TRIES else Verdict.WRONG


def seconds_to_resend(sent_at: datetime, *, at: datetime) -> int:
    """Return how many seconds to wait before another code may be sent, 0 when it may."""
    left = (sent_at + RESEND_AFTER - at).total_seconds()
    return max(0, -int(-left // 1))


def is_confirmed(confirmed_at: datetime | None, *, at: datetime) -> bool:
    """Tell whether the last proof is fresh enough for what needs one."""
    return confirmed_at is not None and at - confirmed_at < CONFIRMED_FOR
