"""The yardstick: a bare Flask program on the same database, with the least such a site must do."""

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import Engine, bindparam, select, text

from lms.catalog.models import Item, Lesson
from lms.db.session import Database
from lms.progress.models import MaterialProgress

# About as long as the lesson page of the site.
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1>
<ol>{% for id, key, title, minutes in lessons %}
<li id="lesson-{{ id }}"><a href="/lessons/{{ key }}">{{ title.zh }}</a> {{ minutes }} min</li>
{% endfor %}</ol>
<ul>{% for id, key, kind, title in items %}
<li id="item-{{ id }}"><a href="/items/{{ key }}">{{ title.zh }}</a> <span>{{ kind }}</span></li>
{% endfor %}</ul>
<table>{% for material, seen, credited in progress %}
<tr><td>{{ material }}</td><td>{{ seen // 1000 }}</td><td>{{ credited // 1000 }}</td></tr>
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
    page = _page(engine, filler_bytes)
    app.add_url_rule("/page/<int:revision_id>/<int:person_id>", view_func=page)
    app.add_url_rule("/upsert/<int:row_id>", view_func=_upsert(engine), methods=["POST", "PUT"])
    return app


def _page(engine: Engine, filler_bytes: int):  # noqa: ANN202 (a view)
    of_revision = bindparam("revision")
    lessons = select(Lesson.id, Lesson.key, Lesson.title, Lesson.minutes).where(
        Lesson.revision_id == of_revision
    )
    items = select(Item.id, Item.key, Item.kind, Item.title).where(Item.revision_id == of_revision)
    progress = select(
        MaterialProgress.material_id, MaterialProgress.seen_ms, MaterialProgress.credited_ms
    ).where(MaterialProgress.person_id == bindparam("person"))
    filler = ("lorem ipsum " * (filler_bytes // 12 + 1))[:filler_bytes]

    def page(revision_id: int, person_id: int) -> ResponseReturnValue:
        with engine.connect() as connection:
            shown = {
                "lessons": connection.execute(lessons, {"revision": revision_id}).all(),
                "items": connection.execute(items, {"revision": revision_id}).all(),
                "progress": connection.execute(progress, {"person": person_id}).all(),
            }
        return render_template("page.html", title="Lesson", filler=filler, **shown)

    return page


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
