"""Speaks JSON to services: text messages to whoever delivers them, or nobody in development."""

import base64
import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lms.core.errors import GatewayError
from lms.settings import Settings

_TIMEOUT_SECONDS = 10
_LONGEST_ANSWER = 65_536
_TRY_AGAIN = frozenset({408, 425, 429})
_SERVER_FAULT = 500


class SmsGateway(Protocol):
    """Delivers a message at most once for each key."""

    def send(self, *, phone: str, text: str, key: str) -> None:
        """Hand the message over. Raises ``GatewayError``."""


class Outbox:
    """Delivers nothing: in development the message is read on the outbox page."""

    def send(self, *, phone: str, text: str, key: str) -> None:
        """Leave the message where it is."""


class JsonService:
    """Posts JSON to a service whose user and password stand in its URL; tells neither to anyone.

    ``name`` is the setting that holds the URL.
    """

    def __init__(self, url: str, *, name: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{name} must be an http or https address")
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
        self._headers = {"Content-Type": "application/json", **_credentials(parts.netloc)}
        # A redirect would carry the message and the password to another host.
        self._opener = build_opener(_NoRedirect)

    def post(self, body: Mapping[str, str], *, key: str) -> Mapping[str, Any]:
        """Post the body; return the object of the answer, empty where it is none.

        Raises ``GatewayError`` with the status, 0 where there was none.
        """
        request = Request(  # noqa: S310 (the scheme was checked above)
            self._url,
            json.dumps(body, ensure_ascii=False).encode(),
            {**self._headers, "Idempotency-Key": key},
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return _object(answer.read(_LONGEST_ANSWER))
        except HTTPError as error:
            error.close()
            again = error.code in _TRY_AGAIN or error.code >= _SERVER_FAULT
            raise _refused(again=again, status=error.code) from None
        except (URLError, TimeoutError, HTTPException, OSError):
            raise _refused(again=True, status=0) from None


class HttpSms:
    """Posts ``{"id", "phone", "text"}`` to an SMS service; user and password stand in its URL."""

    def __init__(self, url: str) -> None:
        self._service = JsonService(url, name="LMS_SMS_URL")

    def send(self, *, phone: str, text: str, key: str) -> None:
        """Hand the message over; the key lets the service recognise a repetition."""
        self._service.post({"id": key, "phone": phone, "text": text}, key=key)


def _object(answer: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


def sms_gateway(settings: Settings) -> SmsGateway:
    """Return the way messages take in this installation."""
    return HttpSms(settings.sms_url) if settings.sms_url else Outbox()


def _credentials(netloc: str) -> Mapping[str, str]:
    user = netloc.rpartition("@")[0]
    if not user:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}


def _refused(*, again: bool, status: int) -> GatewayError:
    """Return the error without address or text: both are secret."""
    return GatewayError(
        "sms_not_sent",
        "The text message could not be sent (%(status)s).",
        retryable=again,
        status=status,
    )
