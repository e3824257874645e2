"""What a file or a badge turned out to be, and the sentences that say why."""

from dataclasses import dataclass, field, fields
from enum import StrEnum

from lms.core.errors import Message


class Verdict(StrEnum):
    """The one answer a reader wants."""

    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    BROKEN = "broken"
    FOREIGN = "foreign"
    UNSURE = "unsure"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that a forgery states otherwise than the badge it passes itself off as."""

    fact: str
    said: str
    real: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says of itself; nobody here vouches for it."""

    title: str = ""
    issuer: str = ""
    number: str = ""
    hours: str = ""
    score: str = ""
    issued_on: str = ""
    good_until: str = ""

    def differs_from(self, other: "Stated") -> tuple[Difference, ...]:
        """Return the facts the two state otherwise."""
        pairs = (
            Difference(each.name, getattr(self, each.name), getattr(other, each.name))
            for each in fields(self)
        )
        return tuple(pair for pair in pairs if pair.said != pair.real)


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a file, the reasons in order of weight, and our badge where it is one.

    ``imitates`` is the id a file gives that says it is ours and does not stand; ``differences``
    are what it says otherwise than the badge of that id, where there is one.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    credential_id: str | None = None
    stated: Stated = field(default_factory=Stated)
    imitates: str | None = None
    differences: tuple[Difference, ...] = ()


# Why a file is not simply valid. Codes are stable: the command and tests show them.
REASONS: dict[str, Message] = {
    message.code: message
    for message in (
        Message("empty_file", "The file is empty."),
        Message("too_large", "The file is too large for a badge: 4 MB at most."),
        Message("damaged", "The file is damaged or was cut short."),
        Message("no_credential", "The file carries no badge. Chat apps often strip it off."),
        Message("several_credentials", "The file carries more than one badge, so none is trusted."),
        Message("old_badge", "This is a badge of the old kind (Open Badges 2). We check kind 3."),
        Message("not_json", "This is neither a badge file nor a picture that carries one."),
        Message("not_a_badge", "This is signed data of another kind, not a badge."),
        Message("endorsement", "This is an endorsement, not a badge."),
        Message("no_issuer", "It does not say who issued it."),
        Message("foreign_context", "It uses words of its own that could change its meaning."),
        Message("no_proof", "It carries no signature, so anybody could have written it."),
        Message("several_proofs", "It carries several signatures, so none is trusted."),
        Message("unsupported_proof", "It is signed in a way this page cannot check."),
        Message("algorithm_refused", "It names a way of signing that proves nothing."),
        Message("too_complex", "Checking it would take more work than any honest badge needs."),
        Message("altered", "It was changed after it was signed."),
        Message("rewritten", "Parts were renamed or hidden: what it shows is not what was signed."),
        Message("partly_unsigned", "Some of its parts are not covered by the signature."),
        Message("key_not_ours", "It says it is from this site, but its key is not one of ours."),
        Message("key_withdrawn", "The key it is signed with was withdrawn."),
        Message("not_in_our_books", "It says it is from this site, but we have no such badge."),
        Message("breaks_schema", "Required parts are missing or have the wrong form."),
        Message("foreign_issuer", "This site did not issue it. Please ask the issuer it names."),
        Message(
            "intact_by_its_key",
            "It was not changed since it was signed with the key it names. Whose key that is, "
            "we cannot tell.",
        ),
        Message("key_unknown", "We do not know the key it is signed with, so we cannot check it."),
        Message("expired", "Its time is over."),
        Message("not_yet", "It is not valid yet."),
        Message("revoked", "It was revoked."),
        Message("list_stale", "The list of revoked badges is out of date; please try again later."),
        Message("list_forged", "The list of revoked badges does not carry our signature."),
    )
}
