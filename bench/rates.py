"""How many pages, beats and answers a second, each beside the yardstick in the same run."""

from __future__ import annotations

import json
import sys
from statistics import median
from typing import Any

from bench.figures import Figure, amount, speed
from bench.servers import measure
from bench.world import LESSON, READERS, World

_CONNECTIONS = 8
_ROUNDS = 5
_SECONDS = 1.0
_WARM_SECONDS = 1.0
BODIES = 500
_BEAT_SECONDS = 2
_BEGIN_SECONDS = 20
_WANTED = 0.5
# While half as many beats come as the site can take, one in twenty may wait so long, milliseconds.
_P95_MS = 50.0
_WRITERS = 16
_QUEUE_FAIR = 10.0
_WAIT_SECONDS = 5.0


def of_pages(world: World, *, port: int, bare_port: int) -> list[Figure]:
    """Return the rate of the lesson page beside a bare page with three selects."""
    readers = world.learners[:READERS]
    path = f"/learn/{world.course.slug}/{LESSON}.video"
    rates = _rates(
        {
            "lesson_page": _lane(port, "GET", [[path, each.headers] for each in readers], []),
            "bare_page": _bare_lane(bare_port, "page", world),
            "leanest_page": _bare_lane(bare_port, "leanest", world),
        }
    )
    lean = {name: rates[name] for name in ("lesson_page", "leanest_page")}
    beside_leanest = median(one / other for one, other in zip(*lean.values(), strict=True))
    leanest = median(rates.pop("leanest_page"))
    return [
        *_beside("bare_page", rates),
        Figure("leanest_page", round(leanest, 1), "requests/s", 1.0),
        Figure("lesson_page_beside_leanest", 100 * beside_leanest, "%", beside_leanest),
    ]


def _bare_lane(port: int, page: str, world: World) -> dict[str, Any]:
    readers = world.learners[:READERS]
    place = f"/{page}/{world.course.revision_id}"
    return _lane(port, "GET", [[f"{place}/{each.person_id}", each.headers] for each in readers], [])


def of_writes(world: World, *, port: int, bare_port: int) -> list[Figure]:
    """Return the rates of beats and answers beside a bare upsert, each committed, and waits."""
    beats = _beats(world)
    answers = [
        [f"/api/v1/attempts/{attempt}/responses/{question}", each.headers]
        for each, attempt, question in world.responses
    ]
    bare = [[f"/upsert/{each.person_id}", each.headers] for each in world.learners]
    rates = _rates(
        {
            "beats": _lane(port, "POST", beats, [_beat(turn) for turn in range(BODIES)]),
            "answers": _lane(port, "PUT", answers, [_answer(turn) for turn in range(BODIES)]),
            "bare_upsert": _lane(bare_port, "POST", bare, [_beat(turn) for turn in range(BODIES)]),
        }
    )
    half = median(rates["beats"]) / 2
    return [*_beside("bare_upsert", rates), *_waits(world, port=port, pace=half)]


def of_beats(
    world: World, *, port: int, bare_port: int, after_seq: int
) -> tuple[list[float], list[float]]:
    """Return the rates of beats and of the bare upsert in turns, a round each.

    The beats of a lease are numbered from ``after_seq`` on.
    """
    bodies = [_beat(turn, after_seq) for turn in range(BODIES)]
    bare = [[f"/upsert/{each.person_id}", each.headers] for each in world.learners]
    rates = _rates(
        {
            "beats": _lane(port, "POST", _beats(world), bodies),
            "bare_upsert": _lane(bare_port, "POST", bare, bodies),
        }
    )
    return rates["beats"], rates["bare_upsert"]


def _waits(world: World, *, port: int, pace: float) -> list[Figure]:
    """Return how long beats wait at a pace, and how evenly many writers at once do."""
    # Each part has learners of its own, whose beats nobody sent yet.
    later = [_beat(turn) for turn in range(BODIES, 2 * BODIES)]
    lane = _lane(port, "POST", _beats(world), later) | {"connections": _WRITERS}
    paced = _asked({"paced": lane | {"pace": pace}}, seconds=_WAIT_SECONDS, rounds=1)
    latest = [_beat(turn) for turn in range(2 * BODIES, 3 * BODIES)]
    crowd = _lane(port, "POST", _beats(world), latest) | {"connections": _WRITERS}
    crowded = _asked({"crowd": crowd}, seconds=_WAIT_SECONDS, rounds=1)
    _, p95 = paced["paced"]["waits_ms"]
    middle, slowest = crowded["crowd"]["waits_ms"]
    return [
        amount("beats_p95_at_half_load", round(p95, 1), "ms", _P95_MS),
        Figure(
            f"beats_p95_of_{_WRITERS}_writers",
            round(slowest, 1),
            "ms",
            slowest / middle,
            wanted=_QUEUE_FAIR,
        ),
    ]


def _beats(world: World) -> list[list[str]]:
    watching = zip(world.learners, world.leases, strict=True)
    return [[f"/api/v1/leases/{lease}/beats", each.headers] for each, lease in watching]


def _beat(turn: int, after_seq: int = 0) -> str:
    begin = _BEGIN_SECONDS + turn * _BEAT_SECONDS
    end = begin + _BEAT_SECONDS
    body = {"seq": after_seq + turn + 1, "played": [[begin, end]], "position": end}
    return json.dumps(body | {"rate": 1, "state": "playing"})


def _answer(turn: int) -> str:
    return json.dumps({"answer": ["AB"[turn % 2]], "rev": turn + 1})


def _lane(port: int, method: str, targets: list[list[str]], bodies: list[str]) -> dict[str, Any]:
    return {
        "port": port,
        "method": method,
        "targets": targets,
        "bodies": bodies,
        "connections": _CONNECTIONS,
    }


def _rates(lanes: dict[str, dict[str, Any]]) -> dict[str, list[float]]:
    found = _asked(lanes, seconds=_SECONDS, rounds=_ROUNDS)
    return {name: lane["rates"] for name, lane in found.items()}


def _asked(
    lanes: dict[str, dict[str, Any]], *, seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """Return what the load generator found. Raises ``RuntimeError`` where requests failed."""
    plan = {"lanes": lanes, "rounds": rounds, "seconds": seconds, "warm_seconds": _WARM_SECONDS}
    found: dict[str, dict[str, Any]] = json.loads(measure(json.dumps(plan)))
    for name, lane in found.items():
        for said in lane["failures"][:3]:
            print(f"{name} failed: {said}", file=sys.stderr)
        if lane["failures"]:
            raise RuntimeError(f"{len(lane['failures'])} requests of {name} failed")
    return found


def _beside(yardstick: str, rates: dict[str, list[float]]) -> list[Figure]:
    """Return medians: of the rates, and of the ratios within each round."""
    bare = rates.pop(yardstick)
    figures = [
        speed(
            name,
            median(each),
            median(one / other for one, other in zip(each, bare, strict=True)),
            wanted=_WANTED,
        )
        for name, each in rates.items()
    ]
    return [*figures, Figure(yardstick, round(median(bare), 1), "requests/s", 1.0)]
