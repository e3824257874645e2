"""What other features ask of media: uploads, videos of course folders, captions, tickets."""

from lms.media.service.captions import edit_caption, set_caption
from lms.media.service.folders import FolderVideo, StagedVideo, adopt_renditions, stage_renditions
from lms.media.service.ladder import (
    ask_again,
    ask_for_lacking,
    begin_ladder,
    finish_ladder,
)
from lms.media.service.receiving import (
    MAX_BYTES,
    NewUpload,
    TooLarge,
    append_chunk,
    begin_upload,
    give_up,
    keep_whole,
    own_upload,
    record_received,
    refuse_unlike_video,
    size_of,
    unfinished_uploads,
)
from lms.media.service.tickets import issue_ticket, managed_asset, read_ticket
from lms.media.service.uploads import (
    MAX_UPLOAD_BYTES,
    arrived_upload,
    begin_preparation,
    fail_preparation,
    finish_preparation,
    receive,
    register_upload,
    settle_upload,
)

__all__ = [
    "MAX_BYTES",
    "MAX_UPLOAD_BYTES",
    "FolderVideo",
    "NewUpload",
    "StagedVideo",
    "TooLarge",
    "adopt_renditions",
    "append_chunk",
    "arrived_upload",
    "ask_again",
    "ask_for_lacking",
    "begin_ladder",
    "begin_preparation",
    "begin_upload",
    "edit_caption",
    "fail_preparation",
    "finish_ladder",
    "finish_preparation",
    "give_up",
    "issue_ticket",
    "keep_whole",
    "managed_asset",
    "own_upload",
    "read_ticket",
    "receive",
    "record_received",
    "refuse_unlike_video",
    "register_upload",
    "set_caption",
    "settle_upload",
    "size_of",
    "stage_renditions",
    "unfinished_uploads",
]
