"""The operator's look at the chain of acts."""

import click
from flask.cli import AppGroup

from lms.audit import queries
from lms.web.access import database

audit = AppGroup("audit", help="The append-only record of acts.")


@audit.command("verify")
@click.option("--head", help="A head noted earlier; it must still be in the chain.")
def verify(head: str | None) -> None:
    """Recompute the whole chain and name the first bad row."""
    with database().snapshot() as session:
        check = queries.verify(session, anchor=head)
    if check.fault:
        raise click.ClickException(f"{check.fault} ({check.entries} rows before it are sound)")
    click.echo(f"{check.entries} entries, sound. Head: {check.head}")
