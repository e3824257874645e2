"""The operator's look at the chain of acts."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.audit import queries
from lms.web.access import database, settings

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


@audit.command("head")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
def head(out: Path | None) -> None:
    """Print the end of the chain as JSON; kept elsewhere, it shows later that nothing was cut off.

    ``flask audit verify --head HASH`` looks for it.
    """
    with database().snapshot() as session:
        found = queries.head(session)
    text = json.dumps(queries.head_document(found, settings().base_url))
    if out is not None:
        out.write_text(text + "\n", encoding="ascii")
    click.echo(text)
