"""The application as tests use it: cheap passwords, jobs run on demand, a client with a token."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import Environment, FileSystemBytecodeCache
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from lms.db.session import Database
from lms.jobs.tasks import Runner
from lms.settings import PasswordCost, Settings
from lms.wiring import JOBS

# What a rule is when it is compiled, and what makes addresses of it.
_MADE = ("_parts", "_trace", "_converters")
_BUILDERS = ("_build", "_build_unknown")
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_TOO_MANY_JOBS = 1_000
_IDLE_SECONDS = 20


@dataclass(slots=True)
class WaitingQueue:
    """Keeps the ids of jobs until a test runs them."""

    waiting: list[str] = field(default_factory=list)

    def dispatch(self, job_id: str) -> None:
        """Remember the job."""
        self.waiting.append(job_id)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Runs what the site has put off, with the real handlers."""

    queue: WaitingQueue
    runner: Runner

    def __call__(self) -> int:
        """Run jobs until none waits, those started by other jobs included; return how many."""
        count = 0
        while self.queue.waiting:
            count += 1
            assert count <= _TOO_MANY_JOBS, "jobs keep starting jobs"
            self.runner.run(self.queue.waiting.pop(0))
        return count


class Client(FlaskClient):
    """A browser that sends the form token by itself; ``csrf=False`` leaves it out."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> Any:
        if csrf and kwargs.get("method", "GET").upper() in _UNSAFE:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRF-Token", self.csrf_token())
            kwargs["headers"] = headers
        return super().open(*args, **kwargs)

    def csrf_token(self) -> str:
        """Return the token of this client's session."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return signer.dumps(raw)


@dataclass(frozen=True, slots=True)
class LiveSite:
    """A site that answers on loopback, and the parts behind it."""

    url: str
    app: Flask
    database: Database
    run_jobs: Jobs


def settings_for_test(folder: Path, database_url: str) -> Settings:
    """Return settings for a site of one test, with everything below its own folder."""
    return Settings(
        production=False,
        secret_key="only-for-tests-" + "k" * 32,
        base_url="http://localhost",
        data_dir=folder,
        database_url=database_url,
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        vault_keys={"k1": bytes(range(32))},
        index_key=bytes(range(32, 64)),
        password_cost=PasswordCost(memory_kib=8, passes=1, lanes=1),
    )


def keep_templates(app: Flask, folder: Path) -> None:
    """Let the templates a test compiles serve the other tests of the run: they are the same."""
    spoken: dict[str, Environment] = app.jinja_env._of_language  # noqa: SLF001 (the site keeps them in memory)
    for language, environment in {"any": app.jinja_env, **spoken}.items():
        environment.bytecode_cache = FileSystemBytecodeCache(str(folder), f"%s-{language}")


def keep_addresses() -> None:
    """Let what one site of the run makes of an address's rule serve the others: it is the same.

    A quarter of what a page's test costs is this; what is kept hangs on the rule's text alone.
    """
    compile_rule = Rule.compile
    known: dict[tuple[Any, ...], dict[str, Any]] = {}

    def compile_once(rule: Rule) -> None:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, defaults)
        if key not in known:
            compile_rule(rule)
            made = {name: getattr(rule, name) for name in (*_MADE, "arguments")}
            made |= {name: getattr(rule, name).__func__ for name in _BUILDERS}
            known[key] = made
            return
        for name in _MADE:
            setattr(rule, name, known[key][name])
        for name in _BUILDERS:
            setattr(rule, name, known[key][name].__get__(rule))
        rule.arguments = set(known[key]["arguments"])

    Rule.compile = compile_once


def run_jobs_of(database: Database, settings: Settings, queue: WaitingQueue) -> Jobs:
    """Return what runs the site's jobs."""
    return Jobs(queue, Runner(database, settings, JOBS))


class _Whole:
    """Hands answers over in one piece, closed: werkzeug's server forgets to where a browser leaves.

    Production's server closes what it sends; a test must not fail for one that does not.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._answering = 0
        self._is_over = False
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._changed:
            if self._is_over:
                start_response("503 Service Unavailable", [])
                return []
            self._answering += 1
        try:
            return self._answer(environ, start_response)
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        parts = self._app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    def end(self) -> None:
        """Answer nothing more, and wait for what nobody waits for: it still holds connections."""
        with self._changed:
            self._is_over = True
            self._changed.wait_for(lambda: self._answering == 0, timeout=_IDLE_SECONDS)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application on a free port of this machine; yield its address."""
    whole = _Whole(app)
    server = make_server("127.0.0.1", 0, whole, threaded=True)
    # A thread that still answers must not hold up the next test.
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        whole.end()
