"""The operator's commands for course folders: check, load, export."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from lms.catalog.service import lock_course
from lms.content import service
from lms.content.domain.faults import BadFolder
from lms.content.domain.loading import Outcome, StudioEdits
from lms.core.errors import LmsError, Message, Param
from lms.db.session import now
from lms.media.gateway.storage import storage_of
from lms.web.access import database, settings
from lms.web.i18n import say

content = AppGroup("content", help="Course folders.")

_FOLDER = click.argument("path", type=click.Path(path_type=Path))
_LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="en", show_default=True
)
_SAID = {
    Outcome.FIRST: Message("course_loaded", "%(slug)s: loaded and published."),
    Outcome.REVISION: Message(
        "course_revision_loaded", "%(slug)s: loaded and published as a new version."
    ),
    Outcome.UNCHANGED: Message(
        "course_unchanged", "%(slug)s: nothing new; the course stays as it is."
    ),
    Outcome.EDITED: Message(
        "course_edited_in_studio",
        "%(slug)s: left alone, because it was edited in the studio since the last load. "
        "Use --replace to publish the folder as a new version; the studio's draft is put aside.",
    ),
}
_PLANNED = {
    Outcome.FIRST: Message("course_would_load", "%(slug)s: would be loaded and published."),
    Outcome.REVISION: Message(
        "course_would_revise", "%(slug)s: would be published as a new version."
    ),
}
_FAULTLESS = Message(
    "course_folder_faultless", "%(slug)s: %(modules)s units, %(lessons)s lessons, no fault."
)
_WRITTEN = Message("course_written", "%(slug)s: written to %(path)s.")


@content.command("check")
@_FOLDER
@_LANGUAGE
def check(path: Path, language: str) -> None:
    """Name every fault of a course folder with file and line."""
    with force_locale(language), _told(path):
        folder = service.check_folder(path)
        plan = folder.plan
        _say(_FAULTLESS, slug=plan.slug, modules=len(plan.modules), lessons=len(plan.lessons))


@content.command("load")
@_FOLDER
@_LANGUAGE
@click.option("--dry-run", is_flag=True, help="Check and say what would happen.")
@click.option("--replace", is_flag=True, help="Publish over changes made in the studio.")
def load(path: Path, language: str, *, dry_run: bool, replace: bool) -> None:
    """Bring a course folder into the database and publish it."""
    edits = StudioEdits.REPLACE if replace else StudioEdits.KEEP
    with force_locale(language), _told(path):
        folder = service.check_folder(path) if dry_run else service.open_folder(path)
        outcome = _planned(folder, edits)
        said = _PLANNED if dry_run else _SAID
        if not dry_run and outcome in _PLANNED:
            outcome = _load(folder, edits)
        _say(said.get(outcome, _SAID[outcome]), slug=folder.plan.slug)


@content.command("export")
@click.argument("slug")
@_FOLDER
@_LANGUAGE
def export(slug: str, path: Path, language: str) -> None:
    """Write a published course out as a folder."""
    with force_locale(language), _told(path), database().snapshot() as session:
        service.export_folder(session, slug=slug, target=path, storage=storage_of(settings()))
        _say(_WRITTEN, slug=slug, path=str(path))


def _planned(folder: service.CourseFolder, edits: StudioEdits) -> Outcome:
    with database().snapshot() as session:
        return service.plan_load(
            session, folder=folder, storage=storage_of(settings()), edits=edits
        )


def _load(folder: service.CourseFolder, edits: StudioEdits) -> Outcome:
    staged = service.stage_videos(folder, storage_of(settings()))
    with database().transaction() as session:
        # Asked again under the lock: someone may have opened a draft meanwhile.
        lock_course(session, folder.plan.slug)
        outcome = service.plan_load(
            session, folder=folder, storage=storage_of(settings()), edits=edits
        )
        if outcome not in _PLANNED:
            return outcome
        loaded = service.load_folder(session, folder=folder, staged=staged, at=now(session))
        return loaded.outcome


def _say(message: Message, **params: Param) -> None:
    click.echo(say(Message(message.code, message.text, params)))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn refusals into lines a person can act on, and a failing exit."""
    try:
        yield
    except BadFolder as error:
        for fault in error.faults:
            click.echo(
                f"{path / fault.path}:{fault.line}: {say(fault.message)} [{fault.message.code}]"
            )
        raise click.ClickException(say(error.message)) from error
    except LmsError as error:
        raise click.ClickException(say(error.message)) from error
