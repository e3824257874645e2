"""Holds what pages say of a badge against what was signed: neither may say other than the other."""

from collections.abc import Mapping
from typing import Any

from lms.credentials.domain.addresses import Site
from lms.credentials.domain.document import credential
from lms.credentials.domain.value import Award, BadgeValue


def agrees(signed: Mapping[str, Any], value: BadgeValue, award: Award) -> bool:
    """Tell whether a signed document states the facts of the value and the award kept beside it.

    Facts are compared, not sentences, so that a badge stays what it is when the site later words
    its documents otherwise. Of the award the id, number and dates count.
    """
    site = Site(signed["issuer"]["url"])
    return _facts(signed) == _facts(credential(value, award, site))


def _facts(document: Mapping[str, Any]) -> tuple[object, ...]:
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    return (
        *(document.get(name) for name in ("id", "validFrom", "validUntil", "awardedDate")),
        *(subject.get(name) for name in ("activityStartDate", "activityEndDate")),
        *(subject.get(name) for name in ("licenseNumber", "term")),
        *(subject["source"]["name"], achievement["name"]),
        [each["targetCode"] for each in achievement.get("alignment", ())],
        {
            each["resultDescription"]: each.get("value", each.get("status"))
            for each in subject["result"]
        },
    )
