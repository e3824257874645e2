"""A credential goes into a PNG once, and comes out of nothing but a whole and honest one."""

import json
import struct
import tracemalloc
import zlib

import pytest

from lms.credentials.gateway import art, png
from lms.credentials.gateway.carriers import MAX_CREDENTIAL_BYTES, MAX_FILE_BYTES, CarrierError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CREDENTIAL = json.dumps({"name": "直播之星 · 主播班", "narrative": "80 分"}, ensure_ascii=False)
KEYWORD = b"openbadgecredential\0"


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    sums = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + sums


def picture(*chunks: bytes) -> bytes:
    """Return the smallest file with the form of a PNG around the chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return SIGNATURE + header + b"".join(chunks) + pixels + chunk(b"IEND")


def plain(text: bytes) -> bytes:
    return chunk(b"iTXt", KEYWORD + b"\0\0\0\0" + text)


def packed(text: bytes) -> bytes:
    return chunk(b"iTXt", KEYWORD + b"\1\0\0\0" + zlib.compress(text))


def chunks_of(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], len(SIGNATURE)
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        found.append((kind, data[at + 8 : at + 8 + size]))
        at += size + 12
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(CarrierError) as refused:
        png.read(data)
    return refused.value.code


def test_what_was_baked_is_read_back_to_the_letter() -> None:
    assert png.read(png.bake(art.badge_png("noodle"), CREDENTIAL)) == CREDENTIAL


def test_the_credential_stands_uncompressed_right_after_the_header() -> None:
    kinds_and_bodies = chunks_of(png.bake(art.badge_png("noodle"), CREDENTIAL))
    assert [kind for kind, _ in kinds_and_bodies[:2]] == [b"IHDR", b"iTXt"]
    assert kinds_and_bodies[1][1] == KEYWORD + b"\0\0\0\0" + CREDENTIAL.encode()


def test_baking_again_replaces_the_credential_and_leaves_the_picture_alone() -> None:
    bare = art.badge_png("law")
    twice = png.bake(png.bake(bare, CREDENTIAL), "ey.J.x")
    assert png.read(twice) == "ey.J.x"
    assert [part for part in chunks_of(twice) if part[0] != b"iTXt"] == chunks_of(bare)


def test_a_credential_no_reader_would_take_is_not_baked() -> None:
    with pytest.raises(CarrierError, match="too_large"):
        png.bake(picture(), "x" * (MAX_CREDENTIAL_BYTES + 1))


def test_a_compressed_credential_is_read() -> None:
    assert png.read(picture(packed(CREDENTIAL.encode()))) == CREDENTIAL


def test_two_credentials_are_refused_wherever_they_stand() -> None:
    end = chunk(b"IEND")
    after_the_pixels = picture(plain(b"{}")).removesuffix(end) + packed(b"{}") + end
    assert refusal(picture(plain(b"{}"), plain(b"{}"))) == "several_credentials"
    assert refusal(after_the_pixels) == "several_credentials"


def test_a_badge_of_the_older_standard_is_named_as_such() -> None:
    assert refusal(picture(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"))) == "old_badge"
    assert refusal(picture(chunk(b"tEXt", b"openbadges\0https://x.example/1"))) == "old_badge"


def test_a_badge_that_carries_both_standards_gives_the_new_one() -> None:
    assert png.read(picture(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"), plain(b'{"a":1}'))) == (
        '{"a":1}'
    )


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<svg/>", SIGNATURE[:-1]])
def test_what_is_no_png_is_not_an_image(data: bytes) -> None:
    assert refusal(data) == "not_an_image"


def test_a_picture_without_a_credential_says_so() -> None:
    assert refusal(art.badge_png("noodle")) == "no_credential"
    assert refusal(picture(plain(b"  "))) == "no_credential"


def test_a_file_cut_off_anywhere_is_damaged() -> None:
    whole = picture(plain(b'{"a":1}'))
    assert {refusal(whole[:end]) for end in range(len(SIGNATURE), len(whole))} == {"damaged"}


def test_one_changed_byte_in_the_credential_is_seen() -> None:
    whole = picture(plain(b'{"score":"80"}'))
    assert refusal(whole.replace(b"80", b"90")) == "damaged"


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"iTXt", KEYWORD),
        chunk(b"iTXt", KEYWORD + b"\0\0no end of the language"),
        chunk(b"iTXt", KEYWORD + b"\1\0\0\0not packed"),
        chunk(b"iTXt", KEYWORD + b"\1\0\0\0" + zlib.compress(b"{}")[:-2]),
        chunk(b"iTXt", KEYWORD + b"\1\7\0\0" + zlib.compress(b"{}")),
        chunk(b"iTXt", KEYWORD + b"\0\0\0\0\xff\xfe"),
    ],
)
def test_a_credential_that_cannot_be_unpacked_is_damaged(text: bytes) -> None:
    assert refusal(picture(text)) == "damaged"


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(64)) + packer.flush()
    data = picture(chunk(b"iTXt", KEYWORD + b"\1\0\0\0" + bomb))
    tracemalloc.start()
    try:
        assert refusal(data) == "too_large"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


def test_a_credential_just_within_the_limit_is_read_and_one_above_is_not() -> None:
    most = b"x" * MAX_CREDENTIAL_BYTES
    assert len(png.read(picture(plain(most)))) == MAX_CREDENTIAL_BYTES
    assert len(png.read(picture(packed(most)))) == MAX_CREDENTIAL_BYTES
    assert refusal(picture(plain(most + b"x"))) == "too_large"
    assert refusal(picture(packed(most + b"x"))) == "too_large"


def test_ten_megabytes_are_read_and_more_are_not() -> None:
    rest = MAX_FILE_BYTES - len(picture(plain(b"{}"), chunk(b"exIf")))
    full = picture(plain(b"{}"), chunk(b"exIf", bytes(rest)))
    assert len(full) == MAX_FILE_BYTES
    assert png.read(full) == "{}"
    assert refusal(full + b"\0") == "too_large"


def test_a_file_of_nothing_but_tiny_chunks_is_given_up() -> None:
    assert refusal(picture(*[chunk(b"gAMA")] * 10_000)) == "too_large"


def test_what_follows_the_end_of_the_picture_is_not_looked_at() -> None:
    assert png.read(picture(plain(b"{}")) + plain(b"[]")) == "{}"
