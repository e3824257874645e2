"""What the county's lists ask about a person beyond name and number, and how it is read.

The closed sets are kept in the very words of the lists, as the standards have them (GB/T 3304 for
peoples), so that a list, what is typed and what is kept speak alike; English stands beside them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from lms.accounts.domain.people import is_seen
from lms.core.errors import Message

Words = Mapping[str, str]

EDUCATION: Words = {
    "小学及以下": "Primary school or less",
    "初中": "Lower secondary school",
    "高中(中专)": "Upper secondary or vocational school",
    "大专": "Junior college",
    "本科": "Bachelor’s degree",
    "研究生": "Postgraduate degree",
}
WORK_STATUS: Words = {
    "就业": "Employed",
    "失业": "Out of work",
    "创业": "Running a business of their own",
}
INSURED: Words = {"是": "Yes", "否": "No"}
PRIOR_LEVEL: Words = {
    "无": "None",
    "五级/初级工": "Level 5 (junior worker)",
    "四级/中级工": "Level 4 (intermediate worker)",
    "三级/高级工": "Level 3 (senior worker)",
    "二级/技师": "Level 2 (technician)",
    "一级/高级技师": "Level 1 (senior technician)",
}
_PEOPLES = (
    "汉 Han,蒙古 Mongol,回 Hui,藏 Zang,维吾尔 Uygur,苗 Miao,彝 Yi,壮 Zhuang,布依 Buyei,朝鲜 Chosen,"
    "满 Man,侗 Dong,瑶 Yao,白 Bai,土家 Tujia,哈尼 Hani,哈萨克 Kazak,傣 Dai,黎 Li,傈僳 Lisu,佤 Va,"
    "畲 She,高山 Gaoshan,拉祜 Lahu,水 Sui,东乡 Dongxiang,纳西 Naxi,景颇 Jingpo,柯尔克孜 Kirgiz,"
    "土 Tu,达斡尔 Daur,仫佬 Mulao,羌 Qiang,布朗 Blang,撒拉 Salar,毛南 Maonan,仡佬 Gelao,锡伯 Xibe,"
    "阿昌 Achang,普米 Pumi,塔吉克 Tajik,怒 Nu,乌孜别克 Uzbek,俄罗斯 Russ,鄂温克 Ewenki,德昂 Deang,"
    "保安 Bonan,裕固 Yugur,京 Gin,塔塔尔 Tatar,独龙 Derung,鄂伦春 Oroqen,赫哲 Hezhen,门巴 Monba,"
    "珞巴 Lhoba,基诺 Jino"
)
ETHNICITY: Words = {
    f"{chinese}族": latin for chinese, latin in (each.split() for each in _PEOPLES.split(","))
}
CHOICES: Mapping[str, Words] = {
    "education": EDUCATION,
    "ethnicity": ETHNICITY,
    "work_status": WORK_STATUS,
    "insured": INSURED,
    "prior_level": PRIOR_LEVEL,
}
TEXTS: Mapping[str, int] = {"address": 100, "employer": 100, "cert_of_status_no": 40}
# A place is a code and a name, which are given and kept together.
PLACES: Mapping[str, str] = {"hukou_code": "hukou_place", "residence_code": "residence_place"}
LONGEST_PLACE = 60
# What each is called in lists, in their order.
COLUMNS: Words = {
    "education": "文化程度",
    "ethnicity": "民族",
    "hukou_code": "户籍所在地",
    "residence_code": "常住地",
    "address": "家庭地址",
    "employer": "工作单位",
    "work_status": "就业状态",
    "insured": "是否参保",
    "cert_of_status_no": "就业创业证号",
    "prior_level": "原技术等级",
}
# A learner is asked all but the people they belong to: few lists demand that, and then the office
# enters it.
OWN = tuple(key for key in COLUMNS if key != "ethnicity")

# Under which names they are kept.
PARTS = tuple(part for key in COLUMNS for part in ((key, PLACES[key]) if key in PLACES else (key,)))

# How offices write the same.
_ALIKE = {
    "education": {
        **dict.fromkeys(("文盲", "小学"), "小学及以下"),
        **dict.fromkeys(("高中", "中专", "职高", "技校", "高中/中专"), "高中(中专)"),
        "专科": "大专",
        **dict.fromkeys(("大学", "大学本科"), "本科"),
        **dict.fromkeys(("硕士", "博士", "硕士研究生", "博士研究生"), "研究生"),
    },
    "ethnicity": {name.removesuffix("族"): name for name in ETHNICITY},
    "work_status": {"已就业": "就业", "未就业": "失业", "自主创业": "创业"},
    "insured": {"已参保": "是", "未参保": "否"},
    "prior_level": {part: name for name in PRIOR_LEVEL for part in name.split("/")},
}
_PLACE = re.compile(r"(?P<code>[0-9]*)\s*(?P<name>.*)", re.DOTALL)
_CODE_DIGITS = 6
_SOME = 6
_UNSEEN = Message("particular_unseen", "There are signs in it that no one can see.")
_CODE = Message(
    "particular_code",
    "A code has six digits; the name of the place may follow, as in %(example)s.",
    {"example": "330822 浙江省常山县"},
)


def parts_of(key: str) -> tuple[str, ...]:
    """Return under which names a particular is kept."""
    return (key, PLACES[key]) if key in PLACES else (key,)


def read_particular(key: str, text: str) -> dict[str, str | None] | Message:
    """Return what a text says, by the names it is kept under, or what is wrong with it.

    An empty text says nothing, and so does each part that is not there.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain:
        return dict.fromkeys(parts_of(key))
    if not is_seen(plain):
        return _UNSEEN
    if key in CHOICES:
        return _choice(key, plain)
    if key in PLACES:
        return _place(key, plain)
    return _too_long(plain, TEXTS[key]) or {key: plain}


