"""Files on the disk: whole or not at all, and halves that are known by what they were to become."""

from pathlib import Path

from lms.delivery.gateway import atomic_file, measure, new_part, parts, remove_all, remove_parts


def test_a_whole_file_takes_its_place_readable_by_us_alone(tmp_path: Path) -> None:
    target = tmp_path / "exports" / "list.csv"
    with atomic_file(target) as part:
        assert not target.exists()
        part.write_bytes(b"abc")
    assert target.read_bytes() == b"abc"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(target.parent.iterdir()) == [target]
    assert measure(target).byte_size == 3
    assert measure(target).sha256 == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_halves_are_known_by_their_delivery_and_go_alone(tmp_path: Path) -> None:
    first, other = new_part(tmp_path, "a-1"), new_part(tmp_path, "a-12")
    whole = tmp_path / "a-1.xlsx"
    for path in (first, other, whole):
        path.touch()
    assert parts(tmp_path) == {first: "a-1", other: "a-12"}
    remove_parts(tmp_path, "a-1")
    assert set(tmp_path.iterdir()) == {other, whole}
    remove_all(tmp_path, "a-1")
    assert list(tmp_path.iterdir()) == [other]
