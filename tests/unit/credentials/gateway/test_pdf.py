"""The printed sheet is one archivable page, and the credential comes out of it again."""

import json
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lms.credentials.gateway import pdf
from lms.credentials.gateway.carriers import MAX_CREDENTIAL_BYTES, MAX_FILE_BYTES, CarrierError

CREDENTIAL = json.dumps({"name": "直播之星 · 主播班"}, ensure_ascii=False)
ADDRESS = "xiangbo.example/credentials/6f1c7a52-0b2f-4a55-9d3e-3f8f0c2f9a11"
SHEET = pdf.Sheet(
    language="zh",
    heading="结业徽章",
    name="林秀芳",
    sentence="学完本课程，通过结业测验",
    title="直播之星 · 主播班",
    facts=(("核验学时", "24.0 学时"), ("结业测验", "80 分，60 分及格")),
    issuer="常山县村播学院",
    seal_line="发出单位盖章",
    serial="编号 XB26-8C2F-71KD",
    statement="这是本站的学习完成记录，不是国家职业技能等级证书。",
    scan_line="扫一扫，谁都能查真假。",
    check_address=ADDRESS,
    qr_address=f"https://{ADDRESS}",
    cover="noodle",
    credential=CREDENTIAL.encode(),
    file_name="credential.json",
    made_at=datetime(2026, 6, 12, 8, 30, tzinfo=UTC),
)
ENGLISH = replace(
    SHEET, language="en", heading="Completion badge", name="LIN Xiufang", title="Star of the Stream"
)
LONG = replace(
    SHEET,
    name="阿卜杜热合曼·买买提吐尔逊·努尔麦麦提·阿布都克里木·古丽巴哈尔·托合提·艾尔肯·乌斯曼江·吐尔地阿",
    title="农村电商从零开始：" + "手机直播、短视频拍摄、商品上架、" * 8,
    issuer="浙江省衢州市常山县人力资源和社会保障局委托" * 3,
    facts=(("对应标准", "互联网营销师（直播销售员）" * 20),) * 8,
)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf.certificate(SHEET)


def refusal(data: bytes) -> str:
    with pytest.raises(CarrierError) as refused:
        pdf.read(data)
    return refused.value.code


def opened(data: bytes) -> str:
    """Return the file with all its packed streams unpacked."""
    starts = re.finditer(rb"/FlateDecode[^>]*(?:>>)?[^>]*>>\s*stream\r?\n", data)
    unpacked = (zlib.decompressobj().decompress(data[start.end() :]) for start in starts)
    return b"\n".join([data, *unpacked]).decode("latin-1")


def words_in(data: bytes) -> set[str]:
    """Return the characters that can be copied out of the sheet."""
    tables = re.findall(r"begincmap.*?endcmap", opened(data), re.DOTALL)
    codes = re.findall(r"^<\w+>\s*<(\w+)>$", "\n".join(tables), re.MULTILINE)
    return set("".join(bytes.fromhex(code).decode("utf-16-be") for code in codes))


def lines_below(data: bytes, points: float) -> list[float]:
    """Return how high above the lower edge each piece of text stands, of those below a height."""
    drawn = re.findall(
        r"^q [-\d.]+ 0 0 [-\d.]+ [-\d.]+ ([-\d.]+) cm.*\nBT", opened(data), re.MULTILINE
    )
    return sorted(float(height) for height in drawn if float(height) < points)


def attached(content: bytes, kind: str = "application/vc+ld+json", extra: str = "") -> bytes:
    """Return a PDF as another program would write it, with the attachment not packed."""
    name = kind.replace("/", "#2F")
    head = f"9 0 obj\r\n<< /Type /EmbeddedFile /Subtype /{name} /Length {len(content)} {extra}>>"
    return (
        b"%PDF-1.7\n" + head.encode() + b"\r\nstream\r\n" + content + b"\r\nendstream\r\nendobj\r\n"
        b"%%EOF\n"
    )


