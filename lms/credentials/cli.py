"""The operator's commands for badges and keys."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.accounts.gateway import Vault
from lms.audit.service import record
from lms.credentials.domain.addresses import Site
from lms.credentials.domain.verdict import REASONS, Verdict
from lms.credentials.service import judging
from lms.credentials.service import keys as issuer_keys
from lms.db.session import now
from lms.web.access import database, settings

credentials = AppGroup("credentials", help="Badges.")
keys = AppGroup("keys", help="The keys badges are signed with.")
COMMANDS = (credentials, keys)


@credentials.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Check a badge (json, jwt, png, svg, pdf) as an outsider would; exit 1 unless valid."""
    with file.open("rb") as opened:
        data = opened.read(judging.MAX_JUDGED_BYTES + 1)
    with database().snapshot() as session:
        finding = judging.judge(session, data, at=now(session))
    said = {
        "verdict": finding.verdict,
        "reasons": [{"code": code, "message": REASONS[code].text} for code in finding.reasons],
        "credential": finding.credential_id,
        "differences": [asdict(each) for each in finding.differences],
    }
    click.echo(json.dumps(said, ensure_ascii=False))
    if finding.verdict is not Verdict.VALID:
        raise SystemExit(1)


@keys.command("rotate")
@click.option("--withdraw", metavar="KEY", help="A stolen key: nothing it signed stands any more.")
def rotate(withdraw: str | None) -> None:
    """Sign with new keys from now on; what the old ones signed stands."""
    site = Site(settings().base_url)
    with database().transaction() as session:
        at = now(session)
        try:
            made = issuer_keys.rotate(
                session, Vault(settings().vault_keys), site, at=at, withdraw=withdraw
            )
        except KeyError as error:
            raise click.ClickException(f"There is no key {withdraw} here.") from error
        details = {"new": ", ".join(row.id for row in made), "withdrawn": withdraw or ""}
        record(
            session,
            actor_id=None,
            action="keys.rotated",
            subject=f"issuer:{site.did}",
            details=details,
            at=at,
        )
    for row in made:
        click.echo(f"{row.kind}: {site.did}#{row.id}")
    click.echo("Lists and badges are signed with these from now on.")
