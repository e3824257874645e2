"""A credential goes into an SVG once, and comes out of nothing that could do harm on the way."""

import json
from xml.parsers import expat

import pytest
from lxml import etree

from lms.credentials.gateway import art, svg
from lms.credentials.gateway.carriers import MAX_CREDENTIAL_BYTES, MAX_FILE_BYTES, CarrierError

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
SPACES = f'xmlns="http://www.w3.org/2000/svg" xmlns:ob="{NAMESPACE}"'
CREDENTIAL = json.dumps({"name": "直播之星 “主播班”", "of": "<a & b>"}, ensure_ascii=False)
ENTITY = '<!DOCTYPE svg [<!ENTITY who "林">]>'


def drawing(inside: str, before: str = "") -> bytes:
    return f"{before}<svg {SPACES}>{inside}</svg>".encode()


def holding(credential: str) -> str:
    return f"<ob:credential>{credential}</ob:credential>"


def refusal(data: bytes) -> str:
    with pytest.raises(CarrierError) as refused:
        svg.read(data)
    return refused.value.code


def test_what_was_baked_is_read_back_to_the_letter() -> None:
    assert svg.read(svg.bake(art.badge_svg("noodle"), CREDENTIAL)) == CREDENTIAL


def test_a_strict_parser_gets_the_json_in_one_piece() -> None:
    pieces: list[str] = []
    parser = expat.ParserCreate()  # hands out every piece as it stands, like StAX
    parser.CharacterDataHandler = pieces.append
    parser.Parse(svg.bake(art.badge_svg("noodle"), CREDENTIAL), True)  # noqa: FBT003
    assert CREDENTIAL in pieces


def test_the_credential_is_the_first_element_and_its_namespace_is_on_the_root() -> None:
    root = etree.fromstring(svg.bake(art.badge_svg("noodle"), CREDENTIAL))
    assert root.nsmap["openbadges"] == NAMESPACE
    assert root[0].tag == f"{{{NAMESPACE}}}credential"
    assert root[0].prefix == "openbadges"


def test_a_token_goes_into_the_attribute() -> None:
    baked = svg.bake(art.badge_svg("noodle"), "ey.J.x")
    assert etree.fromstring(baked)[0].get("verify") == "ey.J.x"
    assert svg.read(baked) == "ey.J.x"


def test_baking_again_replaces_the_credential_and_leaves_the_drawing_alone() -> None:
    bare = art.badge_svg("law")
    assert svg.bake(svg.bake(bare, "ey.J.x"), CREDENTIAL) == svg.bake(bare, CREDENTIAL)


def test_the_mark_that_ends_cdata_does_not_end_the_credential() -> None:
    name = "学完]]><script/>"
    credential = json.dumps({"name": name}, ensure_ascii=False)
    baked = svg.bake(art.badge_svg("noodle"), credential)
    assert json.loads(svg.read(baked)) == {"name": name}
    assert baked.count(b"<![CDATA[") == 1
    assert not list(etree.fromstring(baked).iter("{*}script"))


def test_text_without_cdata_is_read() -> None:
    assert svg.read(drawing(holding("{&quot;a&quot;:1}"))) == '{"a":1}'


@pytest.mark.parametrize("before", ["<html/>", "{}", "", "\0\1\2", "<svg"])
def test_what_is_no_drawing_is_not_an_image(before: str) -> None:
    assert refusal(before.encode()) == "not_an_image"


def test_only_a_drawing_takes_a_credential() -> None:
    for data in (b"<html/>", b"<svg"):
        with pytest.raises(CarrierError, match="not_an_image"):
            svg.bake(data, CREDENTIAL)


def test_entities_and_document_types_of_the_files_own_are_refused() -> None:
    assert refusal(drawing(holding("{}"), ENTITY)) == "damaged"
    assert refusal(drawing(holding("&who;"), ENTITY)) == "damaged"
    assert refusal(drawing(holding("{}"), "<!DOCTYPE svg [<!ELEMENT svg ANY>]>")) == "damaged"
    assert refusal(drawing(holding("{}"), ENTITY).decode().encode("utf-16")) == "damaged"


def test_a_file_of_this_machine_is_not_read_in() -> None:
    outside = '<!DOCTYPE svg SYSTEM "file:///etc/hostname">'
    assert refusal(drawing(holding("{&who;}"), outside)) == "damaged"
    with_entity = '<!DOCTYPE svg [<!ENTITY who SYSTEM "file:///etc/hostname">]>'
    assert refusal(drawing(holding("&who;"), with_entity)) == "damaged"


def test_the_public_document_type_that_drawing_programs_write_is_let_pass() -> None:
    public = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    assert svg.read(drawing(holding("{}"), public)) == "{}"


def test_several_credentials_are_refused() -> None:
    several = [
        holding("{}") * 2,
        holding("{}") + "<g>" + holding("{}") + "</g>",
        holding("{}" + holding("{}")),
        '<ob:credential verify="ey.J.x">{}</ob:credential>',
    ]
    assert {refusal(drawing(inside)) for inside in several} == {"several_credentials"}


def test_a_badge_of_the_older_standard_is_named_as_such() -> None:
    old = '<o:assertion xmlns:o="http://openbadges.org" verify="ey.J.x"/>'
    assert refusal(drawing(old)) == "old_badge"


def test_a_drawing_without_a_credential_says_so() -> None:
    other = '<credential xmlns="https://example.org/">{}</credential>'
    assert {refusal(drawing(inside)) for inside in ("", holding(" "), other)} == {"no_credential"}


def test_a_drawing_cut_off_is_damaged() -> None:
    whole = svg.bake(art.badge_svg("noodle"), CREDENTIAL)
    assert refusal(whole[:-3]) == "damaged"
    assert refusal(whole[: whole.index(b"]]>")]) == "damaged"


def test_a_credential_above_the_limit_is_refused_in_both_places() -> None:
    long = "x" * (MAX_CREDENTIAL_BYTES + 1)
    assert refusal(drawing(holding(long))) == "too_large"
    assert refusal(drawing(f'<ob:credential verify="{long}"/>')) == "too_large"
    with pytest.raises(CarrierError, match="too_large"):
        svg.bake(art.badge_svg("noodle"), long)


def test_a_file_of_nothing_but_tags_is_given_up() -> None:
    assert svg.read(drawing(holding("{}") + "<g/>" * 99_998)) == "{}"
    assert refusal(drawing(holding("{}") + "<g/>" * 99_999)) == "too_large"


def test_ten_megabytes_are_read_and_more_are_not() -> None:
    rest = MAX_FILE_BYTES - len(drawing(holding("{}")))
    full = drawing(holding("{}") + " " * rest)
    assert svg.read(full) == "{}"
    assert refusal(full + b" ") == "too_large"
