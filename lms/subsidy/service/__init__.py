"""Writes facts down, marks what is due and decides it."""

from lms.subsidy.service.answering import Taken, answered_before, paid_all, take_answers
from lms.subsidy.service.calendars import enter_calendar
from lms.subsidy.service.certificates import Looked
from lms.subsidy.service.certificates import enter as enter_certificate
from lms.subsidy.service.certificates import look as look_at_certificate
from lms.subsidy.service.certificates import void as void_certificate
from lms.subsidy.service.claim_moves import Advanced, Move, Moved, Refused, advance, advance_one
from lms.subsidy.service.claiming import (
    Ground,
    HandedIn,
    begin,
    hand_in,
    keep_step,
    look_again,
    look_over,
    sign,
    take_back,
)
from lms.subsidy.service.decisions import (
    BATCH,
    Found,
    Round,
    decide_due,
    decide_people,
    judge_people,
    keep,
)
from lms.subsidy.service.declaring import declare, give_promise
from lms.subsidy.service.desk import confirm, correct, require_another
from lms.subsidy.service.drafts import TAKEN, draft_of, forget_drafts, keep_draft
from lms.subsidy.service.facts import (
    NewFact,
    mark_due,
    mark_everybody,
    mark_many,
    mark_studied,
    record_fact,
    record_many,
)
from lms.subsidy.service.lists import Found as FoundOnList
from lms.subsidy.service.lists import find, take_in
from lms.subsidy.service.marks import MARK_TOUCHED, mark_programmes, order_marks
from lms.subsidy.service.notice_ends import Approved, Foreseen, cancel, close, foresee
from lms.subsidy.service.notice_ends import approve as approve_notice
from lms.subsidy.service.notice_objections import (
    object_to,
    open_contact,
    print_again,
    rule,
)
from lms.subsidy.service.notice_objections import place as place_of_contact
from lms.subsidy.service.notice_printing import print_notice, printed_now, printed_path
from lms.subsidy.service.notices import (
    PRINT,
    PRINT_LANGUAGES,
    Grounds,
    Plan,
    Published,
    order_print,
    plan,
    publish,
)
from lms.subsidy.service.paid_claims import claw_back, pay_again, recover
from lms.subsidy.service.papers import (
    NewPaper,
    add_paper,
    known_files,
    note_view,
    require_room,
)
from lms.subsidy.service.payment_files import BankFile, take_file
from lms.subsidy.service.payments import Prepared, prepare
from lms.subsidy.service.proposals import accept, propose, refuse
from lms.subsidy.service.releasing import Released, give_up, release
from lms.subsidy.service.reopening import act_on, note_decided, note_of_enrollment
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
    "PRINT",
    "PRINT_LANGUAGES",
    "TAKEN",
    "Advanced",
    "Approved",
    "BankFile",
    "Foreseen",
    "Found",
    "FoundOnList",
    "Ground",
    "Grounds",
    "HandedIn",
    "Looked",
    "Move",
    "Moved",
    "NewFact",
    "NewPaper",
    "Plan",
    "Prepared",
    "Published",
    "Refused",
    "Released",
    "Round",
    "Taken",
    "accept",
    "act_on",
    "add_paper",
    "advance",
    "advance_one",
    "answered_before",
    "approve_notice",
    "begin",
    "cancel",
    "claw_back",
    "close",
    "confirm",
    "correct",
    "counted_so_far",
    "decide_due",
    "decide_people",
    "declare",
    "draft_of",
    "enter_calendar",
    "enter_certificate",
    "find",
    "foresee",
    "forget_drafts",
    "give_promise",
    "give_up",
    "hand_in",
    "judge_people",
    "keep",
    "keep_draft",
    "keep_step",
    "known_files",
    "look_again",
    "look_at_certificate",
    "look_over",
    "mark_due",
    "mark_everybody",
    "mark_many",
    "mark_programmes",
    "mark_studied",
    "note_decided",
    "note_of_enrollment",
    "note_view",
    "object_to",
    "open_contact",
    "order_marks",
    "order_print",
    "order_trial",
    "paid_all",
    "pay_again",
    "place_of_contact",
    "plan",
    "plan_of",
    "prepare",
    "print_again",
    "print_notice",
    "printed_now",
    "printed_path",
    "propose",
    "publish",
    "put_away",
    "record_fact",
    "record_many",
    "recover",
    "refuse",
    "release",
    "require_another",
    "require_room",
    "rule",
    "sign",
    "stop_trial",
    "take_answers",
    "take_back",
    "take_file",
    "take_in",
    "try_out",
    "void_certificate",
]
