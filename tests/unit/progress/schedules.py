"""Write schedules of events in a line, run them, and let hypothesis invent some."""

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from lms.progress.domain.cases import Case, load_cases
from lms.progress.domain.simulate import Simulation, simulate_case

LESSONS = {"A": 100, "B": 1200, "C": 5}
MIDNIGHT = 86_400
DEVICES = (1, 2)
STATES = ("playing", "playing", "playing", "paused", "hidden", "ended")

Event = dict[str, Any]


def lease(at: float, lesson: str = "A", device: int = 1) -> Event:
    return {"at": at, "do": "lease", "lesson": lesson, "device": device}


def beat(
    at: float, seq: int, *played: tuple[float, float], state: str = "playing", device: int = 1
) -> Event:
    spans = [list(span) for span in played]
    return {"at": at, "do": "beat", "device": device, "seq": seq, "played": spans, "state": state}


def prompt(at: float, device: int = 1) -> Event:
    return {"at": at, "do": "prompt", "device": device}


def answer(at: float) -> Event:
    return {"at": at, "do": "answer", "device": 1}


def extend(at: float) -> Event:
    return {"at": at, "do": "extend", "device": 1}


def release(at: float, device: int = 1) -> Event:
    return {"at": at, "do": "release", "device": device}


def case_of(events: Iterable[Event], **changed: Any) -> Case:
    lessons = changed.pop("lessons", LESSONS)
    only = {"id": "test", "events": list(events), "settings": changed}
    return load_cases({"lessons": lessons, "cases": [only]})[0]


def run(*events: Event, **changed: Any) -> dict[str, Any]:
    """Return the result of a schedule, as the command prints it."""
    return simulate_case(case_of(events, **changed))


def simulated(events: Iterable[Event], **changed: Any) -> Simulation:
    case = case_of(events, **changed)
    simulation = Simulation(case)
    simulation.run(case.events)
    return simulation


def thorough(test: Callable[..., None]) -> Callable[..., None]:
    """Try as many schedules as the profile says, 100 by default, however slow the machine is."""
    return settings(deadline=None)(test)


# ------------------------------------------------------------------ inventing
def numbers(low: float, high: float, step_ms: int) -> st.SearchStrategy[float]:
    """Return numbers of seconds on a grid of ``step_ms``."""
    steps = st.integers(round(low * 1000 / step_ms), round(high * 1000 / step_ms))
    return steps.map(lambda count: count * step_ms / 1000)


def programme_settings(step_ms: int, rates: tuple[float, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "gap_cap": st.sampled_from([60, 60, 60, 20, 5, 200, 0]),
            "max_rate": st.sampled_from(rates),
            "slack": st.sampled_from([2, 2, 0, 5]),
            "daily_cap_seconds": st.sampled_from([21_600, 21_600, 21_600, 90, 30, 0]),
            "on_miss": st.sampled_from(["stop", "rewind"]),
            "answer_within": numbers(1, 60, step_ms),
        }
    )


def schedules(*, step_ms: int = 1, with_prompts: bool = True) -> st.SearchStrategy[list[Event]]:
    """Invent the events of one learner with two devices, many of them around midnight.

    One number makes one event, 0 none: what fails is cut down to the events that matter.
    """
    kinds = ["beat"] * 20 + ["lease", "lease", "release"]
    if with_prompts:
        kinds += ["prompt", "prompt", "answer", "answer", "extend"]
    starts = st.sampled_from([0, MIDNIGHT - 10, MIDNIGHT - 20, MIDNIGHT - 60])
    rolls = st.lists(st.integers(0, 65_535), min_size=14, max_size=30)
    return st.builds(partial(_invent, kinds, step_ms), starts, rolls)


def _invent(kinds: list[str], step_ms: int, start: float, rolls: list[int]) -> list[Event]:
    player = _Player(step_ms, rolls[0])
    at = start
    events = [player.lease(at, player.dice.choice(DEVICES))]
    for roll in filter(None, rolls[1:]):
        player.dice = Random(roll)  # noqa: S311 - it invents, it guards nothing
        at = round(at + player.pause(), 3)
        kind = player.dice.choice(kinds)
        events.append(player.event(kind, at, player.dice.choice(sorted(player.seqs))))
    return events


class _Player:
    """Two devices that play on, jump, repeat themselves and number their beats."""

    def __init__(self, step_ms: int, roll: int) -> None:
        self.dice = Random(roll)  # noqa: S311 - it invents, it guards nothing
        self.step_ms = step_ms
        self.seqs: dict[int, int] = {}
        self.positions: dict[int, tuple[float, float]] = {}

    def seconds(self, high: float) -> float:
        return self.dice.randint(0, round(high * 1000 / self.step_ms)) * self.step_ms / 1000

    def pause(self) -> float:
        return self.seconds(self.dice.choice([0, 3, 20, 20, 20, 20, 70])) + (
            300 if self.dice.random() < 0.03 else 0
        )

    def event(self, kind: str, at: float, device: int) -> Event:
        if kind == "lease":
            return self.lease(at, self.dice.choice(DEVICES))
        if kind == "beat":
            return self.beat(at, device)
        return {"at": at, "do": kind, "device": device}

    def lease(self, at: float, device: int) -> Event:
        self.seqs[device] = 0
        self.positions[device] = (at, self.seconds(30))
        return lease(at, self.dice.choice(sorted(LESSONS)), device)

    def beat(self, at: float, device: int) -> Event:
        # Now and then a number that was sent before, or that is too low.
        self.seqs[device] += self.dice.choice([1, 1, 1, 1, 1, 3, 0, -1])
        played = self.played(at, device)
        state = self.dice.choice(STATES)
        return beat(at, self.seqs[device], *played, state=state, device=device)

    def played(self, at: float, device: int) -> list[tuple[float, float]]:
        since, position = self.positions[device]
        if self.dice.random() < 0.7:
            # An honest player, at one of two speeds.
            rate = self.dice.choice([1, 1, 2])
            stop = round(position + min(at - since, 80) * rate, 3)
            self.positions[device] = (at, stop)
            return [(position, stop)]
        begins = [self.seconds(110) for _ in range(self.dice.randint(0, 4))]
        return [(begin, round(begin + self.seconds(40), 3)) for begin in begins]
