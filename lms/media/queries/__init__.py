"""Reads assets: what can be played, how far a new one is, and what is said in it."""

from lms.media.queries.captions import Transcript, caption_text, captions_of, transcripts
from lms.media.queries.facts import (
    AssetFacts,
    RenditionFacts,
    asset_facts,
    facts_for,
    job_key,
    ladder_key,
)
from lms.media.queries.playing import Playable, playable

__all__ = [
    "AssetFacts",
    "Playable",
    "RenditionFacts",
    "Transcript",
    "asset_facts",
    "caption_text",
    "captions_of",
    "facts_for",
    "job_key",
    "ladder_key",
    "playable",
    "transcripts",
]
