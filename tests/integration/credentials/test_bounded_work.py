"""Files made to keep the site busy are given up before the work begins."""

from collections.abc import Callable

import pytest

from lms.credentials.domain.verdict import Verdict
from lms.credentials.models import Credential
from tests.integration.credentials.conftest import Document, Judge, altered, document_of


def tangled(document: Document, knots: int) -> None:
    """Tie nameless nodes together: each looks like all the others, telling them apart explodes."""
    names = [f"_:b{number}" for number in range(knots)]
    document["credentialSubject"]["result"] = [
        {
            "id": one,
            "type": ["Result"],
            "alignment": [{"id": each, "type": ["Alignment"]} for each in names if each != one],
        }
        for one in names
    ]


def crowded(document: Document, knots: int) -> None:
    document["credentialSubject"]["result"] = [{"type": ["Result"]}] * knots


@pytest.mark.parametrize(("make", "knots"), [(tangled, 12), (tangled, 40), (crowded, 4000)])
def test_work_that_would_explode_is_not_begun(
    badge: Credential, judge: Judge, make: Callable[[Document, int], None], knots: int
) -> None:
    ours = altered(document_of(badge), lambda document: make(document, knots))
    assert (judge(ours).verdict, judge(ours).reasons) == (Verdict.BROKEN, ("too_complex",))
    strange = altered(ours, lambda d: d["issuer"].update(id="https://stranger.example"))
    found = judge(strange)
    assert (found.verdict, found.reasons) == (Verdict.FOREIGN, ("foreign_issuer", "too_complex"))
