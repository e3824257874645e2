"""What players may send: the shape of lease and beat bodies."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lms.core.errors import InvalidInput, Message
from lms.progress.domain.report import PlayerReport
from lms.progress.domain.state import Beat, PlayerState
from lms.progress.domain.units import seconds_to_ms

# Longer than any lesson; a number above is no media second.
_MOST_SECONDS = 100_000
_MOST_SEQ = 2**31 - 1
_MOST_INTERVALS = 500

Seconds = Annotated[float, Field(ge=0, le=_MOST_SECONDS, allow_inf_nan=False)]


class BeatForm(BaseModel):
    """One report of what was played; what else is sent along is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    seq: Annotated[int, Field(ge=0, le=_MOST_SEQ)]
    played: Annotated[
        list[Annotated[list[Seconds], Field(min_length=2, max_length=2)]],
        Field(max_length=_MOST_INTERVALS),
    ]
    position: Seconds = 0
    rate: Annotated[float, Field(ge=0, le=16, allow_inf_nan=False)] = 1
    state: Annotated[PlayerState, Field(strict=False)]

    def report(self) -> PlayerReport:
        """Return the report in milliseconds. Raises ``ValueError`` for one that runs backwards."""
        pairs = tuple((seconds_to_ms(a), seconds_to_ms(b)) for a, b in self.played)
        beat = Beat(seq=self.seq, played=pairs, state=self.state)
        return PlayerReport(beat, seconds_to_ms(self.position), round(self.rate * 100))


class CheckForm(BaseModel):
    """What a learner says to a presence check: an answer, or that they need more time."""

    model_config = ConfigDict(strict=True, extra="ignore")

    answer: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    more_time: bool = False


def parse_check(body: object) -> CheckForm:
    """Return what was said. Raises ``InvalidInput`` where it is neither."""
    try:
        form = CheckForm.model_validate(body)
    except ValidationError:
        form = CheckForm()
    if form.answer is None and not form.more_time:
        raise InvalidInput({"answer": Message("bad_value", "This value does not fit.")})
    return form


def parse_beat(body: bytes) -> PlayerReport:
    """Return the checked report of a JSON text.

    Raises ``InvalidInput`` naming each field that does not fit.
    """
    try:
        return BeatForm.model_validate_json(body).report()
    except ValidationError as error:
        names = {str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()}
    except ValueError:
        names = {"played"}
    message = Message("bad_value", "This value does not fit.")
    raise InvalidInput(dict.fromkeys(sorted(names), message))
