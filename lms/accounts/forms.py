"""Reads what people typed, from forms and from JSON alike, into checked values."""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.accounts.domain import people as rules
from lms.accounts.domain import proofs
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.places import safe_next
from lms.core.errors import InvalidInput, Message

Fields = Mapping[str, object]
_TICKED = frozenset({"on", "1", "true", "True"})
_LONGEST = 2_000


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
    """Somebody signs in with a code; a new person tells the name with it."""

    phone: str
    code: str
    new: NewPerson | None = None


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
    return CodeEntry(phone, parse_code(fields), new)


def parse_new_person(fields: Fields, *, agreed: bool) -> NewPerson:
    """Read a new person's name and county; agreeing to the texts is a must, once."""
    faults: dict[str, Message] = {}
    name = rules.normal_name(text(fields, "name"))
    fault = rules.name_fault(name)
    if fault is not None:
        faults["name"] = fault
    if not agreed and not is_ticked(fields, "agreed"):
        faults["agreed"] = Message(
            "not_agreed", "Please read the terms and the privacy notice, then tick the box."
        )
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
