"""The addresses and names of the site as an issuer; signed into badges, so they never change."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """The site under its base address, as verifiers know it."""

    base_url: str

    @property
    def did(self) -> str:
        """Return the issuer's DID: a port's colon is written ``%3A``, a path's slash as a colon."""
        parts = urlsplit(self.base_url)
        path = parts.path.strip("/")
        steps = [parts.netloc.replace(":", "%3A"), *(path.split("/") if path else ())]
        return "did:web:" + ":".join(steps)

    @property
    def host(self) -> str:
        """Return the host people see in the address bar."""
        return urlsplit(self.base_url).netloc

    def badge(self, credential_id: str) -> str:
        """Return the check page of a badge."""
        return f"{self.base_url}/credentials/{credential_id}"

    def status_list(self, number: int) -> str:
        """Return the address of a status list."""
        return f"{self.base_url}/credentials/status/{number}"

    def course(self, slug: str) -> str:
        """Return the page of a course, which says what completing it takes."""
        return f"{self.base_url}/courses/{slug}"
