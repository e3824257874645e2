"""The closed catalogue of columns a list can have, as the county rosters (花名册) name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.roster.domain.filters import Text
from lms.roster.domain.kinds import ExportKind


class Shape(StrEnum):
    """What the cells of a column are, and so how they may be written."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    HOURS = "hours"
    MONEY = "money"
    WHOLE = "whole"
    PLACE = "place"
    IDENTITY = "identity"


class Secret(StrEnum):
    """What is hidden from whoever was not allowed to see it whole."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    ACCOUNT = "account"
    ADDRESS = "address"


# The cells of these are texts in every file.
WRITTEN = frozenset({Shape.TEXT, Shape.PLACE, Shape.IDENTITY})
# How the cells of a shape may be written; the first is the usual one.
FORMS: Mapping[Shape, tuple[str, ...]] = {
    Shape.TEXT: ("",),
    Shape.DAY: ("YYYY-MM-DD", "YYYY年M月D日", "YYYY/MM/DD", "YYYYMMDD"),
    Shape.NUMBER: ("0.0",),
    Shape.HOURS: ("0.0", "0"),
    Shape.MONEY: ("0.00",),
    Shape.WHOLE: ("0",),
    Shape.PLACE: ("code_name", "name", "code"),
    Shape.IDENTITY: ("last_four", "six_and_four"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column there can be; ``always`` and ``may`` are the lists that have or may have it."""

    key: str
    title: Text
    shape: Shape
    width: int
    always: frozenset[ExportKind]
    may: frozenset[ExportKind]
    secret: Secret | None = None
    is_summed: bool = False

    def is_for(self, kind: ExportKind) -> bool:
        """Tell whether the list may have it."""
        return kind in self.always or kind in self.may


_LETTERS: Mapping[str, ExportKind] = {
    "M": ExportKind.COMPLETIONS,
    "D": ExportKind.BEHIND,
    "A": ExportKind.OPENING,
    "B": ExportKind.APPLICATION,
    "C": ExportKind.HOURS,
    "P": ExportKind.NOTICE,
}
_SECRETS: Mapping[str, Secret] = {
    "id_number": Secret.ID_NUMBER,
    "phone": Secret.PHONE,
    "account": Secret.ACCOUNT,
    "address": Secret.ADDRESS,
}
# What is added up below the rows.
_SUMMED = frozenset({"amount", "living"})
_T, _D, _N, _H = Shape.TEXT, Shape.DAY, Shape.NUMBER, Shape.HOURS
_Y, _W, _P, _I = Shape.MONEY, Shape.WHOLE, Shape.PLACE, Shape.IDENTITY

