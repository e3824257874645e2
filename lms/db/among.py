"""Whether a column holds one of many ids; where an engine takes an array, as one value."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Among(FunctionElement[bool]):
    """The condition as a list of values, and as an array."""

    type = Boolean()
    inherit_cache = True
    # A condition as it stands: SQLite finds no index by the “= 1” that a value would get.
    _is_implicitly_boolean = True


def among(column: ColumnElement[Any] | InstrumentedAttribute[int], name: str) -> _Among:
    """Return the condition that the column holds one of the ids given, as a list, by the name.

    A long list makes PostgreSQL read a long statement, each time anew.
    """
    array = bindparam(name, type_=ARRAY(BigInteger()))
    return _Among(column.in_(bindparam(name, expanding=True)), column == any_(array))


@compiles(_Among)
def _listed(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (SQLAlchemy's)
    return compiler.process(next(iter(element.clauses)), **how)


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (SQLAlchemy's)
    return compiler.process(list(element.clauses)[1], **how)
