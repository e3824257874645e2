"""What every template can use: static addresses, lengths of time, prices, switches."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request, url_for

from lms.web.access import optional_actor, settings
from lms.web.i18n import LANGUAGES, gettext

_YEAR = 31_536_000
_HOUR = 3600
_MINUTE = 60


def init_pages(app: Flask) -> None:
    """Register the template globals."""
    app.jinja_env.globals.update(
        asset=_kept_assets(),
        url_for=_kept_addresses(),
        actor=optional_actor,
        is_large=is_large,
        with_query=with_query,
        minutes=minutes,
        hours=hours,
        spell=spell,
        clock=clock,
        price=price,
        strip=strip,
        is_development=lambda: not settings().production,
        complaint_line=lambda: settings().complaint_line,
        retention_years=lambda: settings().retention_years,
    )
    app.after_request(_keep_choices)


def _kept_assets() -> Callable[[str], str]:
    """Return ``asset(path)``: a static file's address, which changes with its content."""

    @lru_cache(maxsize=512)
    def kept(_root: str, path: str) -> str:
        content = (Path(current_app.static_folder or "") / path).read_bytes()
        return url_for("static", filename=path, v=hashlib.sha256(content).hexdigest()[:12])

    return lambda path: kept(request.script_root, path)


def _kept_addresses() -> Callable[..., str]:
    """Return ``url_for`` for templates: a page names the same addresses again and again."""

    # Typed, for 1 and True are one key else; an address inside the site hangs on nothing more.
    @lru_cache(maxsize=4096, typed=True)
    def kept(_root: str, endpoint: str, names: tuple[str, ...], *values: object) -> str:
        return url_for(endpoint, **dict(zip(names, values, strict=True)))  # type: ignore[arg-type]  # as above

    def address(endpoint: str, /, **values: object) -> str:
        if endpoint.startswith(".") or any(name.startswith("_") for name in values):
            return url_for(endpoint, **values)  # type: ignore[arg-type]  # as Flask takes them
        return kept(request.script_root, endpoint, tuple(values), *values.values())

    return address


def is_large() -> bool:
    """Tell whether the person chose large type, now (``?big=1``) or earlier."""
    return (request.args.get("big") or request.cookies.get("big")) == "1"


def _keep_choices(response: Response) -> Response:
    """Remember the language and type size a link of this page asked for."""
    if not request.query_string:
        return response
    for name, allowed in (("lang", LANGUAGES), ("big", ("0", "1"))):
        value = request.args.get(name)
        if value in allowed:
            response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings().https)
    return response


def with_query(**changes: str | int | None) -> str:
    """Return this page's address with some query parameters changed; ``None`` drops one."""
    query = {key: value for key, value in request.args.items() if key not in changes}
    query.update({key: str(value) for key, value in changes.items() if value is not None})
    return request.path + ("?" + urlencode(query) if query else "")


def minutes(milliseconds: int) -> int:
    """Return whole minutes, never rounded up: half-studied minutes are not promised."""
    return milliseconds // 60_000


def hours(milliseconds: int) -> str:
    """Return credit hours of 45 minutes with one decimal, never rounded up."""
    tenths = milliseconds // 270_000
    return f"{tenths // 10}.{tenths % 10}"


def spell(milliseconds: int) -> str:
    """Return a length of time in words: hours and minutes, or minutes and seconds."""
    seconds = max(0, milliseconds) // 1000
    if seconds >= _HOUR:
        return gettext("%(h)s h %(m)s min", h=seconds // _HOUR, m=seconds % _HOUR // 60)
    if seconds >= _MINUTE:
        return gettext("%(m)s min %(s)s s", m=seconds // 60, s=seconds % 60)
    return gettext("%(s)s s", s=seconds)


def clock(milliseconds: int) -> str:
    """Return a place in a video as a player shows it: ``3:07``."""
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def price(fen: int) -> str:
    """Return a price in words: free, or yuan with the fen only where there are any."""
    if fen == 0:
        return gettext("Free")
    yuan, rest = divmod(fen, 100)
    return gettext("%(yuan)s yuan", yuan=f"{yuan}.{rest:02d}" if rest else yuan)


def strip(pairs: Iterable[Sequence[int]]) -> str:
    """Return intervals as the path of a strip ten units high."""
    return "".join(f"M{begin} 0h{end - begin}v10h{begin - end}z" for begin, end in pairs)
