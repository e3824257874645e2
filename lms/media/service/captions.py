"""Keeps captions, one text a language, whatever encoding and format they came in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.errors import Conflict, InvalidInput, NotFound
from lms.media.domain.captions import parse_captions, render_vtt
from lms.media.domain.names import Language, clean_filename
from lms.media.models import Asset, Caption


def set_caption(
    session: Session, *, asset_id: str, language: Language, data: bytes, source_name: str
) -> Caption:
    """Keep the captions of a language; drafts show them in place of older ones.

    ``data`` is a WebVTT or SRT file as it was sent, in UTF-8, UTF-16, GB18030 or Big5. Raises
    ``InvalidInput`` with one field ``line:N`` for each fault, and ``NotFound`` where there is no
    such asset. Nothing is kept of a file with faults.
    """
    if session.get(Asset, asset_id) is None:
        raise NotFound
    return keep_caption(session, asset_id, language, _canonical(data), source_name)


def edit_caption(
    session: Session, *, asset_id: str, language: Language, text: str, base: int
) -> Caption:
    """Keep captions as they were typed beside the video, as ``set_caption`` does.

    ``base`` is the number of those they were made from, 0 where there were none. Raises
    ``Conflict`` where others were saved meanwhile.
    """
    # Two drafts may share a video: whoever saves second has to see what the first one saved.
    if session.get(Asset, asset_id, with_for_update={"key_share": True}) is None:
        raise NotFound
    newest = _newest(session, asset_id, language)
    if (newest.id if newest else 0) != base:
        raise Conflict(
            "captions_changed",
            "Somebody else saved these captions meanwhile. Yours are not saved yet; what you "
            "typed is still here. Saving again puts yours in the place of theirs.",
        )
    canonical = _canonical(text.encode())
    if newest is not None and newest.text == canonical:
        return newest
    return keep_caption(session, asset_id, language, canonical, language.filename)


def keep_caption(
    session: Session, asset_id: str, language: Language, text: str, source_name: str
) -> Caption:
    """Write canonical captions down, unless the newest of the language are the same."""
    newest = _newest(session, asset_id, language)
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


def _newest(session: Session, asset_id: str, language: Language) -> Caption | None:
    return session.scalar(
        select(Caption)
        .where(Caption.asset_id == asset_id, Caption.language == language)
        .order_by(Caption.id.desc())
        .limit(1)
    )


def _canonical(data: bytes) -> str:
    parsed = parse_captions(data)
    if parsed.faults:
        raise InvalidInput({f"line:{fault.line}": fault.message for fault in parsed.faults})
    return render_vtt(parsed.cues)
