"""The operator's commands for videos."""

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from lms.core.errors import LmsError
from lms.media.gateway.storage import storage_of
from lms.media.service.sounds import make_sound_of, record_sound, without_sound
from lms.web.access import database, settings
from lms.web.i18n import say

media = AppGroup("media", help="Videos that were uploaded.")


@media.command("add-sound")
def add_sound() -> None:
    """Make the sound alone of the videos that have none yet; running it again goes on."""
    with database().snapshot() as session:
        lacking = without_sound(session)
    storage, made = storage_of(settings()), 0
    for asset_id, version in lacking.items():
        try:
            prepared = make_sound_of(storage, asset_id, version or "")
        except LmsError as error:
            with force_locale("en"):
                click.echo(f"{asset_id}: {say(error.message)}")
            continue
        if prepared is None:
            click.echo(f"{asset_id}: the video has no sound.")
            continue
        with database().transaction() as session:
            record_sound(session, asset_id, version or "", prepared)
        click.echo(f"{asset_id}: {prepared.renditions[0].byte_size / 1_000_000:.1f} MB of sound.")
        made += 1
    click.echo(f"{made} of {len(lacking)} videos have their sound alone now.")
