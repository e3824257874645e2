"""A shop: a course that costs money, somebody who wants it, and a Stripe that tells the site."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from lms.accounts.models import Person
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.payments.models import CourseOrder
from lms.settings import Settings, StripeSettings
from tests.factories.accounts import make_person, sign_in
from tests.factories.catalog import MadeCourse, make_course
from tests.factories.orders import PRICE
from tests.support.site import Client, LiveSite
from tests.support.stripe_till import KEY, SECRET, RunningTill

OTHER_SECRET = "whsec_the_one_before_it"


def with_till(settings: Settings, till: RunningTill) -> Settings:
    """Return the settings of a site whose Stripe is the till."""
    account = StripeSettings(
        secret_key=KEY,
        webhook_secrets=(OTHER_SECRET, SECRET),
        methods=("card", "alipay", "wechat_pay"),
        api_base=till.url,
    )
    return replace(settings, stripe=account)


@dataclass
class Shop:
    """The learner's browser without a screen, the course and the till."""

    site: LiveSite
    till: RunningTill
    course: MadeCourse
    person: Person
    client: Client

    @property
    def database(self) -> Database:
        return self.site.database

    @property
    def checkout(self) -> str:
        return f"/courses/{self.course.course.slug}/checkout"

    def order_it(self, client: Client | None = None, **form: str) -> str:
        """Order the course; return the address of the order's page."""
        answer = (client or self.client).post(self.checkout, data=form)
        assert answer.status_code == 302, answer.text
        return answer.location

    def order(self) -> CourseOrder:
        """Return the person's newest order."""
        with self.database.snapshot() as session:
            own = select(CourseOrder).where(CourseOrder.person_id == self.person.id)
            return session.scalars(own.order_by(CourseOrder.id.desc())).first()

    def pay(self, method: str = "card") -> str:
        """Pay the newest order at the till; return what the till calls the payment."""
        session_id = self.order().page_ref
        paid = self.till.till.pay(session_id, method)
        self.told()
        return paid["payment_intent"]

    def told(self) -> None:
        """Wait until the till has nothing more to tell."""
        assert self.till.till.wait_until_quiet()

    def seats(self) -> list[str]:
        with self.database.snapshot() as session:
            own = select(Enrollment.status).where(Enrollment.person_id == self.person.id)
            return list(session.scalars(own.order_by(Enrollment.id)))


def open_shop(site: LiveSite, till: RunningTill) -> Shop:
    """Open the shop: the till tells the site, the site's pages lead back to it."""
    settings = site.app.extensions["lms_settings"]
    site.app.extensions["lms_settings"] = replace(settings, base_url=site.url)
    till.till.deliver_to(f"{site.url}/webhooks/stripe")
    with site.database.transaction() as session:
        course = make_course(session, price_fen=PRICE)
        person = make_person(session)
    client: Client = site.app.test_client()
    sign_in(client, person)
    return Shop(site, till, course, person, client)
