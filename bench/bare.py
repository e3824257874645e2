"""The yardsticks: bare Flask programs on the same database, with the least such a site must do.

``page`` is written as Flask's and SQLAlchemy's tutorials write a page: three selects of mapped
objects and a template. ``leanest`` asks the same with statements put together once and no objects:
as little as can be, shown beside it so that nobody mistakes the first for the second.
"""

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import Engine, bindparam, select, text
from sqlalchemy.orm import Session

from lms.catalog.models import Item, Lesson
from lms.db.session import Database
from lms.progress.models import MaterialProgress

# About as long as the lesson page of the site.
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>
<ol>{% for lesson in lessons %}
<li id="lesson-{{ lesson.id }}"><a href="/lessons/{{ lesson.key }}">{{ lesson.title.zh }}</a>
{{ lesson.minutes }} min</li>
{% endfor %}</ol>
<ul>{% for item in items %}
<li id="item-{{ item.id }}"><a href="/items/{{ item.key }}">{{ item.title.zh }}</a>
<span>{{ item.kind }}</span></li>
{% endfor %}</ul>
<table>{% for each in progress %}
<tr><td>{{ each.material_id }}</td><td>{{ each.seen_ms // 1000 }}</td>
<td>{{ each.credited_ms // 1000 }}</td></tr>
{% endfor %}</table>
<p>{{ filler }}</p>
</body></html>
"""
TABLE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT, at BIGINT)"
_UPSERT = text(
    "INSERT INTO bare (id, body, at) VALUES (:id, :body, :at) "
    "ON CONFLICT (id) DO UPDATE SET body = excluded.body, at = excluded.at"
)


def make(url: str, filler_bytes: int) -> Flask:
    """Return the program; ``filler_bytes`` brings its page to the length of the site's."""
    app = Flask("bare", static_folder=None)
    app.jinja_loader = DictLoader({"page.html": _PAGE})
    engine = Database(url).engine
    filler = ("lorem ipsum " * (filler_bytes // 12 + 1))[:filler_bytes]
    address = "/<int:revision_id>/<int:person_id>"
    app.add_url_rule(f"/page{address}", "page", _page(engine, filler))
    app.add_url_rule(f"/leanest{address}", "leanest", _leanest(engine, filler))
    app.add_url_rule("/upsert/<int:row_id>", view_func=_upsert(engine), methods=["POST", "PUT"])
    return app


def _page(engine: Engine, filler: str):  # noqa: ANN202 (a view)
    def page(revision_id: int, person_id: int) -> ResponseReturnValue:
        with Session(engine) as session:
            lessons = session.scalars(select(Lesson).where(Lesson.revision_id == revision_id)).all()
            items = session.scalars(select(Item).where(Item.revision_id == revision_id)).all()
            progress = session.scalars(
                select(MaterialProgress).where(MaterialProgress.person_id == person_id)
            ).all()
        return render_template(
            "page.html",
            title="Lesson",
            lessons=lessons,
            items=items,
            progress=progress,
            filler=filler,
        )

    return page


def _leanest(engine: Engine, filler: str):  # noqa: ANN202 (a view)
    of_revision = bindparam("revision")
    lessons = select(Lesson.id, Lesson.key, Lesson.title, Lesson.minutes).where(
        Lesson.revision_id == of_revision
    )
    items = select(Item.id, Item.key, Item.kind, Item.title).where(Item.revision_id == of_revision)
    progress = select(
        MaterialProgress.material_id, MaterialProgress.seen_ms, MaterialProgress.credited_ms
    ).where(MaterialProgress.person_id == bindparam("person"))

    def leanest(revision_id: int, person_id: int) -> ResponseReturnValue:
        with engine.connect() as connection:
            shown = {
                "lessons": connection.execute(lessons, {"revision": revision_id}).all(),
                "items": connection.execute(items, {"revision": revision_id}).all(),
                "progress": connection.execute(progress, {"person": person_id}).all(),
            }
        return render_template("page.html", title="Lesson", filler=filler, **shown)

    return leanest


def _upsert(engine: Engine):  # noqa: ANN202 (a view)
    # Taking SQLite's write lock at once is what lets many writers take turns.
    writing = engine.execution_options(lms_write=True)

    def upsert(row_id: int) -> ResponseReturnValue:
        body = request.get_json()
        values = {"id": row_id, "body": str(body), "at": body.get("seq", 0)}
        with writing.begin() as connection:
            connection.execute(_UPSERT, values)
        return jsonify(saved=row_id)

    return upsert
