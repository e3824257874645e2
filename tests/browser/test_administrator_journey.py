"""An administrator finds who completed and who did not, and takes the list along as XLSX."""

import io

from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from tests.browser.conftest import enter
from tests.factories.accounts import make_county, make_person, make_staff
from tests.factories.catalog import both, lesson, make_course, reading
from tests.factories.enrollment import make_enrollment
from tests.support.browser import barriers
from tests.support.site import LiveSite


def fill_the_county(database: Database) -> tuple[Person, Person]:
    """Make two who completed, one who did not, one elsewhere; return clerk and stranger."""
    with database.transaction() as session:
        make_county(session, code="330822")
        make_county(session, code="330881", name_zh="江山市", name_en="Jiangshan")
        course = make_course(
            session,
            title=both("直播之星", "Live Star"),
            lessons=[lesson("A01", reading(minutes=45))],
        )
        for name, phone in (("林秀芳", "13857005678"), ("=cmd|A0", "13857005679")):
            person = make_person(session, name=name, phone=phone, town="招贤镇")
            make_enrollment(
                session,
                person=person,
                course=course,
                credited={"A01/text": 45 * 60_000},
                done=["A01/text"],
                status=EnrollmentStatus.COMPLETED,
                completed_at=utc_now(),
            )
        make_enrollment(session, person=make_person(session, name="还没学完"), course=course)
        foreign = make_person(session, name="外县的人", county_code="330881")
        make_enrollment(session, person=foreign, course=course)
        clerk = make_staff(
            session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330822"), name="周敏"
        )
    return clerk, foreign


def take_the_list(page: Page, site: LiveSite) -> bytes:
    """Order the export in the drawer and download it, once."""
    page.goto("/staff/completions")
    page.locator("[data-open='#exp']").click()
    dialog = page.locator("#exp")
    expect(dialog).to_be_visible()
    assert barriers(page) == []
    dialog.locator("[name=purpose]").fill("2026 年 5 月补贴申报")
    dialog.locator("button.main").click()
    site.run_jobs()
    page.goto("/staff/exports")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载").first.click()
    data = waiting.value.path().read_bytes()
    page.goto("/staff/exports")
    expect(page.get_by_role("link", name="下载")).to_have_count(0)
    return data


def test_filter_export_and_open_the_list_again(
    new_context: object, live_site: LiveSite, database: Database
) -> None:
    clerk, foreign = fill_the_county(database)
    desk: BrowserContext = new_context(viewport={"width": 1280, "height": 800})
    page = desk.new_page()
    enter(page, live_site, clerk, confirmed=True)
    page.goto("/staff/completions")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("138****5678")
    assert barriers(page) == []
    page.get_by_role("search").get_by_label("结果").select_option("active")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("还没学完")
    expect(page.locator("tbody")).to_contain_text("A01")
    assert page.goto(f"/staff/learners/{foreign.id}").status == 404

    data = take_the_list(page, live_site)
    sheet = load_workbook(io.BytesIO(data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    names = [value for row in rows for value in row if value in ("林秀芳", "=cmd|A0", "外县的人")]
    assert sorted(names) == ["=cmd|A0", "林秀芳"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert any(1 in row or 1.0 in row for row in rows), "one credit hour stands as a number"
