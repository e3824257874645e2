"""The operator's commands: ``flask db …``, ``flask vault reseal`` and ``flask worker``."""

import logging

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from lms.accounts.gateway import SealedFolder, keys_of
from lms.accounts.service import resealing
from lms.db.session import Database
from lms.delivery.service import reseal_files
from lms.jobs.gateway import HueyQueue
from lms.jobs.tasks import Runner, start_chores, start_relay
from lms.operations import migrations
from lms.settings import Settings
from lms.wiring import CHORES, JOBS, SEALED, SEALED_FILES

db = AppGroup("db", help="The database's schema.")
vault = AppGroup("vault", help="What is kept encrypted.")
_BATCH = 500
_THREADS = 2


def init_operations(app: Flask) -> None:
    """Register the operator's commands."""
    app.cli.add_command(db)
    app.cli.add_command(vault)
    app.cli.add_command(worker)


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema."""
    migrations.upgrade(_database())


@db.command()
def check() -> None:
    """Tell whether the models and the migrations agree."""
    found = migrations.differences(_database())
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(1)
    click.echo("The models and the migrations agree.")


@vault.command()
def reseal() -> None:
    """Seal everything anew with the first of LMS_VAULT_KEYS; then the others may be taken away."""
    keys = keys_of(current_app.extensions["lms_settings"]).vault
    for column in SEALED:
        count = 0
        after: int | str | None = None
        while True:
            with _database().transaction() as session:
                done, after = resealing.reseal(session, keys, column, after=after, limit=_BATCH)
            count += done
            if after is None:
                break
        click.echo(f"{column.key.class_.__tablename__}: {count} sealed anew")
    settings: Settings = current_app.extensions["lms_settings"]
    count = reseal_files(_database(), settings)
    click.echo(f"{settings.export_dir.name}: {count} files sealed anew")
    for name in SEALED_FILES:
        count, lost = _reseal_files(name)
        click.echo(f"{name}: {count} files sealed anew")
        if lost:
            click.echo(f"{name}: {lost} files are not there")


def _reseal_files(name: str) -> tuple[int, int]:
    """Seal a folder's files anew, each in one step; return how many, and how many lack.

    A file that somebody deletes meanwhile may come back: no row knows of it, so it is swept.
    """
    settings: Settings = current_app.extensions["lms_settings"]
    folder = SealedFolder(settings.data_dir / name, keys_of(settings).vault, name)
    count, lost, after = 0, 0, ""
    while True:
        with _database().snapshot() as session:
            files = resealing.sealed_files(session, SEALED_FILES[name], after=after, limit=_BATCH)
        if not files:
            return count, lost
        for file_id, key_name in files:
            try:
                count += folder.reseal(file_id, key_name)
            except FileNotFoundError:
                lost += 1
        after = files[-1][0]


@click.command()
def worker() -> None:
    """Run jobs until told to stop; as many workers as wanted may run."""
    queue = current_app.extensions["lms_queue"]
    if not isinstance(queue, HueyQueue):
        raise click.ClickException("this application has no queue that a worker could serve")
    settings = current_app.extensions["lms_settings"]
    runner = Runner(_database(), settings, JOBS)
    queue.serve(runner.run)
    logging.getLogger("huey").setLevel(logging.WARNING)
    stops = (start_relay(runner, queue.dispatch), start_chores(_database(), settings, CHORES))
    consumer = queue.huey.create_consumer(workers=_THREADS, worker_type="thread", periodic=False)
    click.echo("The worker is running.")
    try:
        consumer.run()
    finally:
        for stop in stops:
            stop.set()


def _database() -> Database:
    database: Database = current_app.extensions["lms_database"]
    return database
