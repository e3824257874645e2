"""Moments as whole seconds since 1970, where very many are read and few told apart."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Seconds(FunctionElement[int]):
    """A moment as a number; making a million moments of Python takes seconds."""

    type = BigInteger()
    inherit_cache = True


def seconds_of(moment: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return the moment as whole seconds since 1970, rounded down."""
    return _Seconds(moment)


@compiles(_Seconds)
def _generic(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (SQLAlchemy's)
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(_Seconds, "postgresql")
def _postgresql(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 (SQLAlchemy's)
    moment = compiler.process(element.clauses, **how)
    return f"CAST(floor(extract(epoch FROM {moment})) AS BIGINT)"
