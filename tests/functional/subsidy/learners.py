"""What a learner does about a claim, page by page."""

import re

from tests.factories.claims import Claimant
from tests.support.site import Client

# A list says that the same was paid before.
PAST = {
    "kind": "training",
    "occupation": "4-01-06-02",
    "work_type": "直播销售员",
    "level": 5,
    "status": "paid",
    "paid_to": "person",
    "date": "2026-01-10",
    "amount_fen": None,
}


def begin(learner: Client, claimant: Claimant) -> str:
    """Tap the button, and return the claim's address."""
    sent = learner.post("/me/subsidy/claims", data={"programme": claimant.programme_id})
    assert sent.status_code == 303, sent.text
    return sent.location.partition("/conditions")[0]


def fill_in(learner: Client, claim: str, *steps: str) -> None:
    """Go on from these steps, with the promise ticked."""
    for name in steps:
        sent = learner.post(f"{claim}/{name}", data={"promise": "1"})
        assert sent.status_code == 303, sent.text


def filled(page: str) -> dict[str, str]:
    """Return what the last page's form holds."""
    return dict(re.findall(r'type="hidden" name="(version|amount)" value="(\d+)"', page))


def hand_in(learner: Client, claim: str) -> None:
    """Hand the claim in from its last page."""
    sent = learner.post(f"{claim}/hand-in", data=filled(learner.get(f"{claim}/hand-in").text))
    assert sent.location == claim, sent.text


def words(page: str) -> str:
    """Return what a page says, without its markup."""
    text = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", text.replace("\xa0", " ")).replace(" ：", "：").replace("： ", "：")
