"""What came in and went back in a period: its sums on a page, each fact in a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import file_digest
from tempfile import TemporaryFile
from typing import IO, Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lms.core.access import Actor, Permission
from lms.core.clock import local_day, local_time, utc_now
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults
from lms.db.session import now
from lms.payments import forms, queries, service
from lms.payments.domain.finance import (
    MOST_FACTS,
    Fact,
    FactKind,
    FileForm,
    Period,
    Sum,
    total,
)
from lms.payments.views.files import send, write
from lms.payments.words import FACTS, FINANCE, METHODS, ON_LINE, PAYERS, PROVIDERS
from lms.sheets.writing import Value
from lms.web.access import current_actor, database, requires
from lms.web.i18n import gettext, localized

bp = Blueprint("finance", __name__, url_prefix="/staff/orders/finance")
_TOO_MANY = Message(
    "too_many_facts", "More than 100,000 rows: please choose fewer days and take several files."
)


@bp.get("")
@requires(Permission.ORDERS_READ)
def board() -> ResponseReturnValue:
    """Show what came in and went back, this month where no days are asked for."""
    try:
        period = forms.parse_period(request.args, local_day(utc_now()))
    except InvalidInput as error:
        return _page(None, request.args, error.fields), error.status
    return _page(period, {}, {})


@bp.post("")
@requires(Permission.ORDERS_READ)
def take() -> ResponseReturnValue:
    """Hand each fact of the days out as a file; who took it is written down before."""
    try:
        period = forms.parse_period(request.form, local_day(utc_now()))
        form = forms.parse_file_form(request.form)
        return _file(current_actor(), period, form)
    except InvalidInput as error:
        return _page(None, request.form, error.fields), error.status


def _page(period: Period | None, typed: Mapping[str, Any], faults: Faults) -> str:
    sums: Sequence[Sum] = ()
    if period is not None:
        with database().snapshot() as session:
            sums = queries.sums_of(session, current_actor(), period)
    return render_template(
        "payments/finance.html",
        period=period,
        typed=typed,
        faults=faults,
        sums=sums,
        total=total(sums),
        methods=METHODS,
        on_line=ON_LINE,
        providers=PROVIDERS,
    )


def _file(actor: Actor, period: Period, form: FileForm) -> Response:
    """Write the file aside, of one moment, and send it once that is written down.

    Nobody holds a connection to the database while somebody downloads.
    """
    with ExitStack() as opened:
        file = opened.enter_context(TemporaryFile())
        held = _write(file, actor, period, form)
        file.seek(0)
        sha256 = file_digest(file, "sha256").hexdigest()
        with database().transaction() as session:
            wanted, at = (period, form), now(session)
            service.note_export(
                session, actor=actor, wanted=wanted, held=held, sha256=sha256, now=at
            )
        response = send(file, form, f"finance-{period.first}-{period.last}")
        # From here the answer closes it.
        opened.pop_all()
    return response


def _write(file: IO[bytes], actor: Actor, period: Period, form: FileForm) -> Sum:
    """Write the facts; return what they add up to."""
    with database().one_moment() as session:
        held = total(queries.sums_of(session, actor, period))
        if held.facts > MOST_FACTS:
            raise InvalidInput({"to": _TOO_MANY})
        write(file, form, FINANCE, _rows(queries.facts_of(session, actor, period)))
    return held


def _rows(facts: Iterable[Fact]) -> Iterator[Sequence[Value]]:
    """Yield a row a fact, and what they add up to below them."""
    in_fen = out_fen = 0
    said = {words: gettext(words) for words in _words()}
    for fact in facts:
        in_fen, out_fen = in_fen + fact.in_fen, out_fen + fact.out_fen
        yield _row(fact, said)
    yield (gettext("Total"), *[None] * 12, in_fen, out_fen, None, None)


def _words() -> Iterator[str]:
    for each in (FACTS, METHODS, PROVIDERS, PAYERS):
        yield from each.values()
    yield ON_LINE


def _row(fact: Fact, said: Mapping[str, str]) -> Sequence[Value]:
    is_payment = fact.kind == FactKind.PAYMENT
    of_price = (fact.list_fen, fact.coupon_fen, fact.voucher_fen, fact.subsidy_fen)
    return (
        local_time(fact.at).strftime("%Y-%m-%d %H:%M:%S"),
        said[FACTS[fact.kind]],
        *(fact.order_number, fact.receipt_number, fact.name),
        localized(fact.course) if fact.course else None,
        localized({"zh": fact.county_zh, "en": fact.county_en}),
        said[PROVIDERS[fact.provider]],
        said[METHODS.get(fact.method or "", ON_LINE)],
        # What an order is made of stands once, with its money, so that columns can be added up.
        *(of_price if is_payment else [None] * 4),
        fact.in_fen if is_payment else None,
        None if is_payment else fact.out_fen,
        *(fact.ref, said[PAYERS[fact.payer]]),
    )
