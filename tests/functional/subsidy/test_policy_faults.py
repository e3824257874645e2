"""Each fault of a policy that is loaded at the desk is told in Chinese, with its place."""

import ast
from pathlib import Path

import pytest
from flask import Flask

import lms.subsidy
from lms.core.errors import Message
from lms.subsidy.domain.policy_file import refuse_overlaps
from lms.subsidy.domain.proposals import refuse_clashes
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import read_upload
from lms.web.i18n import say
from tests.factories.policies import Desk

TOP = (
    "- {id: %s, version: %s, from: %s, to: %s, status: demo, selects_by: training.start,\n"
    "   clauses: [%s], amount_cny: {%s}%s}\n"
)
REALNAME = "{id: REALNAME}"
HOURS = "{id: HOURS, hour_minutes: %s, daily_cap_minutes: 360, min_hours: {%s}}"


def text(
    clauses: str = REALNAME,
    amounts: str = "5: 600",
    more: str = "",
    *,
    name: str = "a",
    version: str = '"1.0"',
    days: tuple[str, str] = ("2026-01-01", "null"),
) -> str:
    return TOP % (name, version, *days, clauses, amounts, more)


FAULTS = {
    # The notation.
    "": "文件：这里要写成清单（每项前面加“-”），不能写 None",
    "[]": "文件：一次要交 1 到 20 个版本",
    "x" * 100_001: "文件：超过了 100000 个字符",
    "- a: 1\n- {id: c": "文件，第 2 行：没写完就结束了：有括号或引号没有关上",
    "- a: b: c": "文件，第 1 行：多了一个“:”，或者这一行的缩进和上面不一致",
    "- a: 1\n  b\n  c: 2": "文件，第 3 行：名称后面少了“:”",
    "- a:\n\t- b": "文件，第 2 行：值不能用这个符号开头；缩进请用空格，不要用制表符",
    "- {a: 1 b: 2}": "文件，第 1 行：少了逗号或右括号",
    "- a\nb: 1": "文件，第 2 行：这一行的缩进和上面不一致",
    "- {id: c, id: d}": "文件，第 1 行：“id”写了两次",
    "- {[a]: c}": "文件，第 1 行：名称只能是文字，不能是清单",
    "- &a {id: c}\n- *a": "文件，第 2 行：不能用“*”引用，请把内容写全",
    "- !!python/name:os.system x": "文件，第 1 行：不能用“!”开头的标记",
    "- 1\n- {from: 2025-02-30}": "文件，第 2 行：日历上没有这一天",
    "- '\x01'": "文件：里面有文本文件不该有的字符",
    "[" * 4_000: "文件：括号套得太多层",
    "- !!int abc": "文件：读不出来：invalid literal for int() with base 10: 'abc'",
    "%YAML 1.1\n%YAML 1.1\n--- a":
        "文件，第 2 行：不合 YAML 的写法：found duplicate YAML directive",
    # What a version says of itself.
    "- 5": "第 1 版：这里要写成“名称: 值”，不能写 5",
    "- {1: 2}": "第 1 版：名称 1 不是文字",
    "- {id: a}": "第 1 版：少了“version”",
    text(more=", luck: 1"): "第 1 版：这里没有“luck”这一项",
    text(name="5"): "第 1 版，“id”：这里要写文字，不能写 5",
    text(version="1.0"): '第 1 版，“version”：请加上引号："1.0"',
    text(days=("soon", "null")): "第 1 版，“from”：这里要写日期，如 2025-03-01，不能写 'soon'",
    text(days=("2026-02-01", "2026-01-01")):
        "第 1 版：结束日 2026-01-01 早于开始日 2026-02-01",
    text().replace("demo", "maybe"): "第 1 版，“status”：'maybe' 不在可用的范围内：demo, active",
    text(amounts="5: 1.005"): "第 1 版，“amount_cny”，5 级：金额最多写两位小数",
    text(amounts="a: 1"): "第 1 版，“amount_cny”，'a' 级：这里要写整数，不能写 'a'",
    text(more=", catalogue: [{}]"): "第 1 版，“catalogue”，第 1 项：少了“programme”",
    text() + "- {}": "第 2 版：少了“id”",
    # Its clauses.
    text(""): "第 1 版：一个条件也没写，那人人都符合了",
    text("{id: LUCK}"): "第 1 版，第 1 条：没有 'LUCK' 这种条件",
    text(f"{REALNAME}, {REALNAME}"): "第 1 版，第 2 条：REALNAME 写了两次",
    text("{id: CATALOGUE}", more=", catalogue: []"):
        "第 1 版，第 1 条（CATALOGUE）：政策自己的“catalogue”里一项也没有",
    text("{id: AGE, min: '16'}"): "第 1 版，第 1 条（AGE），“min”：这里要写整数，不能写 '16'",
    text("{id: AGE, min: 16, max: 15}"): "第 1 版，第 1 条（AGE），“max”：比最低年龄 16 岁还小",
    text("{id: GROUP, any_of: []}"): "第 1 版，第 1 条（GROUP），“any_of”：至少要写一个",
    text("{id: ONCE, key: [name]}"):
        "第 1 版，第 1 条（ONCE），“key”：“name” 不在可用的范围内：occupation, work_type",
    text("{id: ONCE, key: [work_type, work_type]}"):
        "第 1 版，第 1 条（ONCE），“key”：有一个写了两次",
    text("{id: ONCE, key: [work_type, 5]}"):
        "第 1 版，第 1 条（ONCE），“key”，第 2 项：这里要写文字，不能写 5",
    text("{id: WINDOW, months: 0}"): "第 1 版，第 1 条（WINDOW），“months”：0 小于 1",
    text("{id: ATTENDANCE, min_percent: 101}"):
        "第 1 版，第 1 条（ATTENDANCE），“min_percent”：101 超过了 100",
    text("{id: ATTENDANCE, min_percent: most}"):
        "第 1 版，第 1 条（ATTENDANCE），“min_percent”：这里要写数字，不能写 'most'",
    text("{id: ATTENDANCE, min_percent: .nan}"):
        "第 1 版，第 1 条（ATTENDANCE），“min_percent”：nan 不是数字",
    text(HOURS % (0, "")): "第 1 版，第 1 条（HOURS），“hour_minutes”：这里要大于 0",
    text(HOURS % (45, "p: -1")): "第 1 版，第 1 条（HOURS），“min_hours”，p：-1 小于 0",
    text(more=", instalments: 25"): "第 1 版，“instalments”：25 超过了 24",
    # Beside the others.
    text(name="a" * 41): "第 1 版：“id”或“version”太长",
    text() + text(): "第 2 版：a 1.0 已经有了，版本用过就不能再改",
    text() + text(version='"2.0"'):
        "第 2 版：a 2.0 和 a 1.0 的日期重了：两个都包括 2026-01-01",
    text(HOURS % (45, "p: 1")) + text(HOURS % (45, "p: 1"), name="b"):
        "第 2 版：培训项目 p 已归 a 管",
}  # fmt: skip
# Told of the files of the site alone, which read the same way.
OF_FILES = {text() + text(): "第 2 版：a 1.0 在这里又写了一次"}


