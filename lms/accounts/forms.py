"""Reads what people typed, from forms and from JSON alike, into checked values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lms.accounts.domain import bank, identity, particulars, proofs
from lms.accounts.domain import people as rules
from lms.accounts.domain.bank import NewAccount
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.places import safe_next
from lms.core.errors import InvalidInput, Message

Fields = Mapping[str, object]
_TICKED = frozenset({"on", "1", "true", "True"})
_LONGEST = 2_000
_LONGEST_RELATION = 20
_SHORTEST_PURPOSE, _LONGEST_PURPOSE = 2, 200


NOT_AGREED = Message(
    "not_agreed", "Please read the terms and the privacy notice, then tick the box."
)


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """Somebody wants a code sent to sign in with."""

    phone: str
    agreed: bool
    next: str | None


@dataclass(frozen=True, slots=True)
class PasswordEntry:
    """Somebody signs in with a password, and at once with the second factor's number."""

    phone: str
    password: str
    next: str | None = None
    otp: str | None = None


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """Somebody signs in with a code; a new person tells the name with it.

    ``is_mine`` says whether a long silent account is theirs, where that was asked.
    """

    phone: str
    code: str
    new: NewPerson | None = None
    is_mine: bool | None = None
    agreed: bool = False


def json_object(body: object) -> Fields:
    """Return the object a program sent. Raises ``InvalidInput`` for anything else."""
    if isinstance(body, dict):
        return body
    raise InvalidInput({"body": Message("object_expected", "A JSON object is expected here.")})


def text(fields: Fields, name: str) -> str:
    """Return a field as text, empty where it is missing. Raises ``InvalidInput``."""
    value = fields.get(name)
    if value is None:
        return ""
    fault = Message("text_expected", "A short text is expected here.")
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InvalidInput({name: fault})
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput({name: fault}) from None
    return value


def parse_sign_in(fields: Fields) -> CodeRequest | PasswordEntry:
    """Read the sign-in form, which asks for a password or for a code."""
    if text(fields, "way") == "password" or text(fields, "password"):
        return parse_password_entry(fields)
    return parse_code_request(fields)


def parse_code_request(fields: Fields) -> CodeRequest:
    """Read whom to send a code to."""
    return CodeRequest(parse_phone(fields), is_ticked(fields, "agreed"), _next(fields))


def parse_password_entry(fields: Fields) -> PasswordEntry:
    """Read a number and a password."""
    faults: dict[str, Message] = {}
    phone = _phone(fields, faults)
    password = text(fields, "password")
    if not password:
        faults["password"] = Message("password_missing", "Please fill in your password.")
    _raise(faults)
    return PasswordEntry(
        phone, password, _next(fields), proofs.normal_code(text(fields, "otp")) or None
    )


def parse_code_entry(fields: Fields) -> CodeEntry:
    """Read a number and a code, and the name a new person sends along."""
    phone = parse_phone(fields)
    new = parse_new_person(fields, agreed=False) if text(fields, "name") else None
    mine = fields.get("mine")
    is_mine = mine if isinstance(mine, bool) else None
    return CodeEntry(phone, parse_code(fields), new, is_mine, is_ticked(fields, "agreed"))


def parse_owner(fields: Fields) -> bool:
    """Read whether a long silent account is the person's. Raises ``InvalidInput``."""
    answer = text(fields, "mine")
    if answer not in ("yes", "no"):
        raise InvalidInput({"mine": Message("answer_missing", "Please choose one of the two.")})
    return answer == "yes"


def require_agreed(fields: Fields) -> None:
    """Raise ``InvalidInput`` unless the box is ticked."""
    if not is_ticked(fields, "agreed"):
        raise InvalidInput({"agreed": NOT_AGREED})


def parse_new_person(fields: Fields, *, agreed: bool) -> NewPerson:
    """Read a new person's name and county; agreeing to the texts is a must, once."""
    faults: dict[str, Message] = {}
    name = rules.normal_name(text(fields, "name"))
    fault = rules.name_fault(name)
    if fault is not None:
        faults["name"] = fault
    if not agreed and not is_ticked(fields, "agreed"):
        faults["agreed"] = NOT_AGREED
    _raise(faults)
    town = rules.normal_name(text(fields, "town"))
    return NewPerson(name, text(fields, "county").strip() or None, town or None)


def parse_phone(fields: Fields) -> str:
    """Read a mobile number. Raises ``InvalidInput``."""
    faults: dict[str, Message] = {}
    phone = _phone(fields, faults)
    _raise(faults)
    return phone


