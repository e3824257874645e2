"""Reads who takes which course, in which class, who waits and who was there."""

from lms.enrollment.queries.joined import (
    Group,
    Share,
    class_in_scope,
    class_of_course,
    classes,
    count_moved,
    count_to_move,
    in_scope,
    live,
    live_of_person,
    next_to_move,
    published,
    revisions_to_move,
    shares,
)
