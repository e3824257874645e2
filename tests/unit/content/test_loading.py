"""What a load does depends on what was loaded, what is published and who edited since."""

import pytest

from lms.content.domain.loading import Outcome, Standing, StudioEdits, decide

KEEP, REPLACE = StudioEdits


def standing(**changes: object) -> Standing:
    return Standing(**{"exists": True, "loaded": "old", "shown": "old", **changes})


@pytest.mark.parametrize("edits", StudioEdits)
@pytest.mark.parametrize(
    ("fingerprint", "stands", "expected"),
    [
        ("new", Standing(exists=False), Outcome.FIRST),
        ("old", standing(), Outcome.UNCHANGED),
        ("new", standing(), Outcome.REVISION),
        # The poster was made by the site, so the exported folder differs from the loaded one.
        ("shown", standing(shown="shown"), Outcome.UNCHANGED),
        # Files were lost from the store; the folder is the one loaded last.
        ("old", standing(shown=None), Outcome.UNCHANGED),
    ],
)
def test_a_course_nobody_edited_follows_its_folder(edits, fingerprint, stands, expected) -> None:
    assert decide(fingerprint, stands, edits) is expected


def test_a_course_edited_in_the_studio_is_left_alone() -> None:
    edited = standing(shown="studio", is_edited=True)

    assert decide("new", edited, KEEP) is Outcome.EDITED
    assert decide("old", edited, KEEP) is Outcome.UNCHANGED
    assert decide("studio", edited, KEEP) is Outcome.UNCHANGED


def test_only_replacing_publishes_over_studio_edits() -> None:
    edited = standing(shown="studio", is_edited=True)

    assert decide("new", edited, REPLACE) is Outcome.REVISION
    assert decide("old", edited, REPLACE) is Outcome.REVISION
    assert decide("studio", edited, REPLACE) is Outcome.UNCHANGED


def test_a_course_made_in_the_studio_is_not_taken_over_by_a_folder_of_its_name() -> None:
    made_in_studio = Standing(exists=True, is_edited=True)

    assert decide("new", made_in_studio, KEEP) is Outcome.EDITED
    assert decide("new", made_in_studio, REPLACE) is Outcome.REVISION
