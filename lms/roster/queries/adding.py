"""Adds to the columns of a list those that are made of what was read."""

from collections.abc import Callable, Collection, MutableMapping, Sequence
from typing import Any

from lms.enrollment.domain import EnrollmentStatus
from lms.progress.queries import completed_of_enrollments
from lms.roster.domain.filters import Text
from lms.roster.domain.lines import Lacking, lacking, lacking_in_words
from lms.roster.queries.known import NO_CLASS, Known
from lms.roster.queries.lines import steps_of
from lms.roster.queries.people import certificates_of, groups_of, particulars_of_people

Columns = MutableMapping[str, Sequence[Any]]


def add_columns(known: Known, columns: Columns, keys: Collection[str]) -> None:
    """Add the columns named, as far as it is known how."""
    for wanted, add in _ADDERS:
        if not wanted.isdisjoint(keys):
            add(known, columns)


def _add_counties(known: Known, columns: Columns) -> None:
    codes = columns["county_code"]
    names = {code: known.county(code) for code in set(codes)}
    columns["county"] = list(map(names.__getitem__, codes))


def _add_residences(known: Known, columns: Columns) -> None:
    """Say where people live as far as they said it: the county, and their town."""
    codes = columns["county_code"]
    names = {code: known.county(code)["zh"] for code in set(codes)}
    columns["residence_code"] = codes
    columns["residence_code_name"] = [
        names[code] + (town or "") for code, town in zip(codes, columns["town"], strict=True)
    ]


def _add_particulars(known: Known, columns: Columns) -> None:
    """Add what people said of themselves for lists; who said no residence has their town's."""
    said = particulars_of_people(known.session, columns["person"])
    rows = [said.get(person) for person in columns["person"]]
    for name in _PLAIN:
        columns[name] = [getattr(row, name) if row else None for row in rows]
    for code, place in (("hukou_code", "hukou_place"), ("residence_code", "residence_place")):
        nobody: Sequence[Any] = [None] * len(rows)
        before = columns.get(code, nobody), columns.get(f"{code}_name", nobody)
        own = [(getattr(row, code), getattr(row, place)) if row else (None, None) for row in rows]
        pairs = zip(own, zip(*before, strict=True), strict=True)
        both = [each if any(each) else usual for each, usual in pairs]
        columns[code] = [each[0] for each in both]
        columns[f"{code}_name"] = [each[1] for each in both]


def _add_titles(known: Known, columns: Columns) -> None:
    titles = known.titles(columns["revision_id"])
    columns["course"] = list(map(titles.__getitem__, columns["revision_id"]))


def _add_trained_for(known: Known, columns: Columns) -> None:
    found = [known.courses(columns["course_id"])[each] for each in columns["course_id"]]
    columns["work_type"] = [each.work for each in found]
    columns["occupation_code"] = [each.occupation for each in found]
    columns["level"] = [each.level for each in found]


def _add_classes(known: Known, columns: Columns) -> None:
    courses = known.courses(columns["course_id"])
    classes = known.classes(columns["class_id"])
    found = [classes[each] for each in columns["class_id"]]
    own = list(zip(found, (courses[each] for each in columns["course_id"]), strict=True))
    columns["class_name"] = [each.title for each in found]
    columns["filing_no"] = [each.filing_no for each in found]
    columns["institution"] = [
        {"zh": run.host} if run.host else course.institution for run, course in own
    ]
    columns["uscc"] = [run.host_uscc if run.host else course.uscc for run, course in own]
    columns["start"] = [
        run.starts_on if run is not NO_CLASS else alone
        for run, alone in zip(found, columns["enrolled_on"], strict=True)
    ]
    columns["end"] = [
        run.ends_on if run is not NO_CLASS else alone
        for run, alone in zip(found, columns["completed_on"], strict=True)
    ]


def _add_hours(known: Known, columns: Columns) -> None:
    """Add what is planned: theory on line and in the room, practice in the room."""
    courses = known.courses(columns["course_id"])
    classes = known.classes(columns["class_id"])
    pairs = [
        (courses[course], classes[run])
        for course, run in zip(columns["course_id"], columns["class_id"], strict=True)
    ]
    theory = [course.online_ms + run.theory_ms for course, run in pairs]
    practice = [run.practice_ms for _, run in pairs]
    columns["theory"], columns["practice"] = theory, practice
    columns["hours_total"] = [sum(each) for each in zip(theory, practice, strict=True)]


def add_certificates(known: Known, columns: Columns) -> None:
    """Add the certificate each person holds for the occupation and level of the row."""
    held = certificates_of(known.session, columns["person"])
    about = zip(columns["person"], columns["occupation_code"], columns["level"], strict=True)
    found = [held.get(each) for each in about]
    for name in ("cert_type", "cert_no", "cert_date", "cert_issuer", "score_practice"):
        columns[name] = [getattr(each, name) if each else None for each in found]


def _add_groups(known: Known, columns: Columns) -> None:
    days = zip(columns["person"], columns["start"], strict=True)
    columns["group"] = groups_of(known.session, list(days))


def _add_lacking(known: Known, columns: Columns) -> None:
    """Add what those lack who are not finished; nobody else lacks anything."""
    if EnrollmentStatus.ACTIVE not in set(columns["status"]):
        columns["lacking"] = [""] * len(columns["subject"])
        return
    rows = zip(columns["subject"], columns["revision_id"], columns["status"], strict=True)
    going_on = {one: revision for one, revision, state in rows if state == EnrollmentStatus.ACTIVE}
    done = completed_of_enrollments(known.session, list(going_on))
    steps = {each: steps_of(known.session, each) for each in set(going_on.values())}
    found = {
        one: _in_both(lacking(steps[revision], done[one])) for one, revision in going_on.items()
    }
    columns["lacking"] = [found.get(one, "") for one in columns["subject"]]


def _in_both(missing: Sequence[Lacking]) -> Text:
    return {language: lacking_in_words(missing, language) for language in ("zh", "en")}


_PLAIN = (
    *("education", "ethnicity", "address", "employer", "work_status", "insured"),
    *("cert_of_status_no", "prior_level"),
)
PARTICULARS = frozenset({*_PLAIN, "hukou_code", "residence_code"})
_WORK = frozenset({"work_type", "occupation_code", "level"})
_CERTIFICATE = frozenset({"cert_type", "cert_no", "cert_date", "cert_issuer", "score_practice"})
_RUN = frozenset({"class_name", "filing_no", "institution", "uscc", "start", "end"})
# Which columns each way of adding makes, in the order in which they rest on each other.
_ADDERS: tuple[tuple[frozenset[str], Callable[[Known, Columns], None]], ...] = (
    (frozenset({"county"}), _add_counties),
    (frozenset({"residence_code"}), _add_residences),
    (PARTICULARS, _add_particulars),
    (frozenset({"course"}), _add_titles),
    (_WORK | _CERTIFICATE, _add_trained_for),
    (_RUN | {"group"}, _add_classes),
    (frozenset({"hours_total", "theory", "practice"}), _add_hours),
    (_CERTIFICATE, add_certificates),
    (frozenset({"group"}), _add_groups),
    (frozenset({"lacking"}), _add_lacking),
)
