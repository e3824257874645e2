"""A printed notice of any number of rows, and public lists as a county publishes them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import SignIn
from lms.core.access import Actor
from lms.db.session import now
from lms.subsidy import service
from lms.subsidy.domain.check_codes import check_code
from lms.subsidy.domain.notice_rows import NewNotice
from lms.subsidy.domain.notices import NewObjection
from lms.subsidy.domain.workdays import Calendars, WorkCalendar
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.notice_pdf import Column, NoticeSheet
from lms.subsidy.models import NoticeObjection, PublicNotice
from tests.factories.accounts import COUNTY
from tests.factories.claims import make_claimant, make_passed

OFFICE = "常山县人力资源和社会保障局 0570-5010000"
_NAMES = ("林*芳", "欧阳*华", "张*", "买*·*", "申屠*明", "J* S*", "王*丽")
_ADDRESS = "https://xiangbo.example/notices/330822-2026-06"
_SHEET = NoticeSheet(
    language="zh",
    heading="职业培训补贴公示",
    place="常山县 · 2026 年 6 月",
    period_line="公示期 2026-07-02 至 2026-07-08",
    paragraphs=(
        "下列人员申请职业培训补贴，经审核符合条件，现予公示。",
        "对名单有异议的，请在公示期内向受理单位反映，并留下姓名和联系方式。",
    ),
    facts=(
        ("公示期", "2026-07-02 至 2026-07-08，共 5 个工作日"),
        ("受理单位", "常山县人力资源和社会保障局"),
        ("电话", "0570-5010000，也可拨 12333"),
    ),
    columns=(
        Column("序号", is_number=True),
        Column("姓名"),
        Column("身份证号码"),
        Column("人员类别"),
        Column("职业（工种）、等级", share=16),
        Column("培训机构", share=13),
        Column("金额（元）", is_number=True),
    ),
    rows=(),
    totals=(),
    seal_line="公示单位（盖章）",
    code_label="核对码",
    code="",
    scan_line="扫码看网上的名单",
    compare_line="网上的名单：",
    check_address="xiangbo.example/notices/330822-2026-06",
    qr_address=_ADDRESS,
    page_line="第 {page} 页，共 {pages} 页",
    made_line="2026-07-01 生成",
    made_at=datetime(2026, 7, 1, 9, 30, tzinfo=UTC),
)


def make_notice(rows: int, /, **changes: object) -> NoticeSheet:
    """Return a notice with so many rows."""
    listed = tuple(
        (
            str(number),
            _NAMES[number % len(_NAMES)],
            f"**************{number % 1000:03d}{'X' if number % 11 == 0 else number % 10}",
            "符合条件人员",
            ("互联网营销师（直播销售员）五级", "电子商务师（网商）五级")[number % 2],
            ("常山县乡播职业培训学校", "衢州市柯城区村播学院")[number % 3 == 0],
            ("600.00", "1,200.00")[number % 5 == 0],
        )
        for number in range(1, rows + 1)
    )
    made = replace(
        _SHEET,
        rows=listed,
        totals=(("人数", f"{rows} 人"), ("金额合计", f"{rows * 720:,}.00 元")),
        code=check_code(repr(listed)),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field


def plain_calendars(*years: int) -> Calendars:
    """Return years without a holiday, so that a list may be published on whatever day it is."""
    return Calendars.of(
        WorkCalendar(year, f"{year} 年，没有节假日", date(year, 1, 1), (), ())
        for year in years or range(2025, 2099)
    )


def grounds(keys: Keys, calendars: Calendars | None = None) -> service.Grounds:
    """Return what publishing goes by."""
    return service.Grounds(shelf(), calendars or plain_calendars(), keys)


def confirm(session: Session, actor: Actor, at: datetime | None = None) -> None:
    """Let somebody have proved anew who they are."""
    session.get_one(SignIn, actor.sign_in_id).confirmed_at = at or now(session)
    session.flush()


def make_published(
    session: Session, publisher: Actor, keys: Keys, *, at: datetime | None = None, **values: Any
) -> service.Published:
    """Publish what waits in the county, today or at another moment, and say what was left out."""
    when = at or now(session)
    confirm(session, publisher, when)
    wanted = NewNotice(**{"county_code": COUNTY, "contact": OFFICE, **values})
    shown = service.plan(session, publisher, wanted).digest
    return service.publish(
        session, publisher, replace(wanted, shown=shown), grounds=grounds(keys), now=when
    )


def make_listed(session: Session, publisher: Actor, keys: Keys, **values: Any) -> PublicNotice:
    """Publish what waits in the county."""
    return make_published(session, publisher, keys, **values).notice


def make_waiting(
    session: Session, keys: Keys, two: tuple[Actor, Actor], count: int = 1
) -> list[int]:
    """Bring claims of as many people to where they wait for a list."""
    people = [make_claimant(session, keys) for _ in range(count)]
    return [make_passed(session, each, *two).id for each in people]


def object_(
    session: Session, number: str, keys: Keys, *, at: datetime | None = None, **values: Any
) -> NoticeObjection:
    """Object to the first row of a list, or as the values say."""
    new = NewObjection(
        **{"place": 1, "words": "他开着店，没有失业。", "contact": "13900002222", **values}
    )
    return service.object_to(session, number, new, shelf=shelf(), keys=keys, now=at or now(session))
