"""The page a payer sees and the control page, and the command that serves them."""

from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from lms.app import create_app
from lms.demo import cli
from lms.settings import StripeSettings


class Visitor:
    """A browser without a screen; it does not follow where it is sent."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, /, **form: str) -> tuple[int, str, str | None]:
        """Return status, page and where it is sent."""
        line = HTTPConnection("127.0.0.1", self.port)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, urlencode(form), headers)
        answer = line.getresponse()
        found = answer.status, answer.read().decode(), answer.headers.get("Location")
        line.close()
        return found

    def page(self, path: str) -> str:
        status, text, _ = self.ask("GET", path)
        assert status == 200
        return text

    def post(self, path: str, /, **form: str) -> str | None:
        status, _, where = self.ask("POST", path, **form)
        assert status == 303
        return where


@pytest.fixture
def visitor(running_till) -> Visitor:
    """Somebody who looks at the till's pages."""
    return Visitor(running_till.server.port)


@pytest.fixture
def session_id(shop, order) -> str:
    """An open session of 80 yuan."""
    return shop.v1.checkout.sessions.create(order).id


def test_the_payer_sees_what_is_to_be_paid_and_that_it_is_a_demonstration(visitor, session_id):
    shown = visitor.page(f"/pay/{session_id}")
    assert "演示用，不会真的扣钱" in shown
    assert "For demonstration, no money moves" in shown
    assert "¥80.00" in shown
    assert "直播带货入门" in shown
    for method in ("card", "alipay", "wechat_pay"):
        assert f'name="method" value="{method}"' in shown


def test_a_name_with_signs_stays_text(visitor, shop, order):
    name = "<script>alert(1)</script>"
    order["line_items"][0]["price_data"]["product_data"]["name"] = name
    session = shop.v1.checkout.sessions.create(order)
    for path in (f"/pay/{session.id}", "/"):
        assert name not in visitor.page(path)
        assert "&lt;script&gt;" in visitor.page(path)


def test_paying_leads_to_the_shop(visitor, running_till, shop, session_id):
    where = visitor.post(f"/pay/{session_id}", method="alipay", act="pay")
    assert where == f"http://127.0.0.1:9/paid?session={session_id}"
    session = shop.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
    assert session.payment_status == "paid"
    assert session.payment_intent.payment_method_types == ["alipay"]
    shown = visitor.page(f"/pay/{session_id}")
    assert "已经付款" in shown
    assert 'name="act"' not in shown


def test_a_decline_leads_back_and_the_session_can_be_paid(visitor, session_id, shop):
    where = visitor.post(f"/pay/{session_id}", method="card", act="decline")
    assert where == "http://127.0.0.1:9/back"
    assert shop.v1.checkout.sessions.retrieve(session_id).status == "open"
    assert "paid?session" in str(visitor.post(f"/pay/{session_id}", method="card", act="pay"))


def test_a_bank_that_answers_later_leads_to_the_shop_unpaid(visitor, session_id, shop):
    where = visitor.post(f"/pay/{session_id}", method="wechat_pay", act="later")
    assert where == f"http://127.0.0.1:9/paid?session={session_id}"
    session = shop.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert "等待银行答复" in visitor.page(f"/pay/{session_id}")


def test_what_cannot_be_paid_any_more_is_said(visitor, running_till, session_id):
    running_till.till.expire(session_id)
    assert "已过期" in visitor.page(f"/pay/{session_id}")
    assert visitor.post(f"/pay/{session_id}", act="pay") == f"/pay/{session_id}"
    assert visitor.ask("GET", "/pay/cs_test_none")[0] == 404
    assert visitor.ask("POST", "/pay/cs_test_none", act="pay")[0] == 404


def test_a_method_the_session_does_not_take_is_refused(visitor, shop, session_id):
    assert visitor.ask("POST", f"/pay/{session_id}", method="cash")[0] == 400
    assert shop.v1.checkout.sessions.retrieve(session_id).status == "open"


def test_the_control_page_plays_bank_and_payer(visitor, running_till, session_id):
    till = running_till.till
    assert f"/pay/{session_id}" in visitor.page("/")
    intent = till.delay(session_id)["payment_intent"]
    assert visitor.post(f"/control/settle/{session_id}") == "/"
    visitor.post(f"/control/refund/{intent}", amount="12.50")
    (made,) = (each["data"]["object"] for each in till.events("refund.created"))
    assert made["amount"] == 1_250
    visitor.post(f"/control/fail-refund/{made['id']}")
    visitor.post(f"/control/dispute/{intent}")
    (dispute,) = (each["data"]["object"] for each in till.events("charge.dispute.created"))
    assert f"/control/win/{dispute['id']}" in visitor.page("/")
    visitor.post(f"/control/review/{dispute['id']}")
    visitor.post(f"/control/win/{dispute['id']}")
    (closed,) = (each["data"]["object"] for each in till.events("charge.dispute.closed"))
    assert closed["status"] == "won"
    visitor.post(f"/control/refund/{intent}", amount="")
    assert till.events("refund.created")[-1]["data"]["object"]["amount"] == 8_000


