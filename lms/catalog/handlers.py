"""What other features' events mean for courses."""

from sqlalchemy.orm import Session

from lms.catalog import service
from lms.media.events import AssetSame


def video_sent_before(session: Session, same: AssetSame) -> None:
    """Let drafts that wait for the second copy of a video take the first."""
    service.replace_in_drafts(session, asset_id=same.asset_id, by=same.same_as)
