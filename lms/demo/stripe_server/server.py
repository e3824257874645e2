"""Puts the fake Stripe together as a small application of its own, and serves it."""

from flask import Flask, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.demo.stripe_server import api, pages
from lms.demo.stripe_server.current import init_till
from lms.demo.stripe_server.till import StripeTill

# No `form-action`: after a payment the browser is sent to the shop, which is another origin.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_server(till: StripeTill) -> Flask:
    """Return the application that answers as the till's API, its Checkout and its control page."""
    app = Flask("lms", template_folder="../templates", static_folder="../static")
    init_till(app, till)
    app.add_template_global(pages.money_of, "money")
    app.add_template_global(pages.clock_time, "clock_time")
    app.register_blueprint(api.bp)
    app.register_blueprint(pages.bp)
    app.after_request(_protect)
    return app


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


class _Quiet(WSGIRequestHandler):
    """Says nothing of requests: the site's own log is beside it on the same screen."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave the request out."""


def serve(till: StripeTill, host: str, port: int) -> None:
    """Serve the till, and deliver its events, until interrupted."""
    server = make_server(host, port, create_server(till), threaded=True, request_handler=_Quiet)
    till.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        till.stop()
        server.server_close()