@pytest.mark.parametrize("typed", ["0", "-1", "1.005", "abc", "nan", "90"])
def test_an_amount_that_cannot_be_refunded_is_said(visitor, running_till, session_id, typed):
    intent = running_till.till.pay(session_id)["payment_intent"]
    status, shown, _ = visitor.ask("POST", f"/control/refund/{intent}", amount=typed)
    assert status == 400
    assert 'role="alert"' in shown
    assert running_till.till.events("refund.created") == []


def test_an_act_out_of_season_is_said(visitor, session_id):
    status, shown, _ = visitor.ask("POST", f"/control/settle/{session_id}")
    assert status == 400
    assert "waits for the bank" in shown
    assert visitor.ask("POST", f"/control/steal/{session_id}")[0] == 404


def test_the_control_page_shows_events_and_sends_them_again(
    visitor, running_till, listener, session_id
):
    visitor.post(f"/control/expire/{session_id}")
    listener.wait_for(1)
    assert running_till.till.wait_until_quiet()
    (event,) = running_till.till.events()
    shown = visitor.page("/")
    assert "checkout.session.expired" in shown
    assert "delivered" in shown
    visitor.post(f"/control/resend/{event['id']}")
    assert [each.event().id for each in listener.wait_for(2)] == [event["id"]] * 2
    assert running_till.till.delivery(event["id"])["attempts"] == 2


def test_the_control_page_changes_how_events_are_delivered(
    visitor, running_till, listener, session_id
):
    policy = running_till.till.policy
    visitor.post("/control/delivery", copies="2", delay="0", hold="on", pending="on")
    assert (policy.copies, policy.is_holding) == (2, True)
    assert running_till.till.faults.refunds_begin == "pending"
    visitor.post(f"/control/expire/{session_id}")
    assert listener.heard == []
    visitor.post("/control/release", order="shuffled")
    assert len(listener.wait_for(2)) == 2
    visitor.post("/control/delivery", copies="1", delay="0", drop="on")
    assert policy.drops("refund.created")
    assert policy.is_holding is False
    assert visitor.ask("POST", "/control/delivery", copies="9", delay="0")[0] == 400


def test_every_answer_keeps_scripts_out(visitor, session_id):
    line = HTTPConnection("127.0.0.1", visitor.port)
    line.request("GET", f"/pay/{session_id}")
    policy = line.getresponse().headers["Content-Security-Policy"]
    line.close()
    assert "default-src 'none'" in policy
    assert "style" in visitor.page("/static/css/stripe.css") or visitor.page(
        "/static/css/tokens.css"
    )


@pytest.fixture
def engine() -> str:
    """The command asks nothing of the database."""
    return "sqlite"


@pytest.fixture
def served(monkeypatch) -> list[object]:
    """What the command would serve, instead of serving it."""
    calls: list[object] = []
    monkeypatch.setattr(cli, "serve", lambda till, host, port: calls.append((till, host, port)))
    return calls


def with_account(settings):
    account = StripeSettings("sk_test_12345678", ("whsec_first_of_two", "whsec_b"), ("card",))
    return replace(settings, stripe=account)


def test_the_command_serves_on_loopback_and_tells_the_site(settings, database, queue, served):
    app = create_app(with_account(settings), database=database, queue=queue)
    done = app.test_cli_runner().invoke(args=["demo", "stripe"])
    assert done.exit_code == 0, done.output
    ((till, host, port),) = served
    assert (host, port) == ("127.0.0.1", 8421)
    assert till.courier.url == f"{settings.base_url}/webhooks/stripe"
    assert till.courier.secret == "whsec_first_of_two"
    with till.books.change():
        assert not (settings.data_dir / "stripe.json").exists()
    assert (settings.data_dir / "stripe.json").exists()


def test_without_an_account_the_command_says_what_to_set(app, served):
    done = app.test_cli_runner().invoke(args=["demo", "stripe"])
    assert done.exit_code == 1
    assert "LMS_STRIPE_SECRET_KEY" in done.output
    assert served == []


def test_the_command_is_refused_in_production(settings, database, queue, served):
    production = replace(with_account(settings), production=True, base_url="https://example.test")
    app = create_app(production, database=database, queue=queue)
    done = app.test_cli_runner().invoke(args=["demo", "stripe"])
    assert done.exit_code == 1
    assert "not served in production" in done.output
    assert served == []
