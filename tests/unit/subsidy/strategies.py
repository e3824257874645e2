"""Facts of all sorts, half of them missing, and policies of any clauses in any order."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from lms.subsidy.domain.policy import Kind
from tests.unit.subsidy.conftest import CLAUSES, POLICIES

settings.register_profile("long", max_examples=3_000)

FIRST = POLICIES[0]
GROUPS = ["rural_transfer", "graduate_year", "veteran"]


def maybe(strategy):
    return st.none() | strategy


def days_between(first, last):
    return st.dates(date.fromisoformat(first), date.fromisoformat(last))


def mapping(**parts):
    return st.fixed_dictionaries({name: maybe(part) for name, part in parts.items()})


TRUTH = st.booleans()
NUMBER = st.integers(0, 400) | st.decimals(0, 400, places=2).map(float)
LEVEL = st.integers(1, 5)
OCCUPATION = st.sampled_from(["4-01", "4-02"])
WORK = st.sampled_from(["拉面", "切面"])
LEARNER = mapping(
    real_name_verified=TRUTH,
    consent=TRUTH,
    sex=st.sampled_from(["M", "F"]),
    birth_date=days_between("1955-01-01", "2012-12-31"),
    groups=st.lists(st.sampled_from(GROUPS), max_size=2),
    ties=st.lists(
        mapping(
            kind=st.sampled_from(["hukou", "residence_permit", "study"]),
            code=st.sampled_from(["330822", "361128"]),
        ),
        max_size=2,
    ),
    public_staff=TRUTH,
    receiving_pension=TRUTH,
    full_time_student=TRUTH,
)
PAST = mapping(
    kind=st.sampled_from(["training", "skill_upgrade", "living"]),
    occupation=OCCUPATION,
    work_type=WORK,
    level=LEVEL,
    status=st.sampled_from(["paid", "pending", "rejected"]),
    date=days_between("2023-01-01", "2026-12-31"),
)
CERTIFICATE = mapping(
    status=st.sampled_from(["issued", "revoked"]),
    type=st.sampled_from(["skill_level", "school_diploma"]),
    occupation=OCCUPATION,
    work_type=WORK,
    level=LEVEL,
    issue_date=days_between("2024-06-01", "2026-01-01"),
    registry_verified=TRUTH,
)
FACTS = mapping(
    learner=LEARNER,
    programme=mapping(
        code=st.sampled_from(["noodle-l5", "tea-l5"]),
        occupation=OCCUPATION,
        work_type=WORK,
        level=LEVEL,
        institution=st.sampled_from(["QZ-1", "QZ-2"]),
    ),
    training=mapping(start=days_between("2025-01-01", "2025-12-31")),
    study=mapping(
        days=st.lists(mapping(day=days_between("2025-03-01", "2025-03-04"), minutes=NUMBER)),
        lessons_done=st.integers(0, 12),
        lessons_total=st.integers(0, 12),
    ),
    quiz=mapping(attempts=st.lists(maybe(st.integers(0, 100)), max_size=5)),
    certificate=CERTIFICATE,
    application=mapping(date=days_between("2024-06-01", "2026-12-31")),
    history=st.lists(PAST, max_size=4),
    funding=mapping(other_public_source=TRUTH),
    payee=mapping(name_matches=TRUTH),
    integrity=mapping(flag=st.sampled_from(["none", "open", "confirmed"])),
)


@st.composite
def clause_lists(draw):
    """Some clauses in some order; WINDOW never without CERT, which asks for the certificate."""
    kinds = set(draw(st.lists(st.sampled_from(list(Kind)), min_size=1, unique=True)))
    if Kind.WINDOW in kinds:
        kinds.add(Kind.CERT)
    return tuple(CLAUSES[kind] for kind in draw(st.permutations(sorted(kinds))))


def leaves(value, path=()):
    """Return the way to every value that is known, lists and their entries included."""
    if not isinstance(value, dict | list):
        return [] if value is None else [path]
    below = value.items() if isinstance(value, dict) else enumerate(value)
    own = [path] if path else []
    return own + [way for key, each in below for way in leaves(each, (*path, key))]


def replaced(value, path, new):
    """Return the facts with one value replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy
