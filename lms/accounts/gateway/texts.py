"""Reads a county's own terms and privacy notice from files."""

from pathlib import Path

from lms.accounts.domain.texts import TO_SIGN_UP, OwnText
from lms.settings import BadSettings

# The longest version a consent is recorded with.
_VERSION = 20


def read_own_texts(folder: Path | None) -> dict[str, OwnText]:
    """Return a county's own texts. Raises ``BadSettings`` for one without a version."""
    if folder is None:
        return {}
    return {subject: _own_text(folder, subject) for subject in TO_SIGN_UP}


def _own_text(folder: Path, subject: str) -> OwnText:
    found: dict[str, tuple[str, str]] = {}
    for language in ("zh", "en"):
        file = folder / f"{subject}.{language}.md"
        if file.is_file():
            first, _, rest = file.read_text(encoding="utf-8").partition("\n")
            found[language] = (first.removeprefix("version:").strip(), rest.strip())
            if not first.startswith("version:") or not 0 < len(found[language][0]) <= _VERSION:
                raise BadSettings([f"LMS_TEXTS_DIR: {file.name} must begin with “version: …”"])
    if len({version for version, _ in found.values()}) > 1:
        raise BadSettings([f"LMS_TEXTS_DIR: the versions of {subject} differ by language"])
    return OwnText(found["zh"][0], {language: words for language, (_, words) in found.items()})
