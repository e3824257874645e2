"""What the fake Stripe answers when it does not do as it was asked, in Stripe's own words."""

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Refusal(Exception):
    """An error of Stripe's API: its sentence, the parameter at fault, code, status and type."""

    message: str
    param: str | None = None
    code: str | None = None
    status: int = 400
    kind: str = "invalid_request_error"
    # Stripe keeps an answer under its key only once the work had begun; a fault of the
    # parameters is found before, and the key may be used again with better ones.
    is_kept: bool = False

    def body(self) -> dict[str, Any]:
        """Return the answer as Stripe writes it, without what it leaves out."""
        said = {
            "type": self.kind,
            "message": self.message,
            "param": self.param,
            "code": self.code,
        }
        return {"error": {name: value for name, value in said.items() if value is not None}}


def missing(kind: str, thing_id: str, param: str = "id") -> Refusal:
    """Return the refusal of an id there is nothing under."""
    name = kind.replace("checkout.session", "checkout session").replace("_", " ")
    sentence = f"No such {name}: '{thing_id}'"
    return Refusal(sentence, param=param, code="resource_missing", status=404)
