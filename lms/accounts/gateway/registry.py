"""Asks a registry whether a name and an identity number belong together, where there is one."""

from typing import Protocol

from lms.core.errors import GatewayError
from lms.notify.gateway import JsonService
from lms.settings import Settings


class IdentityRegistry(Protocol):
    """Knows whose number a number is."""

    def fits(self, *, name: str, number: str, key: str) -> bool | None:
        """Tell whether they belong together; ``None`` where it does not know.

        Raises ``GatewayError``.
        """


class HttpRegistry:
    """Posts ``{"id", "name", "number"}`` and reads ``{"match": true | false | null}``."""

    def __init__(self, url: str) -> None:
        self._service = JsonService(url, name="LMS_IDENTITY_URL")

    def fits(self, *, name: str, number: str, key: str) -> bool | None:
        """Ask; the key lets the service recognise a repetition."""
        try:
            said = self._service.post({"id": key, "name": name, "number": number}, key=key)
        except GatewayError as error:
            raise GatewayError(
                "registry_silent",
                "The registry did not answer (%(status)s).",
                retryable=error.retryable,
                status=error.message.params["status"],
            ) from None
        match = said.get("match")
        return match if isinstance(match, bool) else None


def identity_registry(settings: Settings) -> IdentityRegistry | None:
    """Return the registry of this installation, ``None`` where cards are only looked at."""
    return HttpRegistry(settings.identity_url) if settings.identity_url else None
