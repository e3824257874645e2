"""Verifiers of badges that nobody here wrote: Digital Bazaar's, the DCC's, and jose for tokens."""

import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from lms.core.clock import rfc3339
from tests.support.run import only_one
from tests.support.summary import miss
from tools.node import SOURCE, VERIFIERS, has_verifiers, node_program

OF_JSON = ("digitalbazaar", "dcc")
OF_TOKENS = ("jose",)
ROOT = Path(__file__).resolve().parents[2]
_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0"
_SCHEMA = "ob_v3p0_achievementcredential_schema.json"
_ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one verifier says of a badge.

    ``status`` is what it read from the status list: ``valid``, ``revoked``, ``unknown`` where
    the list cannot be trusted, none where the badge names no list or fell before. ``schema`` is
    the DCC's word on the published schema, which it never counts against a badge.
    """

    verified: bool
    status: str | None
    error: str | None
    schema: bool | None


@dataclass(frozen=True, slots=True)
class Verifiers:
    """One Node.js process that judges badges; it reaches no other host than the issuer's."""

    process: subprocess.Popen[str]
    log: Path

    def verify(
        self,
        verifier: str,
        credential: str | Mapping[str, Any],
        base: str,
        *,
        at: str | None = None,
        now: datetime | None = None,
    ) -> Verdict:
        """Ask one verifier about a badge, as JSON (text or object) or as a token.

        ``base`` is the issuer's address as the badge says it; ``at`` is where it listens on this
        machine, when that differs; ``now`` is what the verifier's clock shows.
        """
        question: dict[str, Any] = {"verifier": verifier, "credential": _parsed(credential)}
        question |= {"base": base, "at": at or base, "now": rfc3339(now)}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return Verdict(**json.loads(self.answer()))

    def verdicts(
        self, credential: str | Mapping[str, Any], base: str, **options: Any
    ) -> dict[str, Verdict]:
        """Ask every verifier that reads this form of a badge."""
        readers = OF_TOKENS if isinstance(_parsed(credential), str) else OF_JSON
        return {name: self.verify(name, credential, base, **options) for name in readers}

    def answer(self) -> str:
        """Return the next line it says; raise ``RuntimeError`` with its log where none comes."""
        ready, _, _ = select.select([self.process.stdout], [], [], _ANSWER_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise RuntimeError(f"no answer:\n{self.log.read_text(errors='replace')[-2000:]}")
        return line


@contextmanager
def opened() -> Iterator[Verifiers]:
    """Start the verifiers; skip, loudly, where this machine has none."""
    node = node_program()
    if node is None or not has_verifiers():
        miss("Verifiers of badges", "not installed; run make test where packages can be had")
    folder = _scripts()
    log = folder / f"{os.getpid()}.log"
    command = [str(node), str(folder / "verify.mjs"), json.dumps(_documents())]
    with (
        log.open("wb") as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        verifiers = Verifiers(process, log)
        try:
            assert verifiers.answer() == "ready\n"
            yield verifiers
        finally:
            process.kill()


def assert_valid(verdicts: Mapping[str, Verdict]) -> None:
    """Every verifier asked must hold the badge for valid and not revoked."""
    assert verdicts
    refused = {name: said for name, said in verdicts.items() if not said.verified}
    assert not refused
    assert {said.status for said in verdicts.values()} == {"valid"}


def assert_refused(verdicts: Mapping[str, Verdict], status: str | None = None) -> None:
    """Every verifier asked must refuse the badge, having read this in its status list."""
    assert verdicts
    assert not {name: said for name, said in verdicts.items() if said.verified}
    assert {said.status for said in verdicts.values()} == {status}


def _parsed(credential: str | Mapping[str, Any]) -> str | dict[str, Any]:
    """Return an object for JSON, the text for a token."""
    if not isinstance(credential, str):
        return dict(credential)
    text = credential.strip()
    return json.loads(text) if text.startswith("{") else text


def _scripts() -> Path:
    """Return a folder of the run with the scripts beside the packages: Node.js looks there."""
    with only_one("verifiers") as run:
        folder = run / "verifiers"
        if not folder.exists():
            folder.mkdir()
            for script in SOURCE.glob("*.mjs"):
                shutil.copy(script, folder)
            (folder / "node_modules").symlink_to(VERIFIERS / "node_modules")
    return folder


def _documents() -> dict[str, str]:
    """Return the published documents that the packages lack, or have in an older edition only."""
    contexts = Path(str(files("openbadgeslib.ob3.contexts")))
    return {
        f"{_OPEN_BADGES}/context-3.0.3.json": str(contexts / "ob-v3p0-context-3.0.3.json"),
        f"{_OPEN_BADGES}/extensions.json": str(contexts / "ob-v3p0-extensions.json"),
        f"{_OPEN_BADGES}/schema/json/{_SCHEMA}": str(ROOT / "lms/credentials/schema" / _SCHEMA),
    }
