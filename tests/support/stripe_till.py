"""A Stripe of our own that answers on loopback, and a listener for the events it sends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import stripe
from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server

from lms.demo.stripe_server import DeliveryPolicy, StripeTill, create_server

HOST = "127.0.0.1"
KEY = "sk_test_of_the_tests"
SECRET = "whsec_of_the_tests"
PATIENCE = 10


def quick(**overrides: Any) -> DeliveryPolicy:
    """Return a policy that tries again after a moment."""
    return DeliveryPolicy(**{"waits": (0.02,), "timeout_seconds": 5.0, **overrides})


@dataclass(slots=True)
class Server:
    """Serves an application on loopback; it can be stopped and started again on its port."""

    app: Flask
    port: int = 0
    _server: BaseWSGIServer | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Begin to answer, from the second time on the same port."""
        self._server = make_server(HOST, self.port, self.app, threaded=True)
        self._server.daemon_threads = True
        self.port = self._server.port
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing more."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


@dataclass(slots=True)
class RunningTill:
    """A till, and the server that answers for it."""

    till: StripeTill
    server: Server
    secret: str

    @property
    def url(self) -> str:
        """Return the address for ``base_addresses={"api": …}``; its pages are there too."""
        return self.server.url

    def client(self, key: str = KEY) -> stripe.StripeClient:
        """Return the real library's client, which tries every call once."""
        return stripe.StripeClient(key, base_addresses={"api": self.url}, max_network_retries=0)


@contextmanager
def running(**options: Any) -> Iterator[RunningTill]:
    """Serve a till on a free port; ``options`` are those of ``StripeTill``."""
    given = {"webhook_secret": SECRET, "policy": quick(), **options}
    till = StripeTill(**given)
    server = Server(create_server(till))
    server.start()
    till.start()
    try:
        yield RunningTill(till, server, given["webhook_secret"])
    finally:
        till.stop()
        server.stop()


@dataclass(frozen=True, slots=True)
class Heard:
    """One delivery as it came."""

    body: bytes
    signature: str

    def event(self, secret: str = SECRET) -> stripe.Event:
        """Return the event. Raises stripe's error where the signature does not prove it."""
        return stripe.Webhook.construct_event(self.body, self.signature, secret)


@dataclass(slots=True)
class Listener:
    """Takes events as the site would; answers the next statuses told, then 200."""

    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    url: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self) -> tuple[str, int]:
        """Keep what came."""
        with self._changed:
            self.heard.append(Heard(request.get_data(), request.headers["Stripe-Signature"]))
            self._changed.notify_all()
            return "", self.statuses.pop(0) if self.statuses else 200

    def wait_for(self, count: int) -> list[Heard]:
        """Wait until so many deliveries came; return them in order."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.heard) >= count, timeout=PATIENCE)
            assert came, f"{len(self.heard)} of {count} deliveries came"
            return list(self.heard)

    def types(self) -> list[str]:
        """Return the kinds of the events that came, in order."""
        return [each.event().type for each in self.heard]


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port."""
    listener, app = Listener(), Flask("listener")
    app.add_url_rule("/webhooks/stripe", view_func=listener.take, methods=["POST"])
    server = Server(app)
    server.start()
    listener.url = f"{server.url}/webhooks/stripe"
    try:
        yield listener
    finally:
        server.stop()
