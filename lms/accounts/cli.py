"""The operator's way to add people: one, or a list that is taken whole or not at all."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.accounts import forms, queries
from lms.accounts.domain.roles import read_scope
from lms.accounts.service import totp
from lms.accounts.service.import_people import PersonRow, RowFault, add_people, add_person
from lms.core.access import Role, Scope
from lms.core.errors import InvalidInput, Message
from lms.db.session import now
from lms.web.access import database, settings

users = AppGroup("users", help="People.")
_ROLES = [role.value for role in Role]
_COLUMNS = ("phone", "name", "role", "county", "town", "scope")
# Spreadsheets of Chinese offices are saved in either.
_ENCODINGS = ("utf-8-sig", "gb18030")


@users.command("create")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--phone", required=True)
@click.option("--name", required=True)
@click.option("--county", help="Code of the county; needed where there are several.")
@click.option("--scope", help="Where the role holds, as kind:id or platform.")
def create(**fields: str | None) -> None:
    """Add one person, who signs in by a code to the phone."""
    try:
        row = _row(1, fields)
        with database().transaction() as session:
            person = add_person(session, row, now=now(session))
    except InvalidInput as error:
        raise click.ClickException(
            "; ".join(f"{name}: {_say(text)}" for name, text in error.fields.items())
        ) from None
    click.echo(f"{person.name} ({row.role}) was added as number {person.id}.")
    click.echo(f"Sign in with a code to the phone on {settings().base_url}/sign-in")


@users.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
def import_people(file: Path, *, dry_run: bool) -> None:
    """Add the people of a CSV file (phone, name, role, county, town, scope): all or nobody."""
    rows, faults = _read(file)
    with database().transaction() as session:
        faults += add_people(session, rows, now=now(session))
        if faults or dry_run:
            session.rollback()
    _report(faults)
    click.echo(f"{len(rows)} people {'would be' if dry_run else 'were'} added.")


@users.command("reset-second-factor")
@click.option("--phone", required=True)
def reset_second_factor(phone: str) -> None:
    """Take a lost authenticator app away; the person sets up another one."""
    with database().transaction() as session:
        person = queries.person_of_phone(session, phone)
        if person is None:
            raise click.ClickException("Nobody has this number.")
        totp.reset(session, None, person.id, now=now(session))
    click.echo(f"{person.name} can set up a new second step.")


def _report(faults: list[RowFault]) -> None:
    for fault in sorted(faults, key=lambda fault: fault.row):
        click.echo(f"row {fault.row}: {fault.field}: {_say(fault.message)}", err=True)
    if faults:
        raise click.ClickException(f"{len(faults)} faults, nobody was added.")


def _read(file: Path) -> tuple[list[PersonRow], list[RowFault]]:
    rows: list[PersonRow] = []
    faults: list[RowFault] = []
    for number, fields in _lines(file):
        try:
            rows.append(_row(number, fields))
        except InvalidInput as error:
            faults += [RowFault(number, name, text) for name, text in error.fields.items()]
    return rows, faults


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Return the rows with the numbers a spreadsheet shows; the first row names the columns."""
    reader = csv.DictReader(io.StringIO(_decoded(file.read_bytes()), newline=""), strict=True)
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    if not {"phone", "name"} <= set(names) <= set(_COLUMNS):
        raise click.ClickException(f"The first row must name columns out of {', '.join(_COLUMNS)}.")
    reader.fieldnames = names
    try:
        for number, line in enumerate(reader, start=2):
            yield number, {name: line.get(name) for name in names}
    except csv.Error as error:
        raise click.ClickException(f"row {reader.line_num}: {error}") from None


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise click.ClickException("The file is neither UTF-8 nor GB18030 text.")


def _row(number: int, fields: dict[str, str | None]) -> PersonRow:
    phone = forms.parse_phone(fields)
    new = forms.parse_new_person(fields, agreed=True)
    return PersonRow(number, phone, new, _role(fields.get("role")), _scope(fields.get("scope")))


def _role(text: str | None) -> Role:
    try:
        return Role((text or Role.LEARNER).strip())
    except ValueError:
        fault = Message(
            "role_unknown", "A role is one of: %(roles)s.", {"roles": ", ".join(_ROLES)}
        )
        raise InvalidInput({"role": fault}) from None


def _scope(text: str | None) -> Scope | None:
    try:
        return read_scope(text.strip()) if text and text.strip() else None
    except ValueError:
        fault = Message("scope_malformed", "A scope is written kind:id, such as county:330822.")
        raise InvalidInput({"scope": fault}) from None


def _say(message: Message) -> str:
    return message.text % message.params
