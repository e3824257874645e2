"""Rules are computed from what they are given; services leave clock and commit to their caller."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.source import at, files, tree

# What reaches outside, keeps time or rolls dice has no place among pure rules.
_IMPURE_MODULES = {
    "asyncio", "flask", "flask_login", "glob", "http", "httpx", "io", "jinja2", "logging", "os",
    "pathlib", "requests", "secrets", "shutil", "socket", "sqlalchemy", "sqlite3", "stripe",
    "structlog", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
# Parts of them that only compute.
_PURE_MODULES = {"urllib.parse"}
_PURE_NAMES = {"pathlib": {"PurePath", "PurePosixPath"}}
_IMPURE_NAMES = {
    "lms.core.clock": {"utc_now"},
    "lms.core.ids": {"new_token", "new_uuid"},
    "random": {
        "choice",
        "choices",
        "random",
        "randint",
        "randrange",
        "sample",
        "shuffle",
        "uniform",
    },
}
_IMPURE_CALLS = {"open", "input", "print"}
_CLOCK_CALLS = {"now", "today", "utcnow", "utc_now"}
_CLOCK_MODULES = {"time"}
_TRANSACTION_CALLS = {"commit", "rollback", "begin"}


def impure_domains(root: Path) -> list[str]:
    """Name whatever in a ``domain`` module depends on more than its arguments."""
    found = []
    for file in _role(root, "domain"):
        for node in ast.walk(tree(file)):
            found += [f"{at(root, file, node.lineno)} {why}" for why in _impurities(node)]
    return found


def busy_services(root: Path) -> list[str]:
    """Name every service that commits or reads the process clock."""
    found = []
    for file in _role(root, "service"):
        for node in ast.walk(tree(file)):
            found += [f"{at(root, file, node.lineno)} {why}" for why in _caller_business(node)]
    return found


def _role(root: Path, role: str) -> Iterator[Path]:
    """Yield the modules of a role: ``role*.py`` of a feature, or its package."""
    for file in files(root, ("lms",), ".py"):
        inside = file.relative_to(root / "lms").parts[1:]
        if inside and inside[0].startswith(role):
            yield file


def _impurities(node: ast.AST) -> Iterator[str]:
    for module, name in _imports(node):
        mapped = module.startswith("lms.db") or module.endswith(".models")
        outside = module.split(".")[0] in _IMPURE_MODULES
        pure = module in _PURE_MODULES or name in _PURE_NAMES.get(module, ())
        if mapped or (outside and not pure):
            yield f"imports {module}"
        elif name in _IMPURE_NAMES.get(module, ()):
            yield f"imports {module}.{name}"
        elif name is None and module == "random":
            yield "imports random; a Random with a seed is pure: from random import Random"
    if isinstance(node, ast.Call):
        yield from _impure_call(node)


def _impure_call(node: ast.Call) -> Iterator[str]:
    name = _called(node)
    if isinstance(node.func, ast.Name) and name in _IMPURE_CALLS:
        yield f"calls {name}()"
    if isinstance(node.func, ast.Attribute) and name in _CLOCK_CALLS:
        yield f"reads the clock: {ast.unparse(node.func)}()"
    if name == "Random" and not node.args:
        yield "draws from a Random without a seed"


def _caller_business(node: ast.AST) -> Iterator[str]:
    for module, name in _imports(node):
        if module in _CLOCK_MODULES or name == "utc_now":
            yield "reads the clock; take the moment as an argument"
        if module.split(".")[0] == "flask":
            yield "knows the request"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _TRANSACTION_CALLS:
            yield f"calls .{node.func.attr}(); the caller owns the transaction"
        if node.func.attr == "begin_nested":
            yield "sets a savepoint too late for connection_of; use lms.db.session.savepoint"
        if node.func.attr in _CLOCK_CALLS and ast.unparse(node.func.value) != "func":
            yield f"reads the clock: {ast.unparse(node.func)}()"


def _imports(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, ast.Import):
        for name in node.names:
            yield name.name, None
    if isinstance(node, ast.ImportFrom) and node.module:
        for name in node.names:
            yield node.module, name.name


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""
