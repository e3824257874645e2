"""Writes facts down, marks what is due and decides it."""

from lms.subsidy.service.decisions import (
    BATCH,
    Found,
    Round,
    decide_due,
    decide_people,
    judge_people,
    keep,
)
from lms.subsidy.service.facts import NewFact, mark_due, mark_studied, record_fact

__all__ = [
    "BATCH",
    "Found",
    "NewFact",
    "Round",
    "decide_due",
    "decide_people",
    "judge_people",
    "keep",
    "mark_due",
    "mark_studied",
    "record_fact",
]
