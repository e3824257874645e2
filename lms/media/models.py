"""Videos as they were sent, their renditions for phones and their captions."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import after_create, append_only
from lms.media.domain.names import Label, Language
from lms.media.domain.states import AssetState


class Asset(Base):
    """One video. Its files lie under its id and ``version``, the hash over all of them.

    ``has_stream`` says whether there is a list a player can choose from, ``thumbnails`` how many
    small pictures are in the one that shows them all.

    ``sha256`` is that of the file sent, or of the best rendition where a course folder brought
    finished ones (``owner_id`` is null then); it makes sending the same file twice harmless.
    """

    __tablename__ = "asset"
    __table_args__ = (
        one_of("state", AssetState),
        UniqueConstraint("owner_id", "sha256"),
        unique_where("uq_asset_folder_content", "sha256", where="owner_id IS NULL"),
        CheckConstraint(
            "state <> 'ready' OR (version IS NOT NULL AND duration_ms IS NOT NULL"
            " AND width IS NOT NULL AND height IS NOT NULL AND ready_at IS NOT NULL)",
            name="ready",
        ),
        CheckConstraint("(state = 'failed') = (error_code IS NOT NULL)", name="failed"),
        CheckConstraint("sha256 IS NOT NULL OR state IN ('uploading', 'failed')", name="content"),
        CheckConstraint("duration_ms > 0", name="duration"),
        CheckConstraint("width > 0 AND height > 0", name="picture"),
        CheckConstraint("byte_size >= 0", name="byte_size"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    filename: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str | None] = mapped_column(String(64))
    byte_size: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=1)
    version: Mapped[str | None] = mapped_column(String(32))
    duration_ms: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_poster: Mapped[bool] = mapped_column(default=False)
    has_stream: Mapped[bool] = mapped_column(default=False, server_default=false())
    thumbnails: Mapped[int | None]
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_text: Mapped[str | None] = mapped_column(String(500))
    error_params: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]


class Upload(Base):
    """A file on its way in: who sends it, how long it will be, until when it is kept.

    ``received_bytes`` is for show: the file itself says how far it is. ``headers`` is what the
    client said of it, as it was said; ``item_id`` is what it is meant for, which only the studio
    understands.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("byte_size > 0", name="byte_size"),
        CheckConstraint("received_bytes BETWEEN 0 AND byte_size", name="received_bytes"),
        CheckConstraint("finished_at IS NULL OR received_bytes = byte_size", name="finished"),
        Index("ix_upload_owner", "owner_id", "finished_at"),
        Index("ix_upload_expires_at", "expires_at"),
    )

    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    byte_size: Mapped[int]
    received_bytes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    headers: Mapped[str] = mapped_column(Text)
    modified: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Rendition(Base):
    """One finished file of an asset; the label names its rung, the size may be below it.

    The sound alone has no size.
    """

    __tablename__ = "rendition"
    __table_args__ = (
        one_of("label", Label),
        UniqueConstraint("asset_id", "label"),
        CheckConstraint(
            "CASE WHEN label = 'audio' THEN width = 0 AND height = 0"
            " ELSE width > 0 AND height > 0 END",
            name="picture",
        ),
        CheckConstraint("byte_size > 0 AND bit_rate > 0", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.id"))
    label: Mapped[str] = mapped_column(String(8))
    width: Mapped[int]
    height: Mapped[int]
    byte_size: Mapped[int]
    bit_rate: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class Caption(Base):
    """Captions of an asset in one language: canonical WebVTT, whatever file was sent.

    Rows never change: drafts take the newest, a published revision keeps those it came out with.
    """

    __tablename__ = "caption"
    __table_args__ = (
        one_of("language", Language),
        Index("ix_caption_newest", "asset_id", "language", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.id"))
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    source_name: Mapped[str] = mapped_column(String(255))


append_only(cast(Table, Caption.__table__))

# Learning time is measured against the probed length: a ready video keeps it, whoever asks.
_CHANGED = (
    "(NEW.state {differs} OLD.state OR NEW.duration_ms {differs} OLD.duration_ms"
    " OR NEW.sha256 {differs} OLD.sha256)"
)
after_create(
    cast(Table, Asset.__table__),
    sqlite=(
        "CREATE TRIGGER asset_ready_is_final BEFORE UPDATE ON asset FOR EACH ROW "
        f"WHEN OLD.state = 'ready' AND {_CHANGED.format(differs='IS NOT')} "
        "BEGIN SELECT RAISE(ABORT, 'a ready asset keeps its content and length'); END"
    ),
    postgresql=(
        "CREATE FUNCTION asset_ready_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.state = 'ready' AND {_CHANGED.format(differs='IS DISTINCT FROM')} THEN "
        "RAISE EXCEPTION 'a ready asset keeps its content and length' USING ERRCODE = '23514'; "
        "END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER asset_ready_is_final BEFORE UPDATE ON asset FOR EACH ROW "
        "EXECUTE FUNCTION asset_ready_is_final()"
    ),
)
