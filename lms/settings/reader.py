"""Reads the environment, variable by variable, collecting faults instead of stopping."""

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lms.settings.values import BucketSettings

_MIN_SECRET = 32
_WEAK = ("change", "secret", "demo", "example", "password", "dev")
_KEY_BYTES = 32
_BUCKET_ADDRESS = "s3://bucket?endpoint=https://host&region=name"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# It stands in the content policy of every page: nothing but a host has a place there.
_ENDPOINT = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
_STYLES = ("path", "virtual")
# What a county puts in the place of our words; English may lack, Chinese may not.
TEXT_FILES = ("terms.zh.md", "privacy.zh.md")


class Reader:
    """Collects faults instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []
        mode = environ.get("LMS_ENV") or "development"
        if mode not in ("development", "production"):
            self.faults.append("LMS_ENV must be development or production")
        self.production = mode == "production"
        self.data_dir = Path(environ.get("LMS_DATA_DIR") or "var").resolve()

    def secret_key(self) -> str:
        """Read what signs cookies; development makes its own and keeps it."""
        value = self.environ.get("LMS_SECRET_KEY", "")
        if not value and not self.production:
            return self._kept("secret.key", lambda: secrets.token_urlsafe(48))
        weak = any(word in value.lower() for word in _WEAK) or len(set(value)) < _KEY_BYTES // 4
        if self.production and (len(value) < _MIN_SECRET or weak):
            self.faults.append(
                f"LMS_SECRET_KEY must be a random text of at least {_MIN_SECRET} characters"
            )
        return value

    def kept_beside(self, name: str, file: str) -> str:
        """Read a database's address; unset, a SQLite file in the data folder."""
        return self.environ.get(name) or f"sqlite:///{self.data_dir / file}"

    def base_url(self) -> str:
        """Read the address people type."""
        value = self.environ.get("LMS_BASE_URL") or (
            "" if self.production else "http://127.0.0.1:8000"
        )
        if self.production and not value.startswith("https://"):
            self.faults.append("LMS_BASE_URL must be the https address people type")
        return value.rstrip("/")

    def vault_keys(self) -> dict[str, bytes]:
        """Read ``id:base64`` pairs, newest first; development makes its own and keeps it."""
        value = self.environ.get("LMS_VAULT_KEYS", "")
        if not value and not self.production:
            value = self._kept(
                "vault.key",
                lambda: "k1:" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(),
            )
        keys: dict[str, bytes] = {}
        for pair in filter(None, (part.strip() for part in value.split(","))):
            name, _, encoded = pair.partition(":")
            try:
                keys[name] = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                keys[name] = b""
        if not keys or any(len(key) != _KEY_BYTES for key in keys.values()):
            self.faults.append(
                "LMS_VAULT_KEYS must be id:base64 pairs of 32-byte keys, newest first"
            )
        return keys

    def index_key(self, others: Iterable[bytes]) -> bytes:
        """Read the key numbers are found by; never one that opens them too."""
        value = self.environ.get("LMS_INDEX_KEY", "")
        if not value and not self.production:
            value = self._kept(
                "index.key", lambda: base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
            )
        try:
            key = base64.b64decode(value, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != _KEY_BYTES:
            self.faults.append("LMS_INDEX_KEY must be a 32-byte key in base64")
        elif key in others:
            self.faults.append("LMS_INDEX_KEY must not be one of LMS_VAULT_KEYS")
        return key

    def sms_url(self) -> str | None:
        """Read the address of the SMS service."""
        value = self.environ.get("LMS_SMS_URL") or None
        if self.production and value is None:
            self.faults.append(
                "LMS_SMS_URL must name the SMS service; the outbox page is for development"
            )
        return value

    def bucket(self) -> BucketSettings | None:
        """Read where videos are kept; nothing means local files."""
        value = self.environ.get("LMS_MEDIA_URL", "")
        if not value:
            return None
        parts = urlsplit(value)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        made = BucketSettings(
            name=parts.netloc,
            endpoint=asked.pop("endpoint", "").rstrip("/"),
            region=asked.pop("region", "us-east-1"),
            style=asked.pop("style", "path"),
            access_key=self.environ.get("AWS_ACCESS_KEY_ID", ""),
            secret_key=self.environ.get("AWS_SECRET_ACCESS_KEY", ""),
            session_token=self.environ.get("AWS_SESSION_TOKEN") or None,
        )
        if parts.scheme != "s3" or not _BUCKET.fullmatch(made.name) or asked or parts.path:
            self.faults.append(f"LMS_MEDIA_URL must look like {_BUCKET_ADDRESS}")
        self._check_bucket(made)
        return made

    def _check_bucket(self, made: BucketSettings) -> None:
        if self.environ.get("LMS_ACCEL_REDIRECT"):
            self.faults.append(
                "LMS_ACCEL_REDIRECT is for local files; LMS_MEDIA_URL names a bucket"
            )
        if not _ENDPOINT.fullmatch(made.endpoint):
            self.faults.append("LMS_MEDIA_URL must name its endpoint: scheme, host, port, no more")
        elif self.production and not made.endpoint.startswith("https://"):
            self.faults.append("LMS_MEDIA_URL must name an https endpoint")
        if made.style not in _STYLES:
            self.faults.append(f"LMS_MEDIA_URL: style must be one of {', '.join(_STYLES)}")
        if made.style == "virtual" and "." in made.name:
            self.faults.append("LMS_MEDIA_URL: a bucket with dots in its name needs style=path")
        for name, value in (
            ("AWS_ACCESS_KEY_ID", made.access_key),
            ("AWS_SECRET_ACCESS_KEY", made.secret_key),
        ):
            if not value:
                self.faults.append(f"{name} must be set where LMS_MEDIA_URL names a bucket")

    def trusted_hosts(self) -> tuple[str, ...]:
        """Read the host names the site answers to."""
        hosts = tuple(filter(None, self.environ.get("LMS_TRUSTED_HOSTS", "").split(",")))
        if self.production and not hosts:
            self.faults.append("LMS_TRUSTED_HOSTS must list the host names the site answers to")
        return hosts

    def whole_number(self, name: str, default: int, *, least: int = 0) -> int:
        """Read a whole number."""
        value = self.environ.get(name, "")
        if value and (not value.isdigit() or int(value) < least):
            more = f" of at least {least}" if least else ""
            self.faults.append(f"{name} must be a whole number{more}")
            return default
        return int(value or default)

    def texts_dir(self) -> Path | None:
        """Read where the county's own terms and privacy notice are."""
        value = self.environ.get("LMS_TEXTS_DIR")
        if not value:
            return None
        folder = Path(value).resolve()
        for name in TEXT_FILES:
            if not (folder / name).is_file():
                self.faults.append(f"LMS_TEXTS_DIR lacks {name}")
        return folder

    def staff_mfa(self) -> bool:
        """Read whether staff need a second factor."""
        value = self.environ.get("LMS_STAFF_MFA") or ("required" if self.production else "optional")
        if value not in ("required", "optional") or (self.production and value == "optional"):
            self.faults.append(
                "LMS_STAFF_MFA must be required in production (or optional elsewhere)"
            )
        return value == "required"

    def time_zone(self) -> str:
        """Read the zone of calendar days."""
        value = self.environ.get("LMS_TIME_ZONE") or "Asia/Shanghai"
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.faults.append("LMS_TIME_ZONE must name a time zone such as Asia/Shanghai")
            return "Asia/Shanghai"
        return value

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        """Return the development secret kept in the data folder, made on first use."""
        path = self.data_dir / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{name}.{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(make(), encoding="ascii")
            try:
                # Two processes may start at once; the first to link wins and both read its value.
                path.hardlink_to(fresh)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="ascii").strip()
