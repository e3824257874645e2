"""Every act that the code writes down has its words, and nothing else has."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from lms.accounts.models import BankState, CheckResult
from lms.credentials.domain.states import Aim, Ruling
from lms.keeping.domain import GONE, WORDLESS
from lms.keeping.queries import ERASED
from lms.progress.domain.flags import FlagRuling
from lms.progress.domain.requests import RequestRuling
from lms.record.queries import READ
from lms.staff.act_details import TABLES, written
from lms.staff.act_words import ACTS
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.proposals import ProposalState

LMS = Path(__file__).resolve().parents[3] / "lms"
_ACTION = re.compile(r"[a-z_]+\.[a-z_]*[a-z]")
# What the site puts into an action whose end is not written out: the values of these.
ENDS: dict[str, list[type[StrEnum]]] = {
    "account.": [BankState],
    "claim.": [ClaimAct],
    "identity.": [CheckResult],
    "policy.": [ProposalState],
    "time.appeal_": [RequestRuling],
    "time.flag_": [FlagRuling],
    "time.outage_": [RequestRuling],
    "version.": [],
}
# Words with a dot in modules that write acts, which are no acts: names of jobs and templates.
NO_ACTS = {
    *("accounts.registry", "accounts.sign_in", "enrollment.move"),
    *("handover.make", "roster.export", "roster.freeze", "subsidy.mark_touched"),
    *("subsidy.print_notice", "payments.refund"),
}
# A step that no call takes: an account is looked at, so it is never declared again.
NEVER = {"account.declared"}


def modules() -> Iterator[ast.Module]:
    """Yield every module that writes acts down."""
    for path in sorted(LMS.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "audit.service import" in text or "note_notice(" in text:
            yield ast.parse(text)


def steps(tree: ast.Module) -> set[str]:
    """Return the words that a module hands to what writes its acts down."""
    return {
        given.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "").endswith("_write_down")
        for given in call.args
        if isinstance(given, ast.Constant) and isinstance(given.value, str)
    }


def acts_of(tree: ast.Module) -> set[str]:
    """Return the acts a module may write down, written out or put together."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} if _ACTION.fullmatch(node.value) else set()
        if isinstance(node, ast.keyword) and node.arg == "action":
            found |= put_together(node.value, steps(tree))
        # Of many acts written at once each is an object; what it is called stands second.
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NewAct":
            found |= put_together(node.args[1], steps(tree))
    return found - NO_ACTS


def put_together(value: ast.expr, given: set[str]) -> set[str]:
    if not isinstance(value, ast.JoinedStr):
        return set()
    begin = value.values[0]
    assert isinstance(begin, ast.Constant)
    if begin.value == "credential.":
        ends = given | set(Ruling)
        return {f"credential.{aim}_{end}" for aim in Aim for end in ends}
    assert begin.value in ENDS, f"what ends {begin.value} is not said here"
    ends = given | {str(each) for kind in ENDS[begin.value] for each in kind}
    return {f"{begin.value}{end}" for end in ends} - NEVER


def test_every_act_has_its_words_and_no_words_are_of_none():
    # These two are named by a constant of another module.
    found = {READ, ERASED}.union(*map(acts_of, modules()))
    assert found == set(ACTS)


def test_an_act_without_words_would_be_seen():
    tree = ast.parse(
        "record(session, action='tea.made')\n"
        "record(session, action=f'time.flag_{x}')\n"
        "_write_down(session, 'poured', now)\n"
    )
    assert acts_of(tree) == {
        "tea.made",
        "time.flag_explained",
        "time.flag_not_study",
        "time.flag_poured",
    }


def test_whatever_is_deleted_of_somebody_has_its_words():
    assert set(TABLES) == GONE | set(WORDLESS) | {"sign_in"}


def test_details_are_written_plainly():
    details = {
        "reason": "身份证丢失",
        "why": "open",
        "note": None,
        "from_ms": 1_790_000_000_000,
        "granted_ms": 90_000,
        "capacity": [None, 30],
        "rows": {"identity": 1, "consent": 2},
        "method": "in_person",
        "fields": "name,town",
        "texts": ["terms", "privacy"],
        "closed_at": "2021-03-05T15:59:00Z",
        "teapot": "blue",
    }
    assert written(details, str.upper) == [
        ("REASON", "身份证丢失"),
        ("REASON", "open"),
        ("FROM", "2026-09-21 22:13"),
        ("COUNTED, MINUTES", "1.5"),
        ("SEATS", "– → 30"),
        ("ROWS", "IDENTITY NUMBERS 1, AGREEMENTS 2"),
        ("HOW", "WITH THE CARD, IN PERSON"),
        ("CHANGED", "NAME, TOWN"),
        ("TEXTS", "TERMS OF USE, PRIVACY NOTICE"),
        ("CLOSED", "2021-03-05 23:59"),
        ("teapot", "blue"),
    ]
