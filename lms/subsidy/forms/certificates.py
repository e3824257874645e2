"""Reads what somebody fills in about a state certificate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_text
from lms.subsidy.domain.papers import (
    LONGEST_NUMBER,
    CertificateStatus,
    normal_number,
    number_fault,
)
from lms.subsidy.domain.policy import CERTIFICATES
from lms.subsidy.domain.written import Said
from lms.subsidy.queries import Occupation

_CODE = re.compile(r"[1-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_LONGEST_ISSUER = 80
_LONGEST_WORK = 40
_MOST_MARK = 100
_MISSING = Message("missing", "Please fill this in.")


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate as its holder enters it."""

    named: tuple[str, str]
    said: Said


def parse_new(
    form: Mapping[str, Any], occupations: Sequence[Occupation], today: date
) -> NewCertificate:
    """Return type, number and words of a certificate. Raises ``InvalidInput``."""
    faults: Faults = {}
    kind = str(form.get("type", ""))
    if kind not in CERTIFICATES:
        faults["type"] = Message("choice_unknown", "This is not one of the choices.")
    typed = read_text(form, "number", faults, longest=LONGEST_NUMBER * 2)
    number = normal_number(typed or "")
    fault = number_fault(number) if typed else _MISSING
    if fault:
        faults.setdefault("number", fault)
    try:
        said = parse_said(form, occupations, today)
    except InvalidInput as error:
        raise InvalidInput({**error.fields, **faults}) from None
    if faults:
        raise InvalidInput(faults)
    return NewCertificate((kind, number), said)


def parse_said(form: Mapping[str, Any], occupations: Sequence[Occupation], today: date) -> Said:
    """Return what a certificate says. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    occupation, work_type, level = _occupation(form, occupations, faults)
    issued_on = read_day(form, "issued_on", faults)
    issuer = read_text(form, "issuer", faults, longest=_LONGEST_ISSUER)
    if issued_on is None:
        faults.setdefault("issued_on", _MISSING)
    elif issued_on > today:
        faults["issued_on"] = Message("day_ahead", "This day is still to come.")
    if issuer is None:
        faults.setdefault("issuer", _MISSING)
    theory, practice = _mark(form, "theory", faults), _mark(form, "practice", faults)
    if faults or issued_on is None or issuer is None:
        raise InvalidInput(faults)
    status = CertificateStatus.REVOKED if form.get("revoked") else CertificateStatus.ISSUED
    return Said(*(occupation, work_type, level, issued_on, issuer, theory, practice), status=status)


def _occupation(
    form: Mapping[str, Any], occupations: Sequence[Occupation], faults: Faults
) -> tuple[str, str | None, int | None]:
    chosen = next((each for each in occupations if each.slug == form.get("occupation")), None)
    if chosen:
        return chosen.code, chosen.work_type, chosen.level
    code = (read_text(form, "code", faults, longest=20) or "").strip()
    work_type = read_text(form, "work_type", faults, longest=_LONGEST_WORK)
    level = str(form.get("level", ""))
    if not _CODE.fullmatch(code):
        faults["code"] = Message(
            "occupation_code", "Choose an occupation, or write its code like 4-01-06-02."
        )
    if level not in {"", "1", "2", "3", "4", "5"}:
        faults["level"] = Message("level_unknown", "A level is a number from 1 to 5.")
        level = ""
    return code, work_type, int(level) if level else None


def _mark(form: Mapping[str, Any], name: str, faults: Faults) -> Decimal | None:
    text = str(form.get(name) or "").strip()
    if not text:
        return None
    try:
        mark = Decimal(text) if len(text) <= len("100.00") else None
    except InvalidOperation:
        mark = None
    if mark is None or not mark.is_finite() or not 0 <= mark <= _MOST_MARK:
        faults[name] = Message("mark", "A mark is a number from 0 to 100.")
        return None
    return mark
