"""Reads whole desk pages: lists with their filters, files of learners, versions of courses."""

from lms.staff.queries.act_subjects import subjects_in_reach
from lms.staff.queries.acts import acts, erased_people
from lms.staff.queries.batches import Opened, Shelf, opened, shelf
from lms.staff.queries.behind import CallBoard, call_board
from lms.staff.queries.class_list import class_board
from lms.staff.queries.class_reach import (
    class_in_reach,
    locked_class,
    member_in_reach,
    session_in_reach,
    session_to_read,
)
from lms.staff.queries.class_seats import seat_page
from lms.staff.queries.classes import class_page, member_page, naming, session_page
from lms.staff.queries.desk import (
    Board,
    Draw,
    Drawer,
    LearnerFile,
    Pill,
    board,
    drawer,
    learner_file,
    place,
    reach_of,
    spot_check,
)
from lms.staff.queries.exports import Approvals, Schedules, approvals, schedules
from lms.staff.queries.institutions import (
    catalogue,
    institution_in_reach,
    listing_in_reach,
    own_counties,
)
from lms.staff.queries.people import PeoplePage, PersonLine, PersonSheet, people, sheet
from lms.staff.queries.roster_forms import Editor, Forms, roster_board, roster_editor, roster_lines
from lms.staff.queries.rosters import RosterForm, draft_of, known_drafts, roster_form
from lms.staff.queries.scopes import (
    counties_in_reach,
    in_reach,
    person_in_reach,
    scopes_around,
    scopes_to_grant,
)
from lms.staff.queries.versions import (
    Move,
    Preview,
    VersionLine,
    Versions,
    class_places,
    course_of,
    group_of,
    preview,
    versions,
)

__all__ = [
    "Approvals",
    "Board",
    "CallBoard",
    "Draw",
    "Drawer",
    "Editor",
    "Forms",
    "LearnerFile",
    "Move",
    "Opened",
    "PeoplePage",
    "PersonLine",
    "PersonSheet",
    "Pill",
    "Preview",
    "RosterForm",
    "Schedules",
    "Shelf",
    "VersionLine",
    "Versions",
    "acts",
    "approvals",
    "board",
    "call_board",
    "catalogue",
    "class_board",
    "class_in_reach",
    "class_page",
    "class_places",
    "counties_in_reach",
    "course_of",
    "draft_of",
    "drawer",
    "erased_people",
    "group_of",
    "in_reach",
    "institution_in_reach",
    "known_drafts",
    "learner_file",
    "listing_in_reach",
    "locked_class",
    "member_in_reach",
    "member_page",
    "naming",
    "opened",
    "own_counties",
    "people",
    "person_in_reach",
    "place",
    "preview",
    "reach_of",
    "roster_board",
    "roster_editor",
    "roster_form",
    "roster_lines",
    "schedules",
    "scopes_around",
    "scopes_to_grant",
    "seat_page",
    "session_in_reach",
    "session_page",
    "session_to_read",
    "sheet",
    "shelf",
    "spot_check",
    "subjects_in_reach",
    "versions",
]
