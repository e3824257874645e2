"""Files and functions stay small enough to be read at one sitting."""

import ast
from pathlib import Path

from tests.architecture.rules.source import at, files, python_files, read, tree

FILE_LINES = 300
FUNCTION_LINES = 40


def long_files(root: Path) -> list[str]:
    """Name every file of more than 300 lines."""
    pages = files(root, ("templates", "static"), ".html", ".css", ".js")
    sizes = {file: len(read(file).splitlines()) for file in [*python_files(root), *pages]}
    return [
        f"{file.relative_to(root)} has {lines} lines, {FILE_LINES} are allowed"
        for file, lines in sizes.items()
        if lines > FILE_LINES
    ]


def long_functions(root: Path) -> list[str]:
    """Name every function of more than 40 lines."""
    found = []
    for file in python_files(root):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    found.append(f"{at(root, file, node.lineno)} {node.name} has {lines} lines")
    return found
