"""Where videos are kept, read from the environment."""

import pytest

from lms.settings import BadSettings, BucketSettings, Settings

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "hidden-key"}
GOOD = "s3://lessons?endpoint=https://s3.example.org&region=cn-east-1"


def read(tmp_path, url, **changes):
    return Settings.from_env({"LMS_DATA_DIR": str(tmp_path), "LMS_MEDIA_URL": url, **changes})


def faults(tmp_path, url, **changes):
    with pytest.raises(BadSettings) as raised:
        read(tmp_path, url, **changes)
    return raised.value.faults


def test_without_an_address_videos_are_local_files_whatever_keys_lie_about(tmp_path):
    assert read(tmp_path, "", **KEYS).bucket is None


def test_a_bucket_is_read_with_its_keys(tmp_path):
    made = read(tmp_path, GOOD, AWS_SESSION_TOKEN="token", **KEYS).bucket
    assert made == BucketSettings(
        name="lessons",
        endpoint="https://s3.example.org",
        region="cn-east-1",
        access_key="AKID",
        secret_key="hidden-key",
        session_token="token",
        style="path",
    )
    assert made.origin == "https://s3.example.org"
    assert "hidden-key" not in repr(made)
    assert "token" not in repr(made).replace("session_token", "")


def test_a_store_that_wants_the_bucket_in_its_host_name_has_its_own_origin(tmp_path):
    made = read(tmp_path, f"{GOOD}&style=virtual", **KEYS).bucket
    assert made is not None
    assert made.origin == "https://lessons.s3.example.org"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://s3.example.org/lessons", "must look like s3://"),
        ("s3://?endpoint=https://s3.example.org", "must look like s3://"),
        ("s3://UPPER?endpoint=https://s3.example.org", "must look like s3://"),
        ("s3://lessons/folder?endpoint=https://s3.example.org", "must look like s3://"),
        (f"{GOOD}&acl=public", "must look like s3://"),
        ("s3://lessons", "must name its endpoint"),
        ("s3://lessons?endpoint=s3.example.org", "must name its endpoint"),
        ("s3://lessons?endpoint=https://s3.example.org/path", "must name its endpoint"),
        ("s3://lessons?endpoint=https://a.org; script-src *", "must name its endpoint"),
        ("s3://lessons?endpoint=https://user:pw@a.org", "must name its endpoint"),
        (f"{GOOD}&style=both", "style must be one of"),
        ("s3://my.lessons?endpoint=https://s3.example.org&style=virtual", "needs style=path"),
    ],
)
def test_an_address_that_is_none_is_named(tmp_path, url, said):
    assert any(said in fault for fault in faults(tmp_path, url, **KEYS))


def test_every_fault_is_named_at_once(tmp_path):
    found = faults(tmp_path, "s3://x?endpoint=ftp://a.org&style=both")
    assert len(found) == 5
    for said in ("must look like", "endpoint", "style", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS"):
        assert any(said in fault for fault in found)


def test_a_web_server_cannot_send_what_lies_in_a_bucket(tmp_path):
    found = faults(tmp_path, GOOD, LMS_ACCEL_REDIRECT="/_media", **KEYS)
    assert found == ["LMS_ACCEL_REDIRECT is for local files; LMS_MEDIA_URL names a bucket"]


def test_production_demands_https_of_the_store_and_development_does_not(tmp_path):
    local = "s3://lessons?endpoint=http://127.0.0.1:9000"
    assert read(tmp_path, local, **KEYS).bucket is not None
    assert any(
        "https endpoint" in fault for fault in faults(tmp_path, local, LMS_ENV="production", **KEYS)
    )