def parse_code(fields: Fields, name: str = "code") -> str:
    """Read six digits. Raises ``InvalidInput``."""
    code = proofs.normal_code(text(fields, name))
    fault = proofs.code_fault(code)
    if fault is not None:
        raise InvalidInput({name: fault})
    return code


def parse_new_password(fields: Fields, *, phone: str | None) -> str:
    """Read a new password. Raises ``InvalidInput`` saying why it is too weak."""
    password = text(fields, "password")
    fault = proofs.password_fault(password, phone)
    if fault is not None:
        raise InvalidInput({"password": fault})
    return password


def is_ticked(fields: Fields, name: str) -> bool:
    """Tell whether a box is ticked, in a form or as ``true`` in JSON."""
    value = fields.get(name)
    return value is True or value in _TICKED


def _phone(fields: Fields, faults: dict[str, Message]) -> str:
    phone = rules.normal_phone(text(fields, "phone"))
    fault = rules.phone_fault(phone)
    if fault is not None:
        faults["phone"] = fault
    return phone


def _next(fields: Fields) -> str | None:
    return safe_next(text(fields, "next"))


def _raise(faults: Mapping[str, Message]) -> None:
    if faults:
        raise InvalidInput(faults)


def parse_number(fields: Fields, *, today: date) -> str:
    """Read an identity number, however typed. Raises ``InvalidInput`` saying what is off."""
    number = identity.normal_number(text(fields, "number"))
    fault = identity.number_fault(number, today=today)
    if fault is not None:
        raise InvalidInput({"number": fault})
    return number


def require_ticked(fields: Fields, name: str) -> None:
    """Raise ``InvalidInput`` unless the box of a consent is ticked."""
    if not is_ticked(fields, name):
        raise InvalidInput(
            {name: Message("not_ticked", "Please read this, then tick the box if you agree.")}
        )


def parse_account(fields: Fields, *, name: str) -> NewAccount:
    """Read a bank account; its holder is the person unless something else was typed."""
    number = bank.normal_account(text(fields, "number"))
    faults: dict[str, Message] = {}
    fault = bank.account_fault(number)
    if fault is not None:
        faults["number"] = fault
    elif bank.looks_mistyped(number) and not is_ticked(fields, "sure"):
        faults["number"] = Message(
            "account_odd",
            "This number looks mistyped. Compare it with the card; if it is right, say so.",
        )
    named = rules.normal_name(text(fields, "bank"))
    if not named or len(named) > bank.LONGEST_BANK:
        faults["bank"] = Message("bank_missing", "Please fill in the name of the bank.")
    holder = rules.normal_name(text(fields, "holder")) or name
    holder_fault = rules.name_fault(holder)
    if holder_fault is not None:
        faults["holder"] = holder_fault
    _raise(faults)
    return NewAccount(number, named, holder)


def parse_guardian(fields: Fields, *, own_phone: str | None) -> NewGuardian:
    """Read who the guardian is; their number is not the learner's own."""
    faults: dict[str, Message] = {}
    name = rules.normal_name(text(fields, "name"))
    fault = rules.name_fault(name)
    if fault is not None:
        faults["name"] = fault
    relation = rules.normal_name(text(fields, "relation"))
    if not relation or len(relation) > _LONGEST_RELATION:
        faults["relation"] = Message("relation_missing", "Father, mother, or who else?")
    phone = _phone(fields, faults)
    if phone and phone == own_phone:
        faults["phone"] = Message("guardian_own_phone", "This is your own number, not theirs.")
    _raise(faults)
    return NewGuardian(name, relation, phone)


def parse_purpose(fields: Fields) -> str:
    """Read what a number is opened for. Raises ``InvalidInput`` where nothing is said."""
    purpose = " ".join(text(fields, "purpose").split())
    if not _SHORTEST_PURPOSE <= len(purpose) <= _LONGEST_PURPOSE:
        raise InvalidInput(
            {"purpose": Message("purpose_missing", "Please say what you need the number for.")}
        )
    return purpose


def parse_particulars(fields: Fields, keys: Iterable[str]) -> dict[str, str | None]:
    """Read what was typed of those particulars, by the names they are kept under.

    Of those that were not sent nothing is said. Raises ``InvalidInput`` naming each that is wrong.
    """
    faults: dict[str, Message] = {}
    said: dict[str, str | None] = {}
    for key in filter(fields.__contains__, keys):
        found = particulars.read_particular(key, text(fields, key))
        if isinstance(found, Message):
            faults[key] = found
        else:
            said.update(found)
    _raise(faults)
    return said
