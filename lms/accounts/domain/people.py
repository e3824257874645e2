"""What a mobile number and a name may look like, and how a number is shown."""

import re
import unicodedata
from dataclasses import dataclass

from lms.core.errors import Message

MAX_NAME = 50
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_BETWEEN = re.compile(r"[\s\-‐-―]+")
_PHONE_DIGITS = 11
_MASKED_FROM = 2
# The double surnames still borne. Left out are those whose first sign is a surname too, and the
# second the beginning of a given name (单于, 宗政, 乐正, 段干, 谷梁): taken for one they hide more.
_DOUBLE_SURNAMES = frozenset(
    (
        *("欧阳", "上官", "司马", "诸葛", "东方", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
        *("司徒", "司空", "申屠", "澹台", "濮阳", "淳于", "太史", "端木", "轩辕", "宇文", "长孙"),
        *("南宫", "独孤", "拓跋", "赫连", "呼延", "闻人", "鲜于", "公冶", "百里", "东郭", "西门"),
        *("万俟", "亓官", "闾丘", "巫马", "颛孙", "漆雕", "完颜", "耶律", "纳兰", "第五"),
    )
)
# Control, format (invisible, direction), surrogate, private and unassigned characters, line breaks.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a new person tells about themselves; ``county`` only where there are several."""

    name: str
    county: str | None = None
    town: str | None = None
    locale: str | None = None


def normal_phone(text: str) -> str:
    """Return the number as it is stored: full-width digits, spaces, dashes and +86 taken away."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    for prefix in ("+86", "0086"):
        if plain.startswith(prefix):
            return plain[len(prefix) :]
    return plain


def phone_fault(phone: str) -> Message | None:
    """Return what is wrong with a normalised number, ``None`` where it is a mobile number."""
    if _PHONE.fullmatch(phone):
        return None
    if not phone:
        return Message("phone_missing", "Please fill in your mobile number.")
    if phone.isascii() and phone.isdigit() and len(phone) != _PHONE_DIGITS:
        return Message(
            "phone_length",
            "Digits typed: %(count)s. A mobile number has 11. Please compare and try again.",
            {"count": len(phone)},
        )
    return Message(
        "phone_malformed", "This is not a mobile number. It has 11 digits, such as 138 1234 5678."
    )


def masked_phone(phone: str | None) -> str:
    """Return the number with its middle hidden, as it may stand on a screen: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if phone else ""


def masked_name(name: str) -> str:
    """Return the name as strangers may see it: 张*明, 欧阳*华, 林*; the surname and the last sign.

    Names with a middle dot or of other scripts keep their first and last letter.
    """
    plain = name.strip()
    if len(plain) < _MASKED_FROM:
        return f"{plain}*"
    double = plain[:2] in _DOUBLE_SURNAMES and len(plain) > len("欧阳")
    head = plain[:2] if double else plain[0]
    return f"{head}*" if len(plain) == len(head) + 1 else f"{head}*{plain[-1]}"


def normal_name(text: str) -> str:
    """Return the name composed (NFC), trimmed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split(" ")).strip()


def name_fault(name: str) -> Message | None:
    """Return what is wrong with a normalised name; names of every language and ``·`` are fine."""
    if not name:
        return Message("name_missing", "Please fill in your name.")
    if len(name) > MAX_NAME:
        return Message("name_long", "A name has at most %(max)s characters.", {"max": MAX_NAME})
    if not is_seen(name):
        return Message("name_characters", "There are signs in the name that no one can see.")
    return None


def is_seen(text: str) -> bool:
    """Tell whether every sign of a text is one that people see."""
    return all(unicodedata.category(character) not in _UNSEEN for character in text)
