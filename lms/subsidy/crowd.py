"""Decides for everybody, batch by batch, by as many processes as the machine has cores for."""

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import reduce
from multiprocessing import get_context
from operator import add

from lms.core.clock import time_zone, use_time_zone
from lms.db.schema import load_metadata
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.gateway import Shelf, shelf

# So many are judged at once: few statements, and memory that does not grow.
_BATCH = 1_000
# What a process takes at a time, in ids: small enough that all end at about the same moment.
_PART = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """People by id: above ``after``, up to and with ``upto``."""

    after: int
    upto: int


def decide_everybody(database: Database, *, workers: int) -> Iterator[service.Round]:
    """Decide for everybody who takes a course of some programme; yield what each part came to.

    Raises ``Conflict`` for a policy version whose content differs from the one used before.
    """
    with database.snapshot() as session:
        first, last = queries.person_range(session)
    parts = [Part(after, min(after + _PART, last)) for after in range(first - 1, last, _PART)]
    if workers == 1:
        policies = shelf()
        for part in parts:
            yield _decide(database, policies, part)
        return
    begin = (database.url.render_as_string(hide_password=False), time_zone().key)
    # Anew and not forked: connections must not be shared.
    with ProcessPoolExecutor(workers, get_context("spawn"), _Worker.begin, begin) as pool:
        yield from pool.map(_Worker.decide, parts)


class _Worker:
    """What a process of its own keeps between parts."""

    database: Database

    @classmethod
    def begin(cls, url: str, zone: str) -> None:
        """Open the database; what rows refer to must be known before any are written."""
        load_metadata()
        use_time_zone(zone)
        cls.database = Database(url)

    @classmethod
    def decide(cls, part: Part) -> service.Round:
        """Decide for a part."""
        return _decide(cls.database, shelf(), part)


def _decide(database: Database, policies: Shelf, part: Part) -> service.Round:
    # Batches are made of hundreds of thousands of values and no circles: looking for circles in
    # them again and again takes a quarter of the time.
    gc.disable()
    try:
        return reduce(add, _rounds(database, policies, part), service.Round())
    finally:
        gc.enable()


def _rounds(database: Database, policies: Shelf, part: Part) -> Iterator[service.Round]:
    """Judge a batch without a lock, then write it down: others write in the meantime.

    What changed in between is due, and the worker decides it again.
    """
    after = part.after
    while True:
        with database.snapshot() as session:
            at = now(session)
            people = queries.people_from(session, after=after, upto=part.upto, limit=_BATCH)
            if not people:
                return
            found = service.judge_people(session, people=people, shelf=policies, now=at)
        after = people[-1]
        written = 0
        if found.rows or found.later:
            with database.transaction() as session:
                written = service.keep(session, found, now=at)
        yield service.Round(len(found.pairs), written)
