"""The meter on its own page, at home and on the course page, as learner, visitor and stranger."""

import re

import pytest

from lms.db.session import Database
from lms.subsidy.domain.dated import FactKey
from tests.factories.accounts import make_person, sign_in
from tests.factories.assessment import make_graded_attempt
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_enrollment
from tests.factories.subsidy import Subsidised, make_fact, make_known, make_watched
from tests.support.site import Client
from tests.support.statements import assert_cheap


def listed(page: str, title: str) -> str:
    """Return the section under a heading, as text."""
    section = page.split(f">{title}</h2>")[1].split("</section>", maxsplit=1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section))


def test_the_page_says_what_is_missing_what_is_not_asked_and_what_is_met(
    learner: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A02/text", minutes=18)
    page = learner.get("/me/subsidy").text
    assert "还差 3 项，</span><span" in page
    assert "11 项在核对" in page
    assert "还差 23.6 学时，已有 0.4 学时。" in listed(page, "还没满足")
    assert "拿到技能证书" in listed(page, "在核对、还没问到")
    assert "工作人员核对过。" in listed(page, "已经满足")
    assert "600<small> 元</small>" in page
    assert "本站帮您核对条件。发不发，由县人社局审定。" in page
    assert "拿到证书后 12 个月内" in page


def test_what_nobody_asked_is_never_said_to_be_missing(learner: Client) -> None:
    missing = listed(learner.get("/me/subsidy").text, "还没满足")
    assert all(word not in missing for word in ("人员类别", "户籍", "养老金", "证书", "账户"))


def test_where_learning_on_helps_there_is_a_button_to_it(learner: Client, own: Subsidised) -> None:
    page = learner.get("/me/subsidy").text
    address = f'href="/learn/{own.course.course.slug}"'
    # Units, lessons and test, of both programmes two of them, and the main one.
    assert page.count(address) == 3 + 2 + 1


def test_the_real_programme_comes_first_and_the_demonstration_says_what_it_is(
    learner: Client,
) -> None:
    page = learner.get("/me/subsidy").text
    assert page.index("直播销售员 五级") < page.index("演示 · 乡播入门")
    assert "演示不发钱" in page
    assert page.count('class="num money"') == 1


def test_who_watches_and_passes_is_told_the_conditions_are_met(
    learner: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5)
        make_graded_attempt(session, own.enrollment, own.course, "A01/quiz", percent=80)
    assert "符合本平台核对条件" in learner.get("/me/subsidy").text
    assert "符合本平台核对条件" in learner.get("/").text


def test_home_and_course_page_show_the_meter_in_short(learner: Client, own: Subsidised) -> None:
    for address in ("/", f"/courses/{own.course.course.slug}"):
        page = learner.get(address).text
        assert "600 元" in page
        said = page.replace("\xa0", " ")
        assert "18 项条件：满足 4 项，在核对 11 项，还差 3 项" in said
        assert "拿到证书后 12 个月内申请。" in page
        assert 'href="/me/subsidy"' in page


def test_the_course_page_names_what_is_met_being_checked_and_missing(
    learner: Client, own: Subsidised
) -> None:
    page = learner.get(f"/courses/{own.course.course.slug}").text
    section = page.split(">培训补贴</h2>")[1].split("</section>", maxsplit=1)[0]
    words = re.sub(r"<[^>]+>", "", section)
    assert "已经满足本人实名、年龄、课程在县里的目录里、学习记录没有疑问" in words
    assert "在核对、还没问到同意上报资料、人员类别、户籍或常住、不是在编人员、还有 7 项" in words
    assert "还没满足学满 24 学时、学完 80% 的课、测验 60 分" in words
    assert "拿到证书后 12 个月内申请。能不能发，由县人社局决定。" in words
    assert "18 项条件一条条看" in words


def test_who_has_not_joined_yet_sees_what_the_course_may_lead_to(
    client: Client, own: Subsidised
) -> None:
    page = client.get(f"/courses/{own.course.course.slug}").text
    assert "能申请补贴" in page
    assert "600 元" in page
    assert "报名后，本站帮您一条条核对 18 项条件。" in page
    assert "能不能发，由县人社局决定。" in page


def test_a_course_without_a_programme_promises_nothing(client: Client, database: Database) -> None:
    with database.transaction() as session:
        slug = make_course(session).course.slug
    assert "补贴" not in client.get(f"/courses/{slug}").text.split("<footer")[0]


def test_english_pages_say_it_in_english(learner: Client) -> None:
    page = learner.get("/me/subsidy?lang=en").text
    assert "3 to go," in page
    assert "Whether it is paid, the county bureau decides." in page
    assert "Nobody asked you about this yet." in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_no_sentence_left_with_a_gap(learner: Client, lang: str) -> None:
    assert not re.search(r"%\(|%%", learner.get(f"/me/subsidy?lang={lang}").text)


def test_without_a_course_the_page_leads_to_the_menu(client: Client, database: Database) -> None:
    with database.transaction() as session:
        person = make_person(session)
    sign_in(client, person)
    page = client.get("/me/subsidy")
    assert page.status_code == 200
    assert "还没有要核对的补贴" in page.text
    assert 'href="/courses"' in page.text


def test_a_course_that_leads_to_no_subsidy_shows_none(client: Client, database: Database) -> None:
    with database.transaction() as session:
        enrollment = make_enrollment(session)
        person = make_person(session)
        enrollment_of = make_enrollment(session, person=person)
    assert enrollment.id != enrollment_of.id
    sign_in(client, person)
    assert "培训补贴" not in client.get("/").text


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get("/me/subsidy")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_stranger_sees_nothing_of_another_learner(
    client: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    assert "600" not in client.get("/me/subsidy").text
    assert client.get("/api/v1/me/eligibility").json == {"items": [], "next": None}


@pytest.mark.parametrize("address", ["/", "/me/subsidy", "/courses/{slug}"])
def test_the_pages_ask_the_database_little(
    learner: Client, own: Subsidised, database: Database, address: str
) -> None:
    assert_cheap(learner, database, address.format(slug=own.course.course.slug))


def test_every_group_and_tie_a_learner_may_have_has_its_words(
    learner: Client, own: Subsidised, database: Database
) -> None:
    with database.transaction() as session:
        make_known(session, own.person)
        make_fact(session, own.person, FactKey.GROUPS, ["rural_transfer"])
        make_fact(session, own.person, FactKey.TIES, [{"kind": "hukou", "code": "330822"}])
    met = listed(learner.get("/me/subsidy").text, "已经满足")
    assert "农村转移就业劳动者" in met
    assert "户籍在本地。" in met
