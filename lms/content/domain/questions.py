"""Reads the questions of a course folder."""

from collections.abc import Collection, Sequence

from lms.assessment.domain import LETTERS, OptionSpec, QuestionKind, QuestionSpec
from lms.catalog.domain import KEY_PATTERN
from lms.content.domain.faults import Faults
from lms.content.domain.nodes import Table, read_tables
from lms.core.errors import Message

_FEWEST_OPTIONS = 2
KEY_MALFORMED = Message(
    "key_malformed", "A key has 1 to 40 letters, digits, hyphens or underscores."
)


def read_questions(
    path: str, text: str, faults: Faults, *, used: Collection[str] = ()
) -> tuple[QuestionSpec, ...]:
    """Return the questions of a file; what is wrong with them goes to ``faults``.

    A question key is stable for ever, so none may be among those the course has ``used``.
    """
    tables = read_tables(path, text, faults)
    questions = tuple(_question(table) for table in tables)
    _refuse_twins(tables, [question.key for question in questions], used)
    return questions


def _question(table: Table) -> QuestionSpec:
    table.allow(("key", "kind", "stem", "options"))
    kind = _kind(table)
    option_tables = table.tables("options")
    options = tuple(_option(option) for option in option_tables)
    if "options" in table:
        _check_options(table, kind, options)
        _refuse_twins(option_tables, [option.key for option in options])
    return QuestionSpec(read_key(table), kind, table.localized("stem"), options)


def _kind(table: Table) -> QuestionKind:
    kind = table.text("kind", QuestionKind.SINGLE)
    if kind not in tuple(QuestionKind):
        table.fault("kind", Message("question_kind", "“kind” has to be single or multiple."))
        return QuestionKind.SINGLE
    return QuestionKind(kind)


def _option(table: Table) -> OptionSpec:
    table.allow(("key", "text", "why"), ("correct",))
    why = table.localized("why")
    return OptionSpec(
        read_key(table), table.localized("text"), table.flag("correct", default=False), why
    )


def _check_options(table: Table, kind: QuestionKind, options: Sequence[OptionSpec]) -> None:
    correct = sum(option.is_correct for option in options)
    if not _FEWEST_OPTIONS <= len(options) <= len(LETTERS):
        most = {"fewest": _FEWEST_OPTIONS, "most": len(LETTERS)}
        message = Message(
            "options_count", "A question has from %(fewest)s to %(most)s options.", most
        )
        table.fault("options", message)
    elif correct == 0:
        table.fault("options", Message("none_correct", "No option is marked correct."))
    elif kind is QuestionKind.SINGLE and correct > 1:
        message = Message(
            "two_correct",
            "%(count)s options are marked correct, but the kind is single.",
            {"count": correct},
        )
        table.fault("options", message)


def read_key(table: Table) -> str:
    """Return the table's key, or take down that it is none."""
    key = table.text("key")
    if key and not KEY_PATTERN.fullmatch(key):
        table.fault("key", KEY_MALFORMED)
    return key


def _refuse_twins(tables: Sequence[Table], keys: Sequence[str], used: Collection[str] = ()) -> None:
    for place, (table, key) in enumerate(zip(tables, keys, strict=True)):
        if key and (key in keys[:place] or key in used):
            table.fault("key", twin(key))


def twin(key: str) -> Message:
    """Return what to say of a key that another thing has already."""
    return Message("key_taken", "Another one has the key “%(key)s” already.", {"key": key})
