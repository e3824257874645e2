"""Writes facts down, marks what is due and decides it."""

from lms.subsidy.service.decisions import BATCH, Round, decide_due, decide_people
from lms.subsidy.service.facts import NewFact, mark_due, mark_studied, record_fact

__all__ = [
    "BATCH",
    "NewFact",
    "Round",
    "decide_due",
    "decide_people",
    "mark_due",
    "mark_studied",
    "record_fact",
]
