"""Course folders on disk: links that lead outside are refused, writing is all or nothing."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from lms.content.gateway import digests, read_folder, write_folder
from lms.core.errors import Conflict, NotFound


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    (folder / "lessons").mkdir(parents=True)
    (folder / "course.yaml").write_text("schema: 1\n")
    (tmp_path / "secret.md").write_text("secret")
    return folder


def faults_of(root: Path) -> list[tuple[str, str]]:
    return [(fault.path, fault.message.code) for fault in read_folder(root)[1]]


def test_files_are_found_by_relative_path_and_hidden_ones_passed_over(root: Path) -> None:
    (root / "lessons" / "a.md").write_text("字")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("x")
    (root / ".DS_Store").write_text("x")

    files, faults = read_folder(root)

    assert sorted(files) == ["course.yaml", "lessons/a.md"]
    assert files["lessons/a.md"].content == "字".encode()
    assert faults == []


def test_of_a_video_only_the_head_is_read(root: Path) -> None:
    (root / "video.mp4").write_bytes(b"x" * 5_000)

    file = read_folder(root)[0]["video.mp4"]

    assert (file.size, len(file.content)) == (5_000, 16)


@pytest.mark.parametrize("target", ["../secret.md", "/etc/passwd", "..", "nowhere", "loop.md"])
def test_a_link_that_leads_outside_is_refused_unread(target: str, root: Path) -> None:
    (root / "loop.md").symlink_to(target)

    assert faults_of(root) == [("loop.md", "link_outside")]
    assert "loop.md" not in read_folder(root)[0]


def test_a_linked_folder_is_not_entered(root: Path, tmp_path: Path) -> None:
    (root / "lessons" / "A01").symlink_to(tmp_path)

    assert faults_of(root) == [("lessons/A01", "link_outside")]
    assert sorted(read_folder(root)[0]) == ["course.yaml"]


def test_a_link_to_a_file_of_the_folder_is_that_file(root: Path) -> None:
    (root / "copy.md").symlink_to("course.yaml")

    assert faults_of(root) == []
    assert read_folder(root)[0]["copy.md"].content == b"schema: 1\n"


def test_a_pipe_is_no_file(root: Path) -> None:
    os.mkfifo(root / "pipe.md")

    assert "pipe.md" not in read_folder(root)[0]


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        read_folder(tmp_path / "nothing")

    assert refused.value.code == "folder_not_found"


def test_a_folder_appears_whole(tmp_path: Path, root: Path) -> None:
    target = tmp_path / "out"
    write_folder(
        target, {"a/b.md": "字"}, {"c.yaml": partial(shutil.copyfile, root / "course.yaml")}
    )

    assert (target / "a" / "b.md").read_text(encoding="utf-8") == "字"
    assert digests(target, ["c.yaml"])["c.yaml"] == digests(root, ["course.yaml"])["course.yaml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course", "out", "secret.md"]


def test_a_folder_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_folder(
            tmp_path / "out",
            {"a.md": "字"},
            {"b.mp4": partial(shutil.copyfile, tmp_path / "missing.mp4")},
        )

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(root: Path) -> None:
    with pytest.raises(Conflict):
        write_folder(root, {"course.yaml": "new"}, {})

    assert (root / "course.yaml").read_text() == "schema: 1\n"
