"""The SMS service over HTTP, against a small server on this machine."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lms.core.errors import GatewayError
from lms.notify.gateway import HttpSms


class Service(BaseHTTPRequestHandler):
    """Answers with the status the test asked for and keeps what it got."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.fixture
def service():
    server = HTTPServer(("127.0.0.1", 0), Service)
    server.got, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def gateway(service):
    return HttpSms(f"http://xiangbo:s3cr3t@127.0.0.1:{service.server_port}/send?app=1")


def test_a_message_is_posted_once_with_its_key_and_the_password_of_the_address(service):
    gateway(service).send(phone="13857005678", text="验证码 407215", key="m-1")
    ((path, headers, body),) = service.got
    assert path == "/send?app=1"
    assert body == {"id": "m-1", "phone": "13857005678", "text": "验证码 407215"}
    assert headers["Idempotency-Key"] == "m-1"
    expected = base64.b64encode(b"xiangbo:s3cr3t").decode()
    assert headers["Authorization"] == f"Basic {expected}"


@pytest.mark.parametrize(("status", "again"), [(500, True), (503, True), (429, True), (400, False)])
def test_a_refusal_says_whether_to_try_again_and_no_secret(service, status, again):
    service.status = status
    with pytest.raises(GatewayError) as caught:
        gateway(service).send(phone="13857005678", text="验证码 407215", key="m-1")
    assert caught.value.retryable is again
    said = repr(caught.value) + repr(caught.value.message)
    assert not any(secret in said for secret in ("s3cr3t", "407215", "13857005678"))


def test_a_redirect_is_not_followed(service):
    service.status = 302
    with pytest.raises(GatewayError):
        gateway(service).send(phone="13857005678", text="x", key="m-1")
    assert len(service.got) == 1


def test_a_service_that_is_down_is_tried_again():
    with pytest.raises(GatewayError) as caught:
        HttpSms("http://127.0.0.1:9/").send(phone="13857005678", text="x", key="m-1")
    assert caught.value.retryable


def test_only_http_addresses_are_taken():
    with pytest.raises(ValueError, match="http"):
        HttpSms("file:///etc/passwd")
