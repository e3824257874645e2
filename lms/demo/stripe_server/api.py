"""The calls of Stripe's API that a shop with hosted Checkout makes."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, jsonify, request

from lms.demo.stripe_server import checkout, refunds
from lms.demo.stripe_server.current import current_till
from lms.demo.stripe_server.listing import KINDS, expanded, lines, page
from lms.demo.stripe_server.params import Params, parse
from lms.demo.stripe_server.refusals import Refusal
from lms.demo.stripe_server.shapes import API_VERSION, Thing, new_id

bp = Blueprint("api", __name__, url_prefix="/v1")
P = ParamSpec("P")
_KEY_BEGINS = "sk_test_"
_LONGEST_KEY = 255


@bp.before_request
def check() -> None:
    """Let in whoever has a test key, unless the server is told to fail."""
    given = request.authorization
    # Stripe takes the key as a bearer token, or as the name of a user without a password.
    key = (given.token or given.username) if given else None
    if not key:
        raise Refusal("You did not provide an API key.", status=401)
    if not key.startswith(_KEY_BEGINS):
        raise Refusal(f"Invalid API Key provided: {key[:8]}****", status=401)
    till = current_till()
    till.faults.wait()
    with till.books.look():
        till.faults.fail()


@bp.after_request
def sign(response: Response) -> Response:
    """Name the call and the version, as Stripe does."""
    response.headers["Request-Id"] = new_id("req")
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    return response


@bp.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[Response, int]:
    """Answer in Stripe's shape."""
    return jsonify(refusal.body()), refusal.status


def once(view: Callable[P, Thing]) -> Callable[P, Response]:
    """Do a change once an idempotency key, and answer the same whenever the key comes again."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        till, key = current_till(), request.headers.get("Idempotency-Key", "")
        if len(key) > _LONGEST_KEY:
            raise Refusal(f"Idempotency keys can have up to {_LONGEST_KEY} characters.")
        asked = hashlib.sha256(request.path.encode() + b"\n" + request.get_data()).hexdigest()
        with till.books.change():
            known = till.books.known_answer(key, asked) if key else None
            said = known or _done(lambda: view(*args, **kwargs))
            if key:
                till.books.keep_answer(key, {**said, "asked": asked})
            till.faults.lose()
        response = jsonify(said["body"])
        response.status_code = said["status"]
        if known:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    return answer


def _done(work: Callable[[], Thing]) -> Thing:
    try:
        return {"body": work(), "status": 200}
    except Refusal as refusal:
        if not refusal.is_kept:
            raise
        return {"body": refusal.body(), "status": refusal.status}


@bp.post("/checkout/sessions")
@once
def create_session() -> Thing:
    """Open a Checkout session."""
    books, asked = current_till().books, _form()
    session = checkout.create(books, asked)
    session["url"] = f"{request.host_url}pay/{session['id']}"
    return expanded(books, session, asked.texts("expand"))


@bp.post("/checkout/sessions/<session_id>/expire")
@once
def expire_session(session_id: str) -> Thing:
    """Expire an open session."""
    return current_till().expire(session_id)


@bp.get("/checkout/sessions/<session_id>/line_items")
def line_items(session_id: str) -> Response:
    """Tell what is sold in the session."""
    books = current_till().books
    with books.look():
        return jsonify(lines(books.get("checkout.session", session_id)))


@bp.post("/refunds")
@once
def create_refund() -> Thing:
    """Refund a payment, in full or part."""
    till, asked = current_till(), _form()
    made = refunds.create(till.books, asked, till.faults.refunds_begin)
    return expanded(till.books, made, asked.texts("expand"))


@bp.get("/<path:where>")
def read(where: str) -> Response:
    """Return a list, or one object of a list."""
    books, asked = current_till().books, parse(request.args.items(multi=True))
    place, _, thing_id = where.rpartition("/")
    with books.look():
        if where in KINDS:
            return jsonify(page(books, where, asked))
        if place not in KINDS:
            raise _unrecognized()
        asked.only(("expand",))
        thing = books.get(KINDS[place], thing_id)
        return jsonify(expanded(books, thing, asked.texts("expand")))


@bp.route("/<path:_where>", methods=["POST", "DELETE"])
def change(_where: str) -> Response:
    """Refuse every other change: a shop that asks for one asks for what this server has not."""
    raise _unrecognized()


def _unrecognized() -> Refusal:
    return Refusal(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def _form() -> Params:
    return parse(request.form.items(multi=True))
