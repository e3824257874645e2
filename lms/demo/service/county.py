"""What the classes of a demo county have in common: who acts there, by which keys and courses."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.catalog.outline import CourseView
from lms.catalog.tree import published_revisions, revision_tree
from lms.core.access import Actor
from lms.demo.domain import Learner, Place


@dataclass(frozen=True, slots=True)
class County:
    """A county of the demo at work; ``villagers`` yields people nobody has taken in yet."""

    session: Session
    place: Place
    # Who plans classes, who teaches them, who looks at cards.
    office: Actor
    teacher: Actor
    desk: Actor
    teacher_phone: str
    courses: tuple[CourseView, CourseView]
    villagers: Iterator[Learner]
    keys: Keys
    password_hash: str
    seed: int


def free_courses(session: Session) -> list[CourseView]:
    """Return the published courses anybody may join; what costs money needs a paid order."""
    trees = (revision_tree(session, each) for each in published_revisions(session))
    return [tree for tree in trees if not tree.price_fen]
