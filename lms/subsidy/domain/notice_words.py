"""What a printed list says in either language: a worker that prints knows no reader."""

from collections.abc import Mapping
from typing import Any

Words = Mapping[str, str]

HEADING = {"zh": "职业培训补贴公示", "en": "Public notice of training subsidies"}
MONTH = {"zh": "%(year)s 年 %(month)s 月", "en": "%(year)s-%(month)s"}
PARAGRAPHS: tuple[Words, ...] = (
    {
        "zh": "下列人员申请职业培训补贴，经两人审核符合条件，现予公示。发不发，由县人社局审定。",
        "en": "These people ask for a training subsidy; two people found the conditions met. "
        "The county bureau decides whether it is paid.",
    },
    {
        "zh": "对名单有异议的，请在公示期内在网上提出，或向受理单位反映。",
        "en": "Whoever objects says so on the site, or to the office below, up to the last day.",
    },
)
PERIOD = {"zh": "公示期", "en": "Open to objections"}
DAYS = {"zh": "%(first)s 至 %(last)s，共 5 个工作日", "en": "%(first)s to %(last)s, 5 working days"}
SPAN = {"zh": "公示期 %(first)s 至 %(last)s", "en": "%(first)s to %(last)s"}
NUMBER = {"zh": "公示编号", "en": "Number"}
OFFICE = {"zh": "受理单位", "en": "Office"}
# Title, share of the width, whether it is a number.
COLUMNS: tuple[tuple[Words, int, bool], ...] = (
    ({"zh": "序号", "en": "No."}, 0, True),
    ({"zh": "姓名", "en": "Name"}, 0, False),
    ({"zh": "身份证号码", "en": "ID number"}, 0, False),
    ({"zh": "人员类别", "en": "Group"}, 8, False),
    ({"zh": "职业（工种）、等级", "en": "Occupation, level"}, 13, False),
    ({"zh": "培训机构、班期、地区", "en": "School, class, place"}, 17, False),
    ({"zh": "金额（元）", "en": "Yuan"}, 0, True),
)
ALONE = {"zh": "自学", "en": "studied alone"}
LOOKED_INTO = {"zh": "正在核实", "en": "being looked into"}
TAKEN_OFF = {"zh": "已撤下", "en": "taken off"}
PEOPLE = {"zh": "人数", "en": "People"}
SUM = {"zh": "金额合计", "en": "Sum"}
COUNT = {"zh": "%(count)s 人", "en": "%(count)s"}
YUAN = {"zh": "%(sum)s 元", "en": "%(sum)s yuan"}
SEAL = {"zh": "公示单位（盖章）", "en": "Office (seal)"}
CODE = {"zh": "核对码", "en": "Check code"}
SCAN = {"zh": "扫码看网上的名单", "en": "Scan for the list on the site"}
COMPARE = {"zh": "网上的名单：", "en": "The list on the site: "}
PAGE = {"zh": "第 {page} 页，共 {pages} 页", "en": "Page {page} of {pages}"}
MADE = {"zh": "%(day)s 发布", "en": "Published %(day)s"}
LEVELS: Mapping[int, Words] = {
    level: {"zh": f"{sign}级", "en": f"level {level}"}
    for level, sign in enumerate("一二三四五", start=1)
}
GROUPS: Mapping[str, Words] = {
    "eligible": {"zh": "符合条件人员", "en": "Meets the conditions"},
    "graduate_year": {"zh": "毕业年度高校毕业生", "en": "Graduate of the year"},
    "unschooled_leaver": {"zh": "未继续升学毕业生", "en": "School leaver"},
    "rural_transfer": {"zh": "农村转移就业劳动者", "en": "Rural worker in another trade"},
    "registered_unemployed": {"zh": "登记失业人员", "en": "Registered unemployed"},
    "enterprise_employee": {"zh": "企业职工", "en": "Employee"},
    "veteran": {"zh": "退役军人", "en": "Former soldier"},
}


def in_words(text: Words, language: str) -> str:
    """Return a text in the language, else in Chinese."""
    return text.get(language) or text["zh"]


def filled(text: Words, language: str, **values: object) -> str:
    """Return a text in the language, with what is put in."""
    return in_words(text, language) % values


def yuan(fen: int) -> str:
    """Return an amount as lists print it: ``1,200.00``."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def printed_row(place: int, shown: Mapping[str, Any], fen: int, language: str) -> tuple[str, ...]:
    """Return a row's words, one for each column."""
    level = in_words(LEVELS[shown["level"]], language)
    where = in_words(shown["county"], language) + (shown["town"] if language == "zh" else "")
    if language != "zh" and shown["town"]:
        where = f"{shown['town']}, {where}"
    school = in_words(shown["institution"], language)
    taught = shown["class"] or in_words(ALONE, language)
    trade = shown["work_type"] or in_words(shown["programme"], language)
    return (
        str(place),
        shown["name"],
        shown["number"],
        in_words(GROUPS[shown["group"]["code"]], language),
        f"{trade} {level}",
        " · ".join(each for each in (school, taught, where) if each),
        yuan(fen),
    )


def hidden_row(place: int, words: Words, language: str) -> tuple[str, ...]:
    """Return a row whose words hang out no more: its number, and why."""
    return (str(place), "", in_words(words, language), *("" for _ in range(4)))
