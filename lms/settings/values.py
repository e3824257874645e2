"""Parts of the settings, and the one error that names every fault."""

from dataclasses import dataclass, field


class BadSettings(Exception):
    """Names every variable that is missing or wrong, all at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("Cannot start:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one password hash costs: memory in KiB, passes and lanes (Argon2id)."""

    memory_kib: int = 19_456
    passes: int = 2
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """Where a bucket of an S3-compatible store is, and what opens it.

    ``style`` says where its name stands in addresses: in the path or in front of the host.
    """

    name: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    style: str = "path"

    @property
    def origin(self) -> str:
        """Return the origin that browsers fetch videos from."""
        if self.style == "path":
            return self.endpoint
        scheme, host = self.endpoint.split("://", 1)
        return f"{scheme}://{self.name}.{host}"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """What opens the account through which people pay on line, and how they may pay there.

    Messages signed with any of ``webhook_secrets`` are believed, so that one can take over from
    another. ``api_base`` is another place than Stripe's own, for tests and the demonstration.
    """

    secret_key: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    methods: tuple[str, ...]
    api_base: str | None = None

    @property
    def is_live(self) -> bool:
        """Tell whether money really moves."""
        return self.secret_key.startswith(("sk_live_", "rk_live_"))
