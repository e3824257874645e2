"""What codes are called in the cells of a list, in both languages; unknown ones stay codes."""

from collections.abc import Mapping
from typing import Any

from lms.roster.domain.filters import STATUS_WORDS, Text

_YES: Mapping[Any, Text] = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}

PASSED: Mapping[bool, Text] = {
    True: {"zh": "合格", "en": "passed"},
    False: {"zh": "不合格", "en": "not passed"},
}
# By column: the words of its codes.
WORDS: Mapping[str, Mapping[Any, Text]] = {
    "status": STATUS_WORDS,
    "sex": {"M": {"zh": "男", "en": "male"}, "F": {"zh": "女", "en": "female"}},
    "group": {
        "eligible": {"zh": "符合条件人员", "en": "meets the conditions"},
        "poverty_prevention": {"zh": "防止返贫监测对象", "en": "watched against poverty"},
        "graduate_year": {"zh": "毕业年度高校毕业生", "en": "graduate of the year"},
        "unschooled_leaver": {"zh": "城乡未继续升学的应届初高中毕业生", "en": "school leaver"},
        "rural_transfer": {"zh": "农村转移就业劳动者", "en": "rural worker in another trade"},
        "registered_unemployed": {"zh": "城镇登记失业人员", "en": "registered unemployed"},
        "hardship": {"zh": "就业困难人员", "en": "finds work with difficulty"},
        "enterprise_employee": {"zh": "企业职工", "en": "employee"},
        "veteran": {"zh": "退役军人", "en": "former soldier"},
    },
    "level": {
        5: {"zh": "五级/初级工", "en": "5 (beginner)"},
        4: {"zh": "四级/中级工", "en": "4 (intermediate)"},
        3: {"zh": "三级/高级工", "en": "3 (advanced)"},
        2: {"zh": "二级/技师", "en": "2 (technician)"},
        1: {"zh": "一级/高级技师", "en": "1 (senior technician)"},
    },
    "cert_type": {
        "skill_level": {"zh": "职业技能等级证书", "en": "skill level certificate"},
        "vocational_qualification": {"zh": "职业资格证书", "en": "vocational qualification"},
        "special_ability": {"zh": "专项职业能力证书", "en": "special ability certificate"},
        "training_pass": {"zh": "培训合格证书", "en": "training pass certificate"},
    },
    "duplicate": _YES,
    "insured": _YES,
    "subsidy_kind": {"training": {"zh": "职业培训补贴", "en": "training subsidy"}},
    "payee_kind": {"person": {"zh": "个人", "en": "person"}},
    "review": {
        "submitted": {"zh": "待审核", "en": "waits for the first look"},
        "first": {"zh": "初审通过", "en": "first look passed"},
        "second": {"zh": "复审通过", "en": "second look passed"},
        "returned": {"zh": "退回补正", "en": "returned"},
        "publicised": {"zh": "公示中", "en": "on the public list"},
        "objected": {"zh": "公示有异议", "en": "objected to"},
        "approved": {"zh": "审核通过", "en": "approved"},
        "rejected": {"zh": "审核不通过", "en": "rejected"},
    },
    "pay_state": {
        "none": {"zh": "未拨付", "en": "not paid"},
        "under_way": {"zh": "拨付中", "en": "being paid"},
        "part": {"zh": "部分拨付", "en": "paid in part"},
        "paid": {"zh": "已拨付", "en": "paid"},
        "bank_returned": {"zh": "银行退票", "en": "returned by the bank"},
        "clawed_back": {"zh": "追回", "en": "to be paid back"},
    },
}
