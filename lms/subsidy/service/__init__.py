"""Writes facts down, marks what is due and decides it."""

from lms.subsidy.service.certificates import Looked, Said
from lms.subsidy.service.certificates import enter as enter_certificate
from lms.subsidy.service.certificates import look as look_at_certificate
from lms.subsidy.service.certificates import void as void_certificate
from lms.subsidy.service.decisions import BATCH, Round, decide_due, decide_people
from lms.subsidy.service.declaring import declare, give_promise
from lms.subsidy.service.facts import NewFact, mark_due, mark_many, mark_studied, record_fact
from lms.subsidy.service.papers import (
    NewPaper,
    add_paper,
    known_files,
    note_view,
    require_room,
)

__all__ = [
    "BATCH",
    "Looked",
    "NewFact",
    "NewPaper",
    "Round",
    "Said",
    "add_paper",
    "decide_due",
    "decide_people",
    "declare",
    "enter_certificate",
    "give_promise",
    "known_files",
    "look_at_certificate",
    "mark_due",
    "mark_many",
    "mark_studied",
    "note_view",
    "record_fact",
    "require_room",
    "void_certificate",
]
