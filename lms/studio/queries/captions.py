"""Reads the captions of a video that are edited beside it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.catalog.models import Item
from lms.core.errors import NotFound
from lms.media import queries as media_queries
from lms.media.domain.captions import Cue, beyond, parse_captions
from lms.media.domain.names import Language
from lms.media.queries import AssetFacts
from lms.studio.queries.bench import LessonBench


@dataclass(frozen=True, slots=True)
class CaptionBench:
    """The captions of a video in one language on the bench, and those of the other beside them."""

    item: Item
    facts: AssetFacts
    language: Language
    text: str
    cues: tuple[Cue, ...]
    other: tuple[Cue, ...]

    @property
    def number(self) -> int:
        """Return the number of the captions shown, 0 where there are none yet."""
        return self.facts.captions.get(self.language, 0)

    @property
    def late(self) -> tuple[Cue, ...]:
        """Return the cues that reach beyond the video's end, once its length is known."""
        return beyond(self.cues, self.facts.duration_ms) if self.facts.duration_ms else ()


def caption_bench(
    session: Session, shown: LessonBench, item_key: str, language: Language
) -> CaptionBench:
    """Return the captions of one of the lesson's videos. Raises ``NotFound`` without a file."""
    item, facts = shown.video(item_key)
    if facts is None:
        raise NotFound("caption_without_video", "Captions belong to a video; send the video first.")
    texts = {
        code: media_queries.caption_text(session, facts.asset_id, code) or "" for code in Language
    }
    cues = {code: parse_captions(text.encode()).cues for code, text in texts.items()}
    other = Language.EN if language is Language.ZH else Language.ZH
    return CaptionBench(item, facts, language, texts[language], cues[language], cues[other])
