"""Writes facts down, marks what is due and decides it."""

from lms.subsidy.service.certificates import Looked
from lms.subsidy.service.certificates import enter as enter_certificate
from lms.subsidy.service.certificates import look as look_at_certificate
from lms.subsidy.service.certificates import void as void_certificate
from lms.subsidy.service.decisions import BATCH, Round, decide_due, decide_people
from lms.subsidy.service.declaring import declare, give_promise
from lms.subsidy.service.desk import confirm, correct, require_another
from lms.subsidy.service.facts import NewFact, mark_due, mark_many, mark_studied, record_fact
from lms.subsidy.service.lists import (
    Found,
    draft_of,
    find,
    forget_drafts,
    keep_draft,
    take_in,
)
from lms.subsidy.service.papers import (
    NewPaper,
    add_paper,
    known_files,
    note_view,
    require_room,
)

__all__ = [
    "BATCH",
    "Found",
    "Looked",
    "NewFact",
    "NewPaper",
    "Round",
    "add_paper",
    "confirm",
    "correct",
    "decide_due",
    "decide_people",
    "declare",
    "draft_of",
    "enter_certificate",
    "find",
    "forget_drafts",
    "give_promise",
    "keep_draft",
    "known_files",
    "look_at_certificate",
    "mark_due",
    "mark_many",
    "mark_studied",
    "note_view",
    "record_fact",
    "require_another",
    "require_room",
    "take_in",
    "void_certificate",
]
