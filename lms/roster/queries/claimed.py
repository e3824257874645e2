"""Reads the roster of subsidy applications, each with the study it rests on, as columns."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import BankAccount, Identity, Person
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Programme
from lms.core.access import Scope, ScopeKind
from lms.core.clock import day_bounds
from lms.db.among import among
from lms.enrollment.models import Enrollment
from lms.payments.queries import vouchers_of
from lms.roster.domain.claims import NOTHING, decided, pay_state, review
from lms.roster.domain.days import Days
from lms.roster.domain.filters import Filters, Status
from lms.roster.queries.adding import PARTICULARS, add_certificates, add_columns
from lms.roster.queries.enrolled import CHUNK, Columns, add_days, chunks, consented, enrolled_of
from lms.roster.queries.known import Known
from lms.roster.queries.selecting import Selection, listed
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.models import EligibilityDecision, SubsidyClaim

# What was begun only, taken back or turned down is not applied for.
_NOT_ASKED = (ClaimState.DRAFT, ClaimState.WITHDRAWN, ClaimState.REJECTED)
_EVERYWHERE = (Scope(ScopeKind.PLATFORM),)
_SAME_ACCOUNT = BankAccount.number_index == SubsidyClaim.account_index
_READ: Mapping[str, Any] = {
    "subject": SubsidyClaim.id,
    "person": SubsidyClaim.person_id,
    "name": Person.name,
    "phone": Person.phone,
    "sex": Identity.sex,
    "birth_date": Identity.birth_date,
    "id_mask": Identity.mask,
    "id_sealed": case((consented(), Identity.number)),
    "id_index": case((consented(), Identity.number_index)),
    "county_code": SubsidyClaim.county_code,
    "town": SubsidyClaim.town,
    "programme_id": SubsidyClaim.programme_id,
    "programme": Programme.slug,
    "work": Programme.title["zh"].as_string(),
    "work_type": SubsidyClaim.work_type,
    "occupation_code": SubsidyClaim.occupation,
    "level": SubsidyClaim.level,
    "amount": SubsidyClaim.amount_fen,
    "paid": SubsidyClaim.paid_fen,
    "state": SubsidyClaim.state,
    "money": SubsidyClaim.money,
    "first_by": SubsidyClaim.first_by_id,
    "second_by": SubsidyClaim.second_by_id,
    "bank": SubsidyClaim.bank,
    "account_mask": SubsidyClaim.account_mask,
    "account_index": SubsidyClaim.account_index,
    "account_sealed": case((_SAME_ACCOUNT, BankAccount.number)),
    "payee": case((_SAME_ACCOUNT, BankAccount.holder), else_=Person.name),
    "decision_id": SubsidyClaim.decision_id,
    "number": SubsidyClaim.number,
}
# What is told of the enrollment a claim rests on.
_STUDY = (
    *("course_id", "revision_id", "class_id", "status", "enrolled_quarter", "completed_quarter"),
    *("hours_online_verified", "final", "offline", "meetings", "visits"),
)
_STUDIED = (
    *("class_name", "filing_no", "institution", "uscc", "start", "end"),
    *("hours_total", "theory", "practice"),
)


def claimed(
    session: Session, selection: Selection, keys: Collection[str], chunk: int = CHUNK
) -> Iterator[Columns]:
    """Yield what the columns named are made of, in the order in which claims were handed in.

    ``subject`` and ``person`` are the ids of the claims and their people.
    """
    statement = (
        _chosen(select(*_READ.values()), selection)
        .join(Programme, Programme.id == SubsidyClaim.programme_id)
        .outerjoin(Identity, Identity.person_id == Person.id)
        .outerjoin(BankAccount, BankAccount.person_id == Person.id)
        .order_by(SubsidyClaim.id)
    )
    known = Known(session)
    for columns in chunks(session, statement, tuple(_READ), chunk):
        _add_money(columns)
        _add_decided(session, columns)
        add_studies(session, known, columns, keys)
        add_certificates(known, columns)
        add_columns(known, columns, PARTICULARS & set(keys))
        yield columns


def chosen_claims(selection: Selection) -> Select[int]:
    """Return the claims of the list."""
    return _chosen(select(SubsidyClaim.id), selection)


def in_counties(column: Any, scopes: Collection[Scope]) -> ColumnElement[bool]:  # noqa: ANN401 (a column)
    """Return the condition that a row lies in reach: claims and notices belong to counties."""
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return true()
    found: ColumnElement[bool] = column.in_(
        [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    )
    return found


def add_studies(session: Session, known: Known, columns: Columns, keys: Collection[str]) -> None:
    """Add what is known of the enrollment each claim rests on; empty where there is none."""
    ids = _supporting(session, columns)
    if "voucher_no" in keys:
        paid_by = vouchers_of(session, {each for each in ids if each})
        columns["voucher_no"] = [paid_by.get(each or 0) for each in ids]
    studies = enrolled_of(session, {each for each in ids if each}, _STUDY)
    kept = [each for each in ids if each is not None and each in studies]
    studied: Columns = {
        name: [studies[each][name] for each in kept] for name in ("subject", "person", *_STUDY)
    }
    add_days(studied, Days())
    # What the claim is for is said by the claim itself.
    add_columns(known, studied, set(keys).intersection(_STUDIED))
    place = {each: number for number, each in enumerate(kept)}
    at = [place.get(each or 0) for each in ids]
    for name, values in studied.items():
        if name not in ("subject", "person"):
            columns[name] = [None if each is None else values[each] for each in at]
    for name in ("meetings", "visits"):
        columns[name] = [each or 0 for each in columns[name]]


def _supporting(session: Session, columns: Columns) -> list[int | None]:
    """Return the enrollment of each claim: in its programme, what was completed first."""
    people = sorted(set(columns["person"]))
    rows = session.execute(
        select(Enrollment.person_id, Enrollment.id, Programme.slug)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .where(among(Enrollment.person_id, "people"))
        .order_by(Enrollment.completed_at.is_(None), Enrollment.completed_at, Enrollment.id),
        {"people": people},
    )
    own: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for person, enrollment, slug in rows:
        own[person].append((slug, enrollment))
    found: list[int | None] = []
    for person, slug in zip(columns["person"], columns["programme"], strict=True):
        programme = known_programmes().get(slug)
        counted = {slug, *(programme.draws_on if programme else ())}
        found.append(next((one for own_slug, one in own[person] if own_slug in counted), None))
    return found


def _add_money(columns: Columns) -> None:
    count = len(columns["subject"])
    columns["subsidy_kind"], columns["payee_kind"] = ["training"] * count, ["person"] * count
    columns["subsidy_rate"] = columns["amount"]
    states = zip(columns["state"], columns["money"], columns["paid"], strict=True)
    columns["pay_state"] = [pay_state(*each) for each in states]
    looks = zip(columns["state"], columns["first_by"], columns["second_by"], strict=True)
    columns["review"] = [
        review(state, is_first=one is not None, is_second=two is not None)
        for state, one, two in looks
    ]
    works = zip(columns["work"], columns["work_type"], strict=True)
    columns["work_type"] = [work_of(work, kind) for work, kind in works]


def work_of(programme: str, work_type: str) -> str:
    """Return an occupation with its work type: 互联网营销师(直播销售员)."""
    name = programme.partition("·")[0].strip()
    return f"{name}({work_type})" if work_type else name


def _add_decided(session: Session, columns: Columns) -> None:
    """Add groups and earlier subsidies as the decision behind each claim found them."""
    decision = EligibilityDecision
    rows = session.execute(
        select(decision.id, decision.facts, decision.results).where(among(decision.id, "ids")),
        {"ids": [each for each in columns["decision_id"] if each]},
    )
    known = {row[0]: decided(row[1], row[2]) for row in rows}
    found = [known.get(each or 0, NOTHING) for each in columns["decision_id"]]
    for name in ("group", "duplicate", "n_year", "n_total"):
        columns[name] = [getattr(each, name) for each in found]


def _chosen(wanted: Select[Any], selection: Selection) -> Select[Any]:
    claim, filters = SubsidyClaim, selection.filters
    conditions = [
        in_counties(claim.county_code, selection.scopes),
        claim.number.is_not(None),
        claim.state.not_in(_NOT_ASKED),
    ]
    if filters.county:
        conditions.append(claim.county_code == filters.county)
    if filters.town:
        conditions.append(claim.town == filters.town)
    if filters.first_day:
        conditions.append(claim.submitted_at >= day_bounds(filters.first_day)[0])
    if filters.last_day:
        conditions.append(claim.submitted_at < day_bounds(filters.last_day)[1])
    if filters.q:
        named = Person.name.contains(filters.q, autoescape=True)
        conditions.append(or_(named, claim.number == filters.q))
    return wanted.join(Person, Person.id == claim.person_id).where(
        *conditions, *_of_study(selection)
    )


def _of_study(selection: Selection) -> Sequence[ColumnElement[bool]]:
    """Return the condition that the person studied what the filters of courses name."""
    plain = replace(
        selection.filters, county=None, town=None, first_day=None, last_day=None, q=None,
        status=Status.ALL,
    )  # fmt: skip
    if plain == replace(Filters(), status=Status.ALL):
        return ()
    enrolled = listed(Selection(_EVERYWHERE, plain))
    studied = select(Enrollment.person_id).where(Enrollment.id.in_(enrolled))
    return (SubsidyClaim.person_id.in_(studied),)
