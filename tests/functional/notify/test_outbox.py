"""/outbox: the messages of a development site, and of no other."""

from dataclasses import replace

from lms.app import create_app


def test_the_last_message_is_read_there(client):
    client.post("/sign-in", data={"phone": "13857005678"})
    page = client.get("/outbox").text
    assert "【乡播学堂】验证码" in page
    assert "13857005678" in page


def test_only_the_last_fifty_are_shown(client):
    for number in range(3):
        client.post("/sign-in", data={"phone": f"1385700567{number}"})
    page = client.get("/outbox").text
    assert page.index("13857005672") < page.index("13857005670")


def test_an_empty_outbox_says_so(client):
    assert "还没有短信" in client.get("/outbox").text


def test_in_production_there_is_no_such_page(settings, database, queue):
    production = create_app(replace(settings, production=True), database=database, queue=queue)
    assert production.test_client().get("/outbox").status_code == 404