def shown_place(code: str | None, name: str | None) -> str:
    """Return a place as lists have it: the code, then the name."""
    return " ".join(part for part in (code, name) if part)


def differing(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Sequence[str]:
    """Return which particulars are not as before, in the order of lists."""
    return [
        key
        for key in COLUMNS
        if any(part in after and before.get(part) != after[part] for part in parts_of(key))
    ]


def says_otherwise(standing: Mapping[str, str | None], said: Mapping[str, str]) -> bool:
    """Tell whether something is said of a particular that stands, and is not what stands."""
    return any(
        any(standing.get(part) for part in parts_of(key))
        and any(part in said and said[part] != standing.get(part) for part in parts_of(key))
        for key in COLUMNS
    )


def missing(standing: Mapping[str, str | None], said: Mapping[str, str]) -> dict[str, str]:
    """Return what is said of particulars of which nothing stands yet; a place is one of them."""
    empty = [key for key in COLUMNS if not any(standing.get(part) for part in parts_of(key))]
    return {part: said[part] for key in empty for part in parts_of(key) if part in said}


def _choice(key: str, plain: str) -> dict[str, str | None] | Message:
    word = unicodedata.normalize("NFKC", plain).replace(" ", "")
    word = _ALIKE[key].get(word, word)
    if word in CHOICES[key]:
        return {key: word}
    words = list(CHOICES[key])
    named = "、".join(words[:_SOME]) + ("…" if len(words) > _SOME else "")
    return Message("particular_word", "Please use one of these: %(words)s.", {"words": named})


def _place(key: str, plain: str) -> dict[str, str | None] | Message:
    found = _PLACE.fullmatch(plain)
    code, name = (found["code"], found["name"]) if found else ("", plain)
    if code and len(code) != _CODE_DIGITS:
        return _CODE
    return _too_long(name, LONGEST_PLACE) or {key: code or None, PLACES[key]: name or None}


def _too_long(text: str, longest: int) -> Message | None:
    if len(text) <= longest:
        return None
    return Message("particular_long", "At most %(max)s characters.", {"max": longest})
