"""What other features ask of media: uploads, videos of course folders, captions, tickets."""

from lms.media.service.captions import set_caption
from lms.media.service.folders import FolderVideo, StagedVideo, adopt_renditions, stage_renditions
from lms.media.service.ladder import (
    ask_again,
    ask_for_lacking,
    begin_ladder,
    finish_ladder,
)
from lms.media.service.tickets import issue_ticket, managed_asset, read_ticket
from lms.media.service.uploads import (
    MAX_UPLOAD_BYTES,
    begin_preparation,
    fail_preparation,
    finish_preparation,
    receive,
    register_upload,
)

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FolderVideo",
    "StagedVideo",
    "adopt_renditions",
    "ask_again",
    "ask_for_lacking",
    "begin_ladder",
    "begin_preparation",
    "fail_preparation",
    "finish_ladder",
    "finish_preparation",
    "issue_ticket",
    "managed_asset",
    "read_ticket",
    "receive",
    "register_upload",
    "set_caption",
    "stage_renditions",
]
