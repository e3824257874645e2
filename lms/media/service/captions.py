"""Keeps captions, one text a language, whatever encoding and format they came in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import InvalidInput, NotFound
from lms.media.domain.captions import parse_captions, render_vtt
from lms.media.domain.names import Language, clean_filename
from lms.media.models import Asset, Caption


def set_caption(
    session: Session, *, asset_id: str, language: Language, data: bytes, source_name: str
) -> Caption:
    """Keep the captions of a language; drafts show them in place of older ones.

    ``data`` is a WebVTT or SRT file as it was sent, in UTF-8, UTF-16 or GB18030. Raises
    ``InvalidInput`` with one field ``line:N`` for each fault, and ``NotFound`` where there is no
    such asset. Nothing is kept of a file with faults.
    """
    if session.get(Asset, asset_id) is None:
        raise NotFound
    parsed = parse_captions(data)
    if parsed.faults:
        raise InvalidInput({f"line:{fault.line}": fault.message for fault in parsed.faults})
    return keep_caption(session, asset_id, language, render_vtt(parsed.cues), source_name)


def keep_caption(
    session: Session, asset_id: str, language: Language, text: str, source_name: str
) -> Caption:
    """Write canonical captions down, unless the newest of the language are the same."""
    newest = session.scalar(
        select(Caption)
        .where(Caption.asset_id == asset_id, Caption.language == language)
        .order_by(Caption.id.desc())
        .limit(1)
    )
    name = clean_filename(source_name)
    if newest is not None and (newest.text, newest.source_name) == (text, name):
        return newest
    caption = Caption(asset_id=asset_id, language=language, text=text, source_name=name)
    session.add(caption)
    session.flush()
    return caption


def copy_captions(session: Session, asset_id: str, target_id: str) -> None:
    """Give a video the captions that were written for another with the same content."""
    written = select(Caption).where(Caption.asset_id == asset_id).order_by(Caption.id)
    for row in session.scalars(written).all():
        keep_caption(session, target_id, Language(row.language), row.text, row.source_name)
