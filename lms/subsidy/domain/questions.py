"""What a learner is asked, one question a page: for which day, in what order, what is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from lms.subsidy.domain.dated import OF_THE_FIRST_DAY, DatedFact, FactKey, newest, same_value
from lms.subsidy.domain.lists import Told, known_of
from lms.subsidy.domain.whys import later_of

# The text people promise by; raise it when its page changes in substance.
PROMISE_VERSION = "1"


class Step(StrEnum):
    """The questions in their order."""

    GROUP = "group"
    TIES = "ties"
    STAFF = "staff"
    PENSION = "pension"
    STUDENT = "student"
    FUNDING = "funding"

    @property
    def key(self) -> FactKey:
        """Return what the answer is kept as."""
        return _KEYS[self]


_KEYS: Mapping[Step, FactKey] = {
    Step.GROUP: FactKey.GROUPS,
    Step.TIES: FactKey.TIES,
    Step.STAFF: FactKey.PUBLIC_STAFF,
    Step.PENSION: FactKey.RECEIVING_PENSION,
    Step.STUDENT: FactKey.FULL_TIME_STUDENT,
    Step.FUNDING: FactKey.OTHER_PUBLIC_SOURCE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known on a question: what counts, and what the person said.

    ``later`` is what is known of later days only, where nothing is of the day that is asked about:
    it may be shown, but the person has to say that it was so then.
    """

    step: Step
    fact: DatedFact | None
    own: DatedFact | None
    later: DatedFact | None = None

    @property
    def is_settled(self) -> bool:
        """Tell whether somebody checked it, so that it need not be asked."""
        return self.fact is not None and self.fact.is_checked and self.fact.value is not None

    @property
    def is_answered(self) -> bool:
        """Tell whether it need not be asked; "I do not know" is an answer too."""
        return self.is_settled or self.own is not None

    @property
    def differs(self) -> bool:
        """Tell whether the person said something else than was found."""
        return bool(
            self.is_settled
            and self.fact
            and self.own
            and self.own.value is not None
            and not same_value(self.own.value, self.fact.value)
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """All questions as of one day."""

    day: date
    today: date
    by_step: Mapping[Step, Answer]

    @property
    def again(self) -> Answer | None:
        """Return the first question whose answer speaks of later days only."""
        return next((each for each in self.by_step.values() if each.later), None)

    @property
    def next_step(self) -> Step | None:
        """Return the first question that is still to be answered."""
        return next((step for step, each in self.by_step.items() if not each.is_answered), None)

    def after(self, step: Step) -> Step | None:
        """Return the next question after this one, answered or not."""
        order = list(Step)
        place = order.index(step) + 1
        return order[place] if place < len(order) else None

    def since(self, key: FactKey) -> date:
        """Return from when an answer of today speaks."""
        return self.day if key in OF_THE_FIRST_DAY else min(self.day, self.today)


def answers_on(
    facts: Iterable[DatedFact], lists: Iterable[Told], *, day: date, today: date
) -> Answers:
    """Return what is known of each question for training that begins on the day."""
    own = list(facts)
    known = known_of(own, lists, first_day=day, today=today)
    said = newest((each for each in own if not each.is_checked), first_day=day, today=today)

    def answer(step: Step) -> Answer:
        fact, own_words = known.get(step.key), said.get(step.key)
        is_open = fact is None and own_words is None
        later = later_of(own, step.key, first_day=day, today=today) if is_open else None
        return Answer(step, fact, own_words, later)

    return Answers(day, today, {step: answer(step) for step in Step})


def answers(
    facts: Iterable[DatedFact],
    lists: Iterable[Told],
    *,
    starts: Iterable[date],
    today: date,
) -> Answers:
    """Return the answers for the first training that lacks some, else for the last one.

    What was said for an earlier one goes on holding until something else is said.
    """
    own, told = list(facts), list(lists)
    every = [answers_on(own, told, day=day, today=today) for day in sorted(set(starts))]
    return next((each for each in every if each.next_step), every[-1])


def said_anew(before: DatedFact | None, value: Any, since: date) -> bool:  # noqa: ANN401 (of any key)
    """Tell whether an answer says something that was not said before for the day."""
    return before is None or not (same_value(before.value, value) and before.valid_from <= since)
