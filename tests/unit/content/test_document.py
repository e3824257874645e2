"""The example in the documentation is a course without a fault."""

import re
from pathlib import Path

from lms.content.domain.course import read_course
from tests.factories.content import as_files, folder_contents

PAGE = Path(__file__).resolve().parents[3] / "docs" / "course-folder.md"


def test_the_documented_example_has_no_fault() -> None:
    course, lesson, question = re.findall(
        r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    known = folder_contents()
    contents = {
        **{path: known[path] for path in known if "A02" not in path},
        "course.yaml": course,
        "final.yaml": "".join(question.replace("A01-q1", f"F-q{n}") for n in range(10)),
        "lessons/A01/lesson.yaml": lesson,
        "lessons/A01/questions.yaml": "".join(
            question.replace("A01-q1", f"A01-q{n}") for n in range(5)
        ),
        "lessons/A01/media/en.vtt": known["lessons/A01/media/zh.vtt"],
        "lessons/A01/media/audio.m4a": known["lessons/A01/media/240p.mp4"],
    }

    checked = read_course(as_files(contents), programmes=["anchor-l5"])

    assert checked.faults == ()
