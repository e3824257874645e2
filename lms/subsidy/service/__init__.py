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
from lms.subsidy.service.marks import mark_programmes
from lms.subsidy.service.proposals import MARK_TOUCHED, accept, propose, refuse
from lms.subsidy.service.trials import (
    counted_so_far,
    order_trial,
    plan_of,
    put_away,
    stop_trial,
    try_out,
)

__all__ = [
    "BATCH",
    "MARK_TOUCHED",
    "Found",
    "NewFact",
    "Round",
    "accept",
    "counted_so_far",
    "decide_due",
    "decide_people",
    "judge_people",
    "keep",
    "mark_due",
    "mark_programmes",
    "mark_studied",
    "order_trial",
    "plan_of",
    "propose",
    "put_away",
    "record_fact",
    "refuse",
    "stop_trial",
    "try_out",
]
