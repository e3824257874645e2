"""Lists of the fake Stripe: newest first, a page at a time, with the objects asked for put in."""

from collections.abc import Callable

from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.params import Params
from lms.demo.stripe_server.refusals import Refusal, missing
from lms.demo.stripe_server.shapes import Thing, shown

# The places of the API, what lies there, and what its lists may be narrowed to.
KINDS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "events": "event",
}
_NARROWED = {
    "checkout.session": ("payment_intent", "status"),
    "payment_intent": (),
    "charge": ("payment_intent",),
    "refund": ("charge", "payment_intent"),
    "dispute": ("charge", "payment_intent"),
    "event": ("type",),
}
_PAGING = ("created", "ending_before", "expand", "limit", "starting_after")
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda made, bound: made > bound,
    "gte": lambda made, bound: made >= bound,
    "lt": lambda made, bound: made < bound,
    "lte": lambda made, bound: made <= bound,
}
_PAGE = 10
_LARGEST_PAGE = 100


def page(books: Books, where: str, asked: Params) -> Thing:
    """Return one page of what lies at the place. Raises ``Refusal`` for a bad page."""
    kind = KINDS[where]
    asked.only((*_PAGING, *_NARROWED[kind], *(["types"] if kind == "event" else [])))
    found = [each for each in books.newest(kind) if _is_wanted(each, kind, asked)]
    after, has_more = _cut(found, kind, asked)
    inside = [path.removeprefix("data.") for path in asked.texts("expand")]
    data = [expanded(books, each, inside) for each in after]
    return {"object": "list", "url": f"/v1/{where}", "has_more": has_more, "data": data}


def _is_wanted(thing: Thing, kind: str, asked: Params) -> bool:
    types = asked.texts("types")
    if types and thing["type"] not in types:
        return False
    for name in _NARROWED[kind]:
        if asked.text(name) not in {None, thing[name]}:
            return False
    return _is_of_time(thing["created"], asked)


def _is_of_time(made: int, asked: Params) -> bool:
    if isinstance(asked.values.get("created"), str):
        return made == asked.whole("created")
    bounds = asked.inside("created")
    bounds.only(_COMPARED)
    given = {name: bounds.whole(name) for name in bounds.values}
    return all(_COMPARED[name](made, at) for name, at in given.items() if at is not None)


def _cut(found: list[Thing], kind: str, asked: Params) -> tuple[list[Thing], bool]:
    limit = asked.whole("limit", least=1) or _PAGE
    if limit > _LARGEST_PAGE:
        sentence = f"Invalid limit: must be at most {_LARGEST_PAGE}"
        raise Refusal(sentence, "limit", "parameter_invalid_integer")
    before = asked.text("ending_before")
    if before is not None:
        newer = found[: _place(found, kind, before, "ending_before")]
        return newer[-limit:], len(newer) > limit
    last = asked.text("starting_after")
    start = 0 if last is None else _place(found, kind, last, "starting_after") + 1
    return found[start : start + limit], len(found) > start + limit


def _place(found: list[Thing], kind: str, thing_id: str, param: str) -> int:
    for place, each in enumerate(found):
        if each["id"] == thing_id:
            return place
    raise missing(kind, thing_id, param)


def expanded(books: Books, thing: Thing, paths: list[str]) -> Thing:
    """Return the object with those it names put in: ``payment_intent.latest_charge``."""
    whole = shown(thing)
    for path in paths:
        name, _, rest = path.partition(".")
        if name == "line_items" and "_lines" in thing:
            whole[name] = lines(thing)
            continue
        named = thing.get(name, "")
        if isinstance(named, str) and named in books.things:
            whole[name] = expanded(books, books.things[named], [rest] if rest else [])
        elif named is not None:
            raise Refusal(f"This property cannot be expanded ({path}).", "expand")
    return whole


def lines(session: Thing) -> Thing:
    """Return what is sold in the session, as a list."""
    where = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "url": where, "has_more": False, "data": session["_lines"]}
