"""The one frozen object of settings and the sole reader of the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms.settings.reader import Reader
from lms.settings.tills import stripe
from lms.settings.values import BadSettings, BucketSettings, PasswordCost, StripeSettings

__all__ = ["BadSettings", "BucketSettings", "PasswordCost", "Settings", "StripeSettings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the installation decides; see docs/settings.md."""

    production: bool
    secret_key: str
    base_url: str
    data_dir: Path
    database_url: str
    queue_url: str
    vault_keys: Mapping[str, bytes]
    index_key: bytes
    sms_url: str | None = None
    identity_url: str | None = None
    bucket: BucketSettings | None = None
    stripe: StripeSettings | None = None
    accel_redirect: str | None = None
    metrics_token: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    staff_mfa_required: bool = False
    time_zone: str = "Asia/Shanghai"
    texts_dir: Path | None = None
    complaint_line: str = "12333"
    retention_years: int = 5
    password_cost: PasswordCost = field(default_factory=PasswordCost)

    @property
    def https(self) -> bool:
        """Tell whether people reach the site over https."""
        return self.base_url.startswith("https://")

    @property
    def media_dir(self) -> Path:
        """Return the folder of videos and posters, and of the work on them."""
        return self.data_dir / "media"

    @property
    def evidence_dir(self) -> Path:
        """Return the folder of sealed papers."""
        return self.data_dir / "evidence"

    @property
    def export_dir(self) -> Path:
        """Return the folder of finished exports."""
        return self.data_dir / "exports"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check all variables. Raises ``BadSettings`` naming every fault."""
        reader = Reader(environ)
        vault_keys = reader.vault_keys()
        settings = cls(
            production=reader.production,
            secret_key=reader.secret_key(),
            base_url=reader.base_url(),
            data_dir=reader.data_dir,
            database_url=reader.kept_beside("LMS_DATABASE_URL", "xiangbo.sqlite3"),
            queue_url=reader.kept_beside("LMS_QUEUE_URL", "queue.sqlite3"),
            vault_keys=vault_keys,
            index_key=reader.index_key(vault_keys.values()),
            sms_url=reader.sms_url(),
            identity_url=environ.get("LMS_IDENTITY_URL") or None,
            bucket=reader.bucket(),
            stripe=stripe(reader),
            accel_redirect=environ.get("LMS_ACCEL_REDIRECT") or None,
            metrics_token=environ.get("LMS_METRICS_TOKEN") or None,
            trusted_hosts=reader.trusted_hosts(),
            trusted_proxies=reader.whole_number("LMS_TRUSTED_PROXIES", 0),
            staff_mfa_required=reader.staff_mfa(),
            time_zone=reader.time_zone(),
            texts_dir=reader.texts_dir(),
            complaint_line=environ.get("LMS_COMPLAINT_LINE") or "12333",
            retention_years=reader.whole_number("LMS_RETENTION_YEARS", 5, least=3),
        )
        if reader.faults:
            raise BadSettings(reader.faults)
        return settings