def test_the_credential_comes_out_as_it_went_in(printed: bytes) -> None:
    assert pdf.read(printed) == CREDENTIAL


def test_a_token_comes_out_as_it_went_in() -> None:
    token = replace(SHEET, credential=b"ey.J.x", file_name="credential.jwt")
    assert pdf.read(pdf.certificate(token)) == "ey.J.x"


def test_the_sheet_says_it_is_archivable_and_accessible(printed: bytes) -> None:
    text = printed.decode("latin-1")
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in text
    assert "<pdfuaid:part>1</pdfuaid:part>" in text
    assert "/Lang(zh-CN)" in text
    assert "/AFRelationship/Data" in text
    assert "/Subtype/application#2Fvc+ld+json" in text
    assert "(credential.json)" in text
    assert text.count("/Type/Page/") == 1
    assert "/MediaBox[0 0 595.2756 841.8898]" in text


def test_title_issuer_and_day_are_in_the_files_properties(printed: bytes) -> None:
    text = printed.decode("utf-8", errors="ignore")
    assert "结业徽章 · 直播之星 · 主播班" in text
    assert "常山县村播学院" in text
    assert "2026-06-12" in text


def test_the_fonts_are_inside_and_cut_down_to_what_is_used(printed: bytes) -> None:
    fonts = set(re.findall(rb"/BaseFont/(\S+?)/", printed))
    cut = {font for font in fonts if re.fullmatch(rb"[A-Z]{6}\+NotoS\w+SC-Regular.*", font)}
    assert fonts == cut
    assert {font[7:16] for font in cut} == {b"NotoSansS", b"NotoSerif"}
    assert printed.count(b"/FontFile3") == 2
    assert len(printed) < 100_000


def test_every_word_can_be_copied_out_again(printed: bytes) -> None:
    said = [SHEET.heading, SHEET.name, SHEET.sentence, SHEET.title, SHEET.issuer, SHEET.seal_line]
    said += [SHEET.serial, SHEET.statement, SHEET.scan_line, SHEET.check_address]
    said += [word for fact in SHEET.facts for word in fact]
    assert set("".join(said)) - {" "} <= words_in(printed)


def test_the_same_sheet_is_the_same_bytes_and_another_name_is_not(printed: bytes) -> None:
    assert pdf.certificate(SHEET) == printed
    assert pdf.certificate(replace(SHEET, name="林秀兰")) != printed


def test_the_code_and_the_void_mark_change_the_sheet(printed: bytes) -> None:
    other_code = replace(SHEET, qr_address="https://xiangbo.example/credentials/other")
    sheets = [pdf.certificate(sheet) for sheet in (other_code, replace(SHEET, is_void=True))]
    assert len({printed, *sheets}) == 3
    assert f"/URI({SHEET.qr_address})".encode() in printed
    assert f"/URI({other_code.qr_address})".encode() in sheets[0]


def test_an_english_sheet_says_so() -> None:
    sheet = pdf.certificate(ENGLISH)
    assert b"/Lang(en)" in sheet
    assert set("LINXiufang") <= words_in(sheet)


def test_long_words_stay_on_one_page() -> None:
    assert len(LONG.name) == 50
    sheet = pdf.certificate(LONG)
    assert sheet.count(b"/Type/Page/") == 1
    assert set(LONG.name + LONG.title + LONG.issuer) <= words_in(sheet)


def test_long_words_do_not_run_into_what_stands_below() -> None:
    foot = lines_below(pdf.certificate(replace(LONG, facts=())), 250)
    assert len(foot) >= 6
    assert lines_below(pdf.certificate(LONG), 250) == foot


def test_characters_without_a_glyph_do_not_stop_the_print() -> None:
    sheet = pdf.certificate(replace(SHEET, name="林😀𠀀", title="نۇر", issuer="\u202e学院"))
    assert "〓" in words_in(sheet)
    assert pdf.read(sheet) == CREDENTIAL


