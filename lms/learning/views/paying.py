"""Sends whoever wants what costs money to where it is paid."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import url_for

from lms.core.errors import PaymentRequired
from lms.web.access import settings


@contextmanager
def or_checkout(slug: str, training_class_id: int | None) -> Iterator[None]:
    """Let ``PaymentRequired`` know the address of the checkout of the course."""
    try:
        yield
    except PaymentRequired as refused:
        where: dict[str, Any] = {"slug": slug, "class": training_class_id}
        refused.checkout = settings().base_url + url_for("checkout.page", **where)
        raise
