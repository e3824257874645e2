"""Reads who takes the money of people who pay on line."""

import re

from lms.settings.reader import Reader
from lms.settings.values import StripeSettings

_KEY = re.compile(r"(sk|rk)_(live|test)_[A-Za-z0-9_]{8,}")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{12,}")
_METHODS = ("card", "alipay", "wechat_pay")
_VARIABLES = ("LMS_STRIPE_SECRET_KEY", "LMS_STRIPE_WEBHOOK_SECRET")
# Beside a real account nothing of these words stands in a key.
_WEAK = ("demo", "example", "change")


def stripe(reader: Reader) -> StripeSettings | None:
    """Read the account at Stripe; nothing set means that people pay at the office alone.

    In production one that is set and empty is a mistake, not a choice.
    """
    names = [name for name in _VARIABLES if name in reader.environ]
    if reader.production:
        reader.faults += [f"{name} is set and empty" for name in names if not reader.environ[name]]
    key, secrets = (reader.environ.get(name, "") for name in _VARIABLES)
    if not key and not secrets:
        return None
    made = StripeSettings(
        secret_key=key,
        webhook_secrets=_listed(secrets),
        methods=_listed(reader.environ.get("LMS_STRIPE_METHODS") or "card,alipay,wechat_pay"),
        api_base=reader.environ.get("LMS_STRIPE_API_BASE") or None,
    )
    reader.faults += _faults(made, production=reader.production)
    return made


def _listed(value: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in value.split(","))))


def _faults(made: StripeSettings, *, production: bool) -> list[str]:
    faults = []
    if not _KEY.fullmatch(made.secret_key) or (production and _is_weak(made.secret_key)):
        faults.append("LMS_STRIPE_SECRET_KEY must be a secret key of the account (sk_live_…)")
    secrets = made.webhook_secrets
    if not secrets or any(not _SECRET.fullmatch(each) or _is_weak(each) for each in secrets):
        faults.append(
            "LMS_STRIPE_WEBHOOK_SECRET must be the signing secret of the webhook (whsec_…), "
            "several with commas between"
        )
    if not made.methods or set(made.methods) - set(_METHODS):
        faults.append(f"LMS_STRIPE_METHODS must be some of {', '.join(_METHODS)}")
    if production and made.api_base:
        faults.append("LMS_STRIPE_API_BASE is for tests and demonstrations, not for production")
    return faults


def _is_weak(value: str) -> bool:
    return any(word in value.lower() for word in _WEAK)
