"""Who takes the money of people who pay on line, read from the environment."""

import pytest

from lms.settings import BadSettings, Settings

KEY, SECRET = "sk_test_0123456789", "whsec_0123456789abcdef"
ACCOUNT = {"LMS_STRIPE_SECRET_KEY": KEY, "LMS_STRIPE_WEBHOOK_SECRET": SECRET}


def read(tmp_path, **changes):
    return Settings.from_env({"LMS_DATA_DIR": str(tmp_path), **changes})


def faults(tmp_path, **changes):
    with pytest.raises(BadSettings) as raised:
        read(tmp_path, **changes)
    return [each for each in raised.value.faults if "STRIPE" in each]


def test_without_an_account_people_pay_at_the_office(tmp_path):
    assert read(tmp_path).stripe is None


def test_an_account_is_read_and_tells_no_secret(tmp_path):
    made = read(
        tmp_path,
        LMS_STRIPE_SECRET_KEY=KEY,
        LMS_STRIPE_WEBHOOK_SECRET=f"{SECRET}, whsec_theonebefore1",
        LMS_STRIPE_METHODS="card,alipay",
    ).stripe
    assert made is not None
    assert made.webhook_secrets == (SECRET, "whsec_theonebefore1")
    assert made.methods == ("card", "alipay")
    assert not made.is_live
    assert KEY not in repr(made)
    assert SECRET not in repr(made)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"LMS_STRIPE_WEBHOOK_SECRET": ""}, "LMS_STRIPE_WEBHOOK_SECRET must"),
        ({"LMS_STRIPE_SECRET_KEY": ""}, "LMS_STRIPE_SECRET_KEY must"),
        ({"LMS_STRIPE_SECRET_KEY": "pk_test_0123456789"}, "LMS_STRIPE_SECRET_KEY must"),
        ({"LMS_STRIPE_WEBHOOK_SECRET": "whsec_change_this_please"}, "WEBHOOK_SECRET must"),
        ({"LMS_STRIPE_WEBHOOK_SECRET": f"{SECRET},short"}, "WEBHOOK_SECRET must"),
        ({"LMS_STRIPE_METHODS": "card,paypal"}, "LMS_STRIPE_METHODS must"),
    ],
)
def test_what_is_no_account_is_named(tmp_path, changes, said):
    (fault,) = faults(tmp_path, **(ACCOUNT | changes))
    assert said in fault


@pytest.mark.parametrize("name", list(ACCOUNT))
def test_in_production_one_that_is_empty_is_a_mistake(tmp_path, name):
    assert faults(tmp_path, LMS_ENV="production", **{name: ""}) == [f"{name} is set and empty"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"LMS_STRIPE_SECRET_KEY": "sk_test_of_a_demo"}, "LMS_STRIPE_SECRET_KEY must"),
        ({"LMS_STRIPE_API_BASE": "http://127.0.0.1:8421"}, "not for production"),
    ],
)
def test_production_takes_no_till_of_ours(tmp_path, changes, said):
    (fault,) = faults(tmp_path, LMS_ENV="production", **(ACCOUNT | changes))
    assert said in fault