def fault_of(content: str, *, of_files: bool = False) -> Message:
    with pytest.raises(MalformedError) as caught:
        judge(content, of_files=of_files)
    return caught.value.message


def judge(content: str, *, of_files: bool) -> None:
    new = read_upload(content)
    if of_files:
        refuse_overlaps(new)
    refuse_clashes(new, [], {})


def sentences(message: Message) -> set[str]:
    """The sentences a message is put together from."""
    inner = [each for each in message.params.values() if isinstance(each, Message)]
    return {message.text}.union(*map(sentences, inner))


def written(file: str) -> set[str]:
    """The sentences a module can say."""
    tree = ast.parse((Path(lms.subsidy.__file__).parent / file).read_text(encoding="utf-8"))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    of = {"_": 0, "Message": 1}
    said = [
        call.args[of[call.func.id]]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in of
    ]
    return {each.value for each in said if isinstance(each, ast.Constant)}


def test_every_fault_reads_in_chinese_with_its_place(app: Flask) -> None:
    with app.test_request_context():
        told = {content: say(fault_of(content)) for content in FAULTS}
        told_of_files = {content: say(fault_of(content, of_files=True)) for content in OF_FILES}
    assert told == FAULTS
    assert told_of_files == OF_FILES


def test_none_was_forgotten() -> None:
    every = set.union(*(sentences(fault_of(content)) for content in FAULTS))
    every |= set.union(*(sentences(fault_of(content, of_files=True)) for content in OF_FILES))
    known = set.union(
        *map(written, ("domain/reading.py", "domain/policy_faults.py", "gateway/notation.py")),
        written("gateway/__init__.py"),
    )
    assert known - every == set()


def test_the_command_line_stays_english() -> None:
    fault = fault_of(text("{id: AGE, min: '16'}"))
    assert str(fault) == (
        "version 1, clause 1 (AGE), “min”: a whole number is expected here, not '16'"
    )


def test_the_desk_shows_the_fault_in_the_language_of_the_page(desk: Desk) -> None:
    client = desk.client()
    content = {"text": text("{id: LUCK}")}
    answer = client.post("/staff/policies", data=content)
    assert answer.status_code == 422
    assert "文件没有收下。第 1 版，第 1 条：没有 &#39;LUCK&#39; 这种条件" in answer.text
    client.get("/staff/policies?lang=en")
    shown = client.post("/staff/policies", data=content).text
    assert "It was not taken. version 1, clause 1: there is no clause &#39;LUCK&#39;" in shown
