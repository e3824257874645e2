"""Small files kept in memory."""

from lms.media.gateway.storage.kept import Kept


def test_what_was_asked_for_last_stays_and_the_rest_makes_room():
    kept = Kept(most_bytes=10)
    kept.put("a", b"12345")
    kept.put("b", b"12345")
    assert kept.get("a") == b"12345"
    kept.put("c", b"123")
    assert [kept.get(key) for key in "abc"] == [b"12345", None, b"123"]


def test_the_same_file_again_takes_its_own_room():
    kept = Kept(most_bytes=10)
    for _ in range(5):
        kept.put("a", b"12345")
    kept.put("b", b"12345")
    assert (kept.get("a"), kept.get("b")) == (b"12345", b"12345")


def test_what_is_larger_than_the_room_is_not_kept():
    kept = Kept(most_bytes=10)
    kept.put("a", b"x" * 11)
    assert kept.get("a") is None
    kept.put("b", b"12345")
    assert kept.get("b") == b"12345"