def test_nothing_in_the_words_is_code() -> None:
    code = '#panic("x") $ \\ *b* _i_ @label <label> [x] #read("/etc/passwd") // /*'
    sheet = pdf.certificate(replace(SHEET, name=code, title=code))
    assert set("#panic$@*\\") <= words_in(sheet)


def test_a_credential_that_nobody_could_read_is_not_attached() -> None:
    with pytest.raises(CarrierError, match="too_large"):
        pdf.certificate(replace(SHEET, credential=b"x" * (MAX_CREDENTIAL_BYTES + 1)))
    with pytest.raises(CarrierError, match="damaged"):
        pdf.certificate(replace(SHEET, credential=b"\xff"))


def test_several_threads_print_each_their_own() -> None:
    sheets = [replace(SHEET, credential=f'{{"n":{number}}}'.encode()) for number in range(16)]
    with ThreadPoolExecutor(4) as pool:
        found = [pdf.read(sheet) for sheet in pool.map(pdf.certificate, sheets)]
    assert found == [f'{{"n":{number}}}' for number in range(16)]


@pytest.mark.parametrize(
    "kind", ["application/vc+ld+json", "application/json", "application/vc", "application/jwt"]
)
def test_attachments_of_other_programs_are_read(kind: str) -> None:
    assert pdf.read(attached(b'{"a":1}', kind)) == '{"a":1}'
    packed = zlib.compress(b'{"a":1}')
    assert pdf.read(attached(packed, kind, "/Filter [ /FlateDecode ] ")) == '{"a":1}'


def test_the_same_credential_twice_is_one_and_two_are_refused() -> None:
    one, other = attached(b'{"a":1}'), attached(b'{"a":2}')
    assert pdf.read(one + one) == '{"a":1}'
    assert refusal(one + other) == "several_credentials"


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"<svg/>", bytes(2000) + b"%PDF-"])
def test_what_is_no_pdf_is_not_a_sheet(data: bytes) -> None:
    assert refusal(data) == "not_a_sheet"


def test_a_pdf_without_a_credential_says_so() -> None:
    assert refusal(b"%PDF-1.7\n%%EOF") == "no_credential"
    assert refusal(attached(b"a,b", "text/csv")) == "no_credential"


def test_a_file_cut_off_is_damaged(printed: bytes) -> None:
    assert refusal(printed[: len(printed) // 2]) == "damaged"


@pytest.mark.parametrize(
    ("content", "extra"),
    [
        (b"not packed", "/Filter /FlateDecode "),
        (zlib.compress(b"{}")[:-2], "/Filter /FlateDecode "),
        (b"<7b7d>", "/Filter /ASCIIHexDecode "),
        (b"\xff\xfe", ""),
    ],
)
def test_an_attachment_that_cannot_be_unpacked_is_damaged(content: bytes, extra: str) -> None:
    data = attached(content, extra=extra)
    assert refusal(data.replace(b"\r\nendstream", b"endstream")) == "damaged"


def test_a_bomb_and_too_long_a_credential_are_refused() -> None:
    long = b"x" * (MAX_CREDENTIAL_BYTES + 1)
    assert refusal(attached(long)) == "too_large"
    assert refusal(attached(zlib.compress(long), extra="/Filter /FlateDecode ")) == "too_large"


def test_a_file_of_nothing_but_attachments_is_given_up() -> None:
    assert refusal(attached(b"{}") * 65) == "too_large"
    assert refusal(b"%PDF-1.7" + b"/EmbeddedFile " * 700_000 + b"%%EOF") == "too_large"


def test_more_than_ten_megabytes_are_not_read() -> None:
    data = attached(b"{}")
    filled = data.replace(b"%%EOF", b" " * (MAX_FILE_BYTES - len(data)) + b"%%EOF")
    assert pdf.read(filled) == "{}"
    assert refusal(filled + b" ") == "too_large"
