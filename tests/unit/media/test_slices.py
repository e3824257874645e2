"""Parts of files on their way, and the places of those who fetch them."""

import gc
import os

import pytest

from lms.media.gateway.slices import Gate, Slice

DATA = os.urandom(300_000)


@pytest.fixture
def opened(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(DATA)

    def opened(start, length, **options):
        return Slice(path.open("rb", buffering=0), start, length, **options)

    return opened


def test_a_slice_ends_where_it_should_however_it_is_read(opened):
    part = opened(1_000, 249_000)
    blocks = list(iter(lambda: part.read(64 * 1024), b""))
    assert b"".join(blocks) == DATA[1_000:250_000]
    assert max(map(len, blocks)) <= 64 * 1024
    assert opened(299_990, 100_000).read() == DATA[-10:]


def test_a_server_that_lets_the_system_send_finds_the_file_at_the_first_byte(opened):
    part = opened(7, 10)
    assert os.lseek(part.fileno(), 0, os.SEEK_CUR) == 7
    part.close()


@pytest.mark.parametrize("ending", ["read", "close", "drop", "twice"])
def test_the_place_is_given_back_once_however_the_answer_ends(opened, ending):
    left = []
    part = opened(0, 10, left=lambda: left.append(1))
    if ending == "read":
        assert (part.read(100), part.read(100)) == (DATA[:10], b"")
    elif ending != "drop":
        part.close()
    if ending == "twice":
        part.close()
    del part
    gc.collect()
    assert left == [1]


def test_a_gate_lets_so_many_in_and_the_next_when_one_left():
    gate = Gate(2)
    assert [gate.enter(), gate.enter(), gate.enter()] == [True, True, False]
    gate.leave()
    assert gate.enter()
