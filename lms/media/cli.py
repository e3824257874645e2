"""The operator's commands for videos."""

import click
from flask.cli import AppGroup

from lms.media.service import ask_for_lacking
from lms.web.access import database

media = AppGroup("media", help="Videos that were uploaded.")


@media.command("complete")
def complete() -> None:
    """Have what is lacking made of videos that can be watched: sharper versions, stream, sound.

    The worker does it, one video after the other; asking twice is harmless.
    """
    with database().transaction() as session:
        asked = ask_for_lacking(session)
    for asset_id in asked:
        click.echo(asset_id)
    click.echo(f"{len(asked)} videos are completed by the worker now.")
