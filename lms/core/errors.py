"""The coded errors services raise; the edge turns them into words and HTTP answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Param: TypeAlias = "str | int | float | Message"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people: a stable code, an English msgid and its parameters.

    A parameter may be a message itself; each is translated when it is shown.
    """

    code: str
    text: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.text % dict(self.params) if self.params else self.text


class LmsError(Exception):
    """A refusal with a stable ``code`` and an English sentence that the catalogue translates."""

    status = 400

    def __init__(self, code: str, message: str, **params: Param) -> None:
        super().__init__(code)
        self.message = Message(code, message, params)

    @property
    def code(self) -> str:
        """Return the stable code of the refusal."""
        return self.message.code


class InvalidInput(LmsError):
    """What was sent does not fit; ``fields`` names each field and its fault."""

    status = 422

    def __init__(self, fields: Mapping[str, Message]) -> None:
        super().__init__("invalid_input", "Some fields need another look.")
        self.fields = dict(fields)


class NotSignedIn(LmsError):
    """The call needs a signed-in person, or another proof of who is calling."""

    status = 401


class TokenRefused(NotSignedIn):
    """A program called without a token that opens this; no sign-in page helps it."""


class PaymentRequired(LmsError):
    """The thing asked for costs money; ``checkout`` is the address where to pay, once known."""

    status = 402
    checkout: str | None = None


class Forbidden(LmsError):
    """The person is known but may not do this."""

    status = 403


class ConfirmationNeeded(Forbidden):
    """The person is signed in but has to prove anew who they are."""


class SecondFactorNeeded(Forbidden):
    """The person's role asks for a second factor that this sign-in has not given."""


class NotFound(LmsError):
    """There is no such thing, or none this person may know of."""

    status = 404

    def __init__(
        self, code: str = "not_found", message: str = "We cannot find this.", **params: Param
    ) -> None:
        super().__init__(code, message, **params)


class Conflict(LmsError):
    """The thing changed meanwhile, or was done already."""

    status = 409


class TooMany(LmsError):
    """Asked too often; ``retry_after`` says how many seconds to wait."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after: int, **params: Param) -> None:
        super().__init__(code, message, **params)
        self.retry_after = retry_after


class GatewayError(LmsError):
    """Something outside (ffmpeg, SMS, payment) failed; ``retryable`` says whether to try again."""

    status = 502

    def __init__(self, code: str, message: str, *, retryable: bool, **params: Param) -> None:
        super().__init__(code, message, **params)
        self.retryable = retryable


class Overloaded(LmsError):
    """Too much to do right now; nothing was changed."""

    status = 503
