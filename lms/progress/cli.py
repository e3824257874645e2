"""Commands that run the counting arithmetic outside the site, and look at a day at once."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import click
import yaml
from flask import current_app
from flask.cli import AppGroup

from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.progress.domain.cases import CaseError, load_cases
from lms.progress.domain.simulate import differences, simulate_case
from lms.progress.service.looking import look

cli = AppGroup("progress", help="How study time is counted.")


@cli.command()
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def simulate(cases: Path) -> None:
    """Run worked schedules through the site's own arithmetic, one JSON line a case."""
    try:
        loaded = load_cases(yaml.safe_load(cases.read_text(encoding="utf-8")))
    except (CaseError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{cases}: {error}") from error
    wrong: list[str] = []
    for case in loaded:
        result = simulate_case(case)
        click.echo(json.dumps(result, ensure_ascii=False))
        wrong += differences(case, result)
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)


@cli.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day; yesterday by default.")
def flags(day: datetime | None) -> None:
    """Look at once at a day for what is unlike studying; prints how many flags are new."""
    database: Database = current_app.extensions["lms_database"]
    wanted = day.date() if day else local_day(utc_now()) - timedelta(days=1)
    click.echo(f"{wanted.isoformat()}: {look(database, wanted)} new flags")
