"""Writes one list, and prints the seconds it took and what the program held before it, kB."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter

from bench.held import peak
from lms.core.access import Scope, ScopeKind
from lms.db.session import Database
from lms.roster import queries, service
from lms.roster.domain.filters import Filters
from lms.roster.domain.kinds import ExportFormat, ExportKind


def write(url: str, form: str, path: str) -> float:
    """Write all completions to the path; return the seconds."""
    selection = queries.Selection((Scope(ScopeKind.PLATFORM),), Filters())
    wanted = queries.Wanted(ExportKind.COMPLETIONS, selection, ExportFormat(form))
    began = perf_counter()
    service.write_list(Database(url), wanted, Path(path), lambda _done, _total: None)
    return perf_counter() - began


if __name__ == "__main__":
    held = peak(os.getpid())
    print(write(*sys.argv[1:4]), held)
