"""The words of acts: a sentence for each, what it was done to, what is written down with it."""

from collections.abc import Mapping
from typing import Any

from lms.core.clock import local_time
from lms.progress.domain.units import ms_to_datetime


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


# ``who`` acted, ``what`` is the subject.
ACTS = {
    "account.changed": _("%(who)s entered the bank account of %(what)s"),
    "account.confirmed": _(
        "%(who)s confirmed that the bank account of %(what)s is in their own name"
    ),
    "account.read": _("%(who)s looked at the whole bank account number of %(what)s"),
    "account.refused": _(
        "%(who)s noted that the bank account of %(what)s is not in their own name"
    ),
    "certificate.corrected": _("%(who)s corrected %(what)s"),
    "certificate.looked_at": _("%(who)s looked %(what)s up"),
    "certificate.voided": _("%(who)s took %(what)s off the record"),
    "class.changed": _("%(who)s changed the plan of %(what)s"),
    "class.drafted": _("%(who)s planned %(what)s"),
    "class.moved_on": _("%(who)s moved %(what)s to another step"),
    "class.opened": _("%(who)s opened %(what)s"),
    "class_session.changed": _("%(who)s changed the plan of %(what)s"),
    "class_session.planned": _("%(who)s planned %(what)s"),
    "class_session.state": _("%(who)s set whether %(what)s takes place"),
    "consent.taken_back": _("%(who)s took an agreement back"),
    "course.published": _("%(who)s published %(what)s"),
    "credential.reissue_asked": _("%(who)s asked to issue %(what)s anew"),
    "credential.reissue_confirmed": _("%(who)s confirmed that %(what)s is issued anew"),
    "credential.reissue_declined": _("%(who)s declined to issue %(what)s anew"),
    "credential.reissue_withdrawn": _("%(who)s withdrew the request to issue %(what)s anew"),
    "credential.revoke_asked": _("%(who)s asked to revoke %(what)s"),
    "credential.revoke_confirmed": _("%(who)s confirmed that %(what)s is revoked"),
    "credential.revoke_declined": _("%(who)s declined to revoke %(what)s"),
    "credential.revoke_withdrawn": _("%(who)s withdrew the request to revoke %(what)s"),
    "data.taken": _("%(who)s downloaded all their own data"),
    "enrollment.transferred": _("%(who)s moved %(what)s to another class"),
    "enrollment.withdrawn": _("%(who)s ended %(what)s"),
    "evidence.read": _("%(who)s read the learning file of %(what)s"),
    "export.downloaded": _("%(who)s downloaded %(what)s"),
    "export.made": _("%(what)s was made for %(who)s"),
    "export.ordered": _("%(who)s ordered %(what)s"),
    "export.stopped": _("%(who)s stopped %(what)s"),
    "fact.confirmed": _("%(who)s confirmed what %(what)s said about themselves"),
    "fact.corrected": _("%(who)s corrected what is known of %(what)s"),
    "fact.unknown": _("%(who)s noted that something of %(what)s is not known any more"),
    "guardian.agreed": _("%(who)s wrote down that the guardian of %(what)s agrees"),
    "identity.read": _("%(who)s looked at the whole identity number of %(what)s"),
    "identity.refused": _("%(who)s noted that the identity card of %(what)s does not fit"),
    "identity.released": _("%(who)s released the identity number of %(what)s"),
    "identity.verified": _("%(who)s confirmed the identity of %(what)s"),
    "institution.added": _("%(who)s entered %(what)s"),
    "institution.changed": _("%(who)s changed %(what)s"),
    "keys.rotated": _("%(who)s made new keys for signing badges"),
    "list.taken_in": _("%(who)s took %(what)s in"),
    "listing.added": _("%(who)s added %(what)s"),
    "listing.ended": _("%(who)s let %(what)s end"),
    "paper.read": _("%(who)s looked at a paper of %(what)s"),
    "people.taken_in": _("%(who)s took a roster in for %(what)s"),
    "person.closed": _("%(who)s closed their own account"),
    "person.corrected": _("%(who)s corrected the name or town of %(what)s"),
    "person.erased": _("%(who)s deleted all that says who %(what)s was"),
    "person.freed": _("%(who)s ended the lock on the account of %(what)s"),
    "person.held": _("The account of %(what)s was protected after a sign-in from an unknown phone"),
    "person.invited": _("%(who)s invited %(what)s by text message"),
    "person.let_in": _("%(who)s let %(what)s in again"),
    "person.locked": _("%(who)s locked %(what)s out"),
    "person.phone_given": _("%(who)s gave %(what)s another phone number"),
    "person.phone_let_go": _("The number of %(what)s went to its new owner"),
    "person.signed_out": _("%(who)s signed %(what)s out everywhere"),
    "person.signed_up": _("%(who)s signed %(what)s up"),
    "policy.accepted": _("%(who)s accepted %(what)s"),
    "policy.proposed": _("%(who)s loaded %(what)s"),
    "policy.rejected": _("%(who)s rejected %(what)s"),
    "policy.withdrawn": _("%(who)s withdrew %(what)s"),
    "role.granted": _("%(who)s gave %(what)s a role"),
    "role.revoked": _("%(who)s took a role from %(what)s"),
    "second_factor.removed": _("%(who)s turned their own second step off"),
    "second_factor.reset": _("%(who)s reset the second step of %(what)s"),
    "time.appeal_asked": _("%(who)s asked to count time, in %(what)s"),
    "time.appeal_declined": _("%(who)s declined %(what)s"),
    "time.appeal_granted": _("%(who)s granted %(what)s"),
    "time.appeal_opened": _("%(who)s opened %(what)s on their own account"),
    "time.appeal_withdrawn": _("%(who)s withdrew %(what)s"),
    "time.flag_explained": _("%(who)s found %(what)s explained"),
    "time.flag_not_study": _("%(who)s found that %(what)s was not studying"),
    "time.outage_asked": _("%(who)s asked to count time after an outage, in %(what)s"),
    "time.outage_counted": _("Time after an outage was counted, by %(what)s of %(who)s"),
    "time.outage_declined": _("%(who)s declined %(what)s"),
    "time.outage_granted": _("%(who)s granted %(what)s"),
    "time.outage_run_again": _("%(who)s had %(what)s counted once more"),
    "time.outage_withdrawn": _("%(who)s withdrew %(what)s"),
    "version.moved": _("Learners of %(what)s came to another version, by order of %(who)s"),
    "version.ordered": _("%(who)s ordered a move of learners of %(what)s to another version"),
}

