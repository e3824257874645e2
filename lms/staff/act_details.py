"""The words of what is written down with an act: what it is, and the codes that stand in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lms.core.clock import local_time
from lms.progress.domain.units import ms_to_datetime
from lms.subsidy.domain.claim_rules import STATE_WORDS


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


DETAILS = {
    "reason": _("reason"),
    "why": _("reason"),
    "note": _("note"),
    "words": _("in their words"),
    "purpose": _("what for"),
    "kind": _("kind"),
    "key": _("about"),
    "source": _("source"),
    "fact": _("entry"),
    "method": _("how"),
    "way": _("how"),
    "proof": _("how"),
    "text": _("text"),
    "texts": _("texts"),
    "fields": _("changed"),
    "role": _("role"),
    "scope": _("where"),
    "paper": _("paper"),
    "person": _("person"),
    "material": _("material"),
    "granted_ms": _("counted, minutes"),
    "granted_people": _("people"),
    "people": _("people"),
    "from_ms": _("from"),
    "to_ms": _("to"),
    "from": _("from"),
    "to": _("to"),
    "state": _("state"),
    "number": _("number"),
    "step": _("step"),
    "hash": _("hash of the step"),
    "starts_at": _("begins"),
    "ends_at": _("ends"),
    "starts_on": _("first day"),
    "ends_on": _("last day"),
    "revision": _("version"),
    "county": _("county"),
    "course": _("course"),
    "class": _("class"),
    "enrollment": _("enrollment"),
    "name": _("name"),
    "code": _("code"),
    "uscc": _("credit code"),
    "contact": _("contact"),
    "list": _("list"),
    "programme": _("programme"),
    "institution": _("institution"),
    "request": _("request"),
    "format": _("format"),
    "filters": _("filters"),
    "row": _("row"),
    "rows": _("rows"),
    "amount_fen": _("sum, fen"),
    "matched": _("found here"),
    "files": _("files"),
    "sha256": _("SHA-256"),
    "manifest_sha256": _("SHA-256 of the manifest"),
    "seed": _("seed"),
    "count": _("how many"),
    "upto": _("records up to"),
    "closed_at": _("closed"),
    "new": _("new keys"),
    "new_people": _("new people"),
    "numbers": _("identity numbers"),
    "withdrawn": _("withdrawn key"),
    "title": _("title"),
    "filing_no": _("filing number"),
    "capacity": _("seats"),
    "system": _("system"),
    "scopes": _("may fetch"),
    "days": _("days"),
    "batch": _("frozen list"),
    "left_masked": _("numbers left masked"),
}

# What was deleted of somebody, by table.
TABLES = {
    "identity": _("identity numbers"),
    "identity_check": _("checks of the card"),
    "bank_account": _("bank accounts"),
    "guardian": _("guardians"),
    "consent": _("agreements"),
    "totp_secret": _("second steps"),
    "learner_fact": _("facts"),
    "particulars": _("particulars for lists"),
    "promise": _("promises"),
    "evidence": _("papers"),
    "external_certificate": _("state certificates"),
    "certificate_entry": _("entries of certificates"),
    "eligibility_decision": _("decisions"),
    "eligibility_due": _("decisions due"),
    "subsidy_account": _("subsidy accounts"),
    "subsidy_claim_step": _("steps of claims"),
    "subsidy_claim_cause": _("what happened to claims"),
    "notice_row": _("rows of public lists"),
    "frozen_cells": _("rows of frozen lists"),
    "saved_filter": _("saved filters"),
    "list_columns": _("chosen columns"),
    "class_wait": _("places in line"),
    "class_objection": _("objections"),
    "class_confirmation": _("signatures"),
    "inbox_message": _("messages"),
    "time_request": _("words of appeals"),
    "study_flag": _("words of explanations"),
    "sign_in": _("sign-ins"),
}

# What stands in details as a code.
VALUES = {
    **{state.value: words for state, words in STATE_WORDS.items()},
    "over": _("the class is over"),
    "ending": _("the class ends soon"),
    "silent": _("has not studied for some time"),
    "in_person": _("with the card, in person"),
    "registry": _("by the registry"),
    "release": _("released"),
    "declared": _("said by the person"),
    "document": _("by a paper"),
    "staff": _("written by staff"),
    "import": _("from a list"),
    "own": _("by themselves"),
    "paper": _("on paper"),
    "code": _("by a code from their phone"),
    "password": _("by the password"),
    "terms": _("terms of use"),
    "privacy": _("privacy notice"),
    "sensitive": _("sensitive data"),
    "handover": _("handing data on"),
    "guardian": _("guardian"),
    "learner": _("learner"),
    "instructor": _("instructor"),
    "mentor": _("village helper"),
    "administrator": _("administrator"),
    "supervisor": _("supervisor"),
    "platform": _("the whole platform"),
    "no_right": _("may not export any more"),
    "out_of_reach": _("names a place out of reach"),
    "draft": _("draft"),
    "filed": _("filed"),
    "open": _("open to join"),
    "running": _("running"),
    "ended": _("ended"),
    "archived": _("archived"),
    "planned": _("planned"),
    "held": _("held"),
    "cancelled": _("cancelled"),
    "completions": _("completions"),
    "classes": _("Classes"),
    "enrollments": _("Enrollments and completions"),
    "hours": _("Hours by day"),
    "classes.read": _("Classes"),
    "completions.read": _("Enrollments and completions"),
    "hours.read": _("Hours by day"),
    "people.names": _("Names"),
    "groups": _("group"),
    "ties": _("home and work"),
    "public_staff": _("public staff"),
    "receiving_pension": _("pension"),
    "full_time_student": _("full-time student"),
    "other_public_source": _("other public money"),
    "past_subsidies": _("earlier subsidies"),
    "certificate": _("certificate"),
    "registered_unemployed": _("registered unemployed"),
    "pension": _("pension"),
    "subsidies": _("subsidies"),
    "name": _("name"),
    "town": _("town"),
    "parallel_devices": _("two devices at once"),
    "steady_cadence": _("too regular"),
    "long_nights": _("long nights"),
    "shared_device": _("a shared device"),
    "not_own_study": _("not their own study"),
    "result_corrected": _("the result was corrected"),
    "issued_in_error": _("issued in error"),
    "holder_asked": _("the holder asked"),
    "objection_upheld": _("an objection was upheld"),
    "record_corrected": _("the record was corrected"),
}

_MINUTE_MS = 60_000
# What people typed is shown as they typed it, even where it is the name of a code.
_TYPED = frozenset({"why", "note", "words", "purpose", "contact", "title", "system"})
_AS_SHOWN = "%Y-%m-%d %H:%M"

Say = Callable[[str], str]


def written(details: Mapping[str, Any], say: Say) -> list[tuple[str, str]]:
    """Return what is written down with an act: what it is and its value, in words; empty ones not.

    ``say`` translates. What people typed is returned as they typed it.
    """
    return [
        (say(DETAILS[key]) if key in DETAILS else key, _text(key, value, say))
        for key, value in details.items()
        if value not in (None, "", [], {})
    ]


def _text(key: str, value: object, say: Say) -> str:
    if isinstance(value, Mapping):
        parts = (
            (TABLES.get(name) or DETAILS.get(name), name, each) for name, each in value.items()
        )
        return ", ".join(
            f"{say(words) if words else name} {_text(name, each, say)}"
            for words, name, each in parts
        )
    if isinstance(value, list):
        return (", " if key == "texts" else " → ").join(_text(key, each, say) for each in value)
    if value is None:
        return "–"
    if isinstance(value, int):
        return _number(key, value)
    return _said(key, str(value), say)


def _number(key: str, value: int) -> str:
    if key in ("from_ms", "to_ms"):
        return f"{local_time(ms_to_datetime(value)):{_AS_SHOWN}}"
    return f"{value / _MINUTE_MS:.1f}" if key == "granted_ms" else str(value)


def _said(key: str, value: str, say: Say) -> str:
    if key.endswith("_at"):
        return f"{local_time(datetime.fromisoformat(value)):{_AS_SHOWN}}"
    if key in _TYPED:
        return value
    words = [say(VALUES[each]) if each in VALUES else each for each in value.split(",")]
    return ", ".join(words)