# Key, titles, shape, width, lists that always have it and lists that may; the order of the columns
# is that of the hand-over.
_ROWS: tuple[tuple[str, str, str, Shape, int, str, str], ...] = (
    ("seq", "序号", "No.", _W, 7, "MDABCP", ""),
    ("name", "姓名", "Name", _T, 14, "MDABCP", ""),
    ("sex", "性别", "Sex", _T, 7, "AB", ""),
    ("ethnicity", "民族", "Ethnicity", _T, 10, "", "A"),
    ("education", "文化程度", "Education", _T, 14, "A", ""),
    ("id_number", "身份证号码", "ID number", _I, 22, "ABCP", ""),
    ("birth_date", "出生日期", "Date of birth", _D, 13, "", "AB"),
    ("age", "年龄", "Age", _W, 7, "", "AB"),
    ("group", "人员类别", "Group", _T, 20, "ABP", ""),
    ("hukou_code", "户籍所在地", "Registered residence", _P, 18, "A", "B"),
    ("residence_code", "常住地", "Residence", _P, 22, "AP", "B"),
    ("address", "家庭地址", "Address", _T, 30, "A", ""),
    ("phone", "联系电话", "Phone", _T, 16, "MDAB", ""),
    ("county", "县（市、区）", "County", _T, 14, "MD", ""),
    ("town", "乡镇", "Town", _T, 14, "MD", ""),
    ("course", "课程名称", "Course", _T, 30, "MD", "A"),
    ("status", "学习结果", "Result", _T, 12, "M", ""),
    ("enrolled_on", "报名日期", "Enrolled on", _D, 13, "M", "DA"),
    ("completed_on", "结业日期", "Completed on", _D, 13, "M", ""),
    ("employer", "工作单位", "Employer", _T, 20, "A", "B"),
    ("work_status", "就业状态", "Work status", _T, 12, "B", "A"),
    ("insured", "是否参保", "Insured", _T, 10, "B", "A"),
    ("cert_of_status_no", "就业创业证号", "Employment certificate no.", _T, 20, "", "AB"),
    ("student_no", "学籍号", "Student no.", _T, 20, "", "AB"),
    ("class_name", "班期名称", "Class", _T, 30, "ABCP", "MD"),
    ("filing_no", "开班备案号", "Filing no.", _T, 18, "ABCP", ""),
    ("institution", "培训机构名称", "Training institution", _T, 26, "ABCP", ""),
    ("uscc", "统一社会信用代码", "Credit code", _T, 22, "ABCP", ""),
    ("work_type", "职业(工种)", "Occupation (work type)", _T, 26, "ABCP", ""),
    ("occupation_code", "职业编码", "Occupation code", _T, 14, "ABCP", ""),
    ("level", "培训等级", "Level", _T, 14, "ABP", ""),
    ("prior_level", "原技术等级", "Level held before", _T, 14, "ABP", ""),
    ("start", "开班时间", "First day", _D, 13, "ABCP", ""),
    ("end", "结课时间", "Last day", _D, 13, "ABCP", ""),
    ("hours_total", "总课时", "Hours in all", _H, 10, "ABC", ""),
    ("theory", "理论课时", "Theory hours", _H, 10, "ABC", ""),
    ("practice", "实训课时", "Practice hours", _H, 10, "ABC", ""),
    ("hours_online_verified", "线上核验学时", "Verified hours", _H, 14, "MDBC", ""),
    ("offline", "线下学时", "Hours in person", _H, 12, "BC", ""),
    ("attendance_pct", "出勤率", "Attendance (%)", _N, 10, "BC", ""),
    ("final", "结业测验成绩", "Final test (%)", _N, 14, "M", ""),
    ("score_theory", "结业考核成绩(理论)", "Exam, theory", _N, 18, "BC", ""),
    ("score_practice", "结业考核成绩(实操)", "Exam, practice", _N, 18, "BC", ""),
    ("passed", "是否合格", "Passed", _T, 10, "BC", ""),
    ("cert_type", "证书类型", "Certificate type", _T, 22, "B", "AP"),
    ("cert_no", "证书编号", "Certificate no.", _T, 24, "B", "AP"),
    ("cert_date", "发证日期", "Issued on", _D, 13, "B", "AP"),
    ("cert_issuer", "发证机构", "Issued by", _T, 24, "B", "AP"),
    ("duplicate", "是否重复享受", "Paid before", _T, 14, "B", ""),
    ("n_year", "本年度已享受次数", "Times this year", _W, 18, "B", ""),
    ("n_total", "累计次数", "Times in all", _W, 10, "B", ""),
    ("subsidy_kind", "补贴类型", "Subsidy", _T, 14, "BP", ""),
    ("subsidy_rate", "补贴标准", "Rate (yuan)", _Y, 12, "BP", ""),
    ("amount", "补贴金额(元)", "Amount (yuan)", _Y, 14, "BP", ""),
    ("living", "生活费补贴(元)", "Living allowance (yuan)", _Y, 16, "BP", ""),
    ("payee_kind", "支付对象", "Paid to", _T, 12, "B", ""),
    ("payee", "收款人", "Payee", _T, 14, "B", ""),
    ("bank", "开户银行", "Bank", _T, 28, "B", ""),
    ("account", "银行账号", "Account", _T, 24, "B", ""),
    ("voucher_no", "培训券号码", "Voucher no.", _T, 20, "", "B"),
    ("review", "审核意见", "Review", _T, 20, "B", "A"),
    ("pay_state", "支付状态", "Payment", _T, 14, "B", "A"),
    ("study_day", "学习日期", "Day", _D, 13, "C", ""),
    ("study_course", "课程名称", "Course", _T, 30, "C", ""),
    ("began", "开始", "From", _T, 10, "C", ""),
    ("ended", "结束", "To", _T, 10, "C", ""),
    ("minutes", "有效时长(分)", "Counted minutes", _W, 14, "C", ""),
    ("hours", "折算学时", "Credit hours", _H, 10, "C", ""),
    ("checks", "核验次数/通过", "Checks / passed", _T, 14, "C", ""),
    ("quiz_score", "测验成绩", "Quiz", _N, 10, "C", ""),
    ("device", "终端/IP", "Device / IP", _T, 22, "C", ""),
    ("lacking", "还差什么", "Still missing", _T, 40, "MD", ""),
    ("last_studied", "最近学习日期", "Last studied", _D, 14, "D", ""),
    ("record", "记录编号", "Record", _T, 14, "MDC", "B"),
    ("note", "备注", "Note", _T, 20, "DBC", "A"),
)


def _kinds(letters: str) -> frozenset[ExportKind]:
    return frozenset(_LETTERS[letter] for letter in letters)


FIELDS: Mapping[str, Field] = {
    key: Field(
        *(key, {"zh": zh, "en": en}, shape, width, _kinds(always), _kinds(may)),
        secret=_SECRETS.get(key),
        is_summed=key in _SUMMED,
    )
    for key, zh, en, shape, width, always, may in _ROWS
}


def fields_of(kind: ExportKind) -> tuple[Field, ...]:
    """Return what a list may have, in the order of the hand-over."""
    return tuple(field for field in FIELDS.values() if field.is_for(kind))
