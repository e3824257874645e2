"""Reads captions: as files, and as a text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.media.domain.transcript import Paragraph, read_transcript
from lms.media.models import Caption


def caption_text(
    session: Session, asset_id: str, language: str, number: int | None = None
) -> str | None:
    """Return the captions of that number as WebVTT; without one the newest."""
    own = select(Caption.text).where(Caption.asset_id == asset_id, Caption.language == language)
    if number is not None:
        own = own.where(Caption.id == number)
    return session.scalar(own.order_by(Caption.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Transcript:
    """The captions of a video as a text, and the languages there are, Chinese first."""

    language: str
    languages: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]


def captions_of(session: Session, asset_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the newest captions of each language of the assets, Chinese first."""
    found: dict[str, dict[str, int]] = {asset_id: {} for asset_id in asset_ids}
    newest = (
        select(Caption.asset_id, Caption.language, func.max(Caption.id))
        .where(Caption.asset_id.in_(found))
        .group_by(Caption.asset_id, Caption.language)
        .order_by(Caption.language.desc())
    )
    for asset_id, language, number in session.execute(newest):
        found[asset_id][language] = number
    return found


def transcripts(
    session: Session, wanted: Sequence[tuple[str, Mapping[str, int] | None]], language: str
) -> list[Transcript | None]:
    """Return what is said in videos, in two statements at most; ``None`` where nothing is known.

    Each is wanted as an asset with the numbers of its captions by language (the newest without
    them), in ``language`` or, where that is missing, in the other one.
    """
    free = [asset_id for asset_id, pinned in wanted if pinned is None]
    newest = captions_of(session, free) if free else {}
    numbers = [newest[asset_id] if pinned is None else pinned for asset_id, pinned in wanted]
    chosen = [language if language in each else next(iter(each), None) for each in numbers]
    ids = {each[code] for each, code in zip(numbers, chosen, strict=True) if code}
    rows = session.execute(select(Caption.id, Caption.text).where(Caption.id.in_(ids)))
    texts = {row.id: row.text for row in rows} if ids else {}
    return [
        Transcript(code, tuple(each), read_transcript(texts[each[code]])) if code else None
        for each, code in zip(numbers, chosen, strict=True)
    ]