SUBJECTS = {
    "person": _("Person no. %(id)s"),
    "course": _("course %(id)s"),
    "class": _("class no. %(id)s"),
    "class_session": _("session no. %(id)s"),
    "enrollment": _("enrollment no. %(id)s"),
    "credential": _("badge %(id)s"),
    "study_flag": _("observation no. %(id)s"),
    "time_request": _("time request no. %(id)s"),
    "institution": _("institution no. %(id)s"),
    "listing": _("row no. %(id)s of the bureau’s lists"),
    "export": _("list %(id)s"),
    "file": _("the file %(id)s"),
    "fact_list": _("the bureau’s list no. %(id)s"),
    "policy_proposal": _("policy proposal no. %(id)s"),
    "certificate": _("state certificate no. %(id)s"),
    "issuer": _("the issuer %(id)s"),
    "county": _("the county with the code %(id)s"),
}

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
    "rows": _("rows"),
    "matched": _("found here"),
    "files": _("files"),
    "sha256": _("SHA-256"),
    "closed_at": _("closed"),
    "new": _("new keys"),
    "withdrawn": _("withdrawn key"),
    "title": _("title"),
    "filing_no": _("filing number"),
    "capacity": _("seats"),
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
    "promise": _("promises"),
    "evidence": _("papers"),
    "external_certificate": _("state certificates"),
    "certificate_entry": _("entries of certificates"),
    "eligibility_decision": _("decisions"),
    "eligibility_due": _("decisions due"),
    "class_wait": _("places in line"),
    "class_objection": _("objections"),
    "class_confirmation": _("signatures"),
    "time_request": _("words of appeals"),
    "study_flag": _("words of explanations"),
    "sign_in": _("sign-ins"),
}

_MINUTE_MS = 60_000
_MOMENTS = frozenset({"from_ms", "to_ms"})


def written(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is written down with an act: the key and its value as text; empty ones not."""
    return [(key, _text(key, value)) for key, value in details.items() if value not in (None, "")]


def _text(key: str, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(name, inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return " → ".join("–" if each is None else str(each) for each in value)
    if key in _MOMENTS and isinstance(value, int):
        return f"{local_time(ms_to_datetime(value)):%Y-%m-%d %H:%M}"
    if key == "granted_ms" and isinstance(value, int):
        return f"{value / _MINUTE_MS:.1f}"
    return str(value)
