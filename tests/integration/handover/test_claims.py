"""A package holds every claim of its learners, and whoever changes one is found out."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lms.accounts.gateway import keys_of
from lms.core.access import Scope, ScopeKind
from lms.core.ids import digest
from lms.db.session import Database
from lms.handover import queries
from lms.handover.domain.orders import Order
from lms.settings import Settings
from lms.subsidy.domain.claim_record import GENESIS
from tests.factories.accounts import COUNTY
from tests.factories.claims import Claimant, claim_now, make_draft, other_programme
from tests.factories.handed_claims import CONTACT, OBJECTION, RULING, make_paid_claims
from tests.factories.roster import NEIGHBOUR
from tests.factories.vouchers import make_paid_with_voucher
from tests.integration.handover.conftest import EVERYBODY, Unpacked
from tests.integration.handover.test_forgeries import in_file, manifest_anew
from tests.integration.handover.test_package import person_of, verified

Claim = dict[str, Any]


@pytest.fixture
def claimed(database: Database, settings: Settings) -> Claimant:
    """Somebody who was paid, and began a second claim."""
    with database.transaction() as session:
        (own,) = make_paid_claims(session, keys_of(settings))
        make_draft(session, other_programme(session, own))
    return own


def of(claimed: Claimant) -> Order:
    return Order("抽查 7 月批次", EVERYBODY, learner_id=claimed.person.id)


def test_a_claim_is_in_the_package_with_all_that_was_done_to_it(
    database: Database, claimed: Claimant, unpacked: Unpacked
) -> None:
    folder = unpacked(of(claimed))
    code, said = verified(folder)
    assert code == 0, said
    person = person_of(folder, claimed.person.id)
    (claim,) = person["claims"]
    acts = [each["act"] for each in claim["steps"]]
    assert (len(acts), acts[3:6], acts[-1]) == (14, ["publicise", "object", "dismiss"], "pay")
    assert {each["decision"] for each in claim["steps"]} <= {e["id"] for e in person["decisions"]}
    assert [each["state"] for each in claim["payments"]] == ["returned", "paid"]
    (row,) = claim["notices"]
    assert (row["shown"]["name"], row["rulings"][0]["reason"]) == ("林*芳", RULING)
    everything = "".join(file.read_text("utf-8") for file in folder.rglob("*.*s*"))
    kept = claim_now(database, claim["id"])
    for secret in (OBJECTION, CONTACT, kept.account_index, "6228480402564"):
        assert secret not in everything
    titles, cells = csv.reader((folder / "roster.csv").read_text("utf-8-sig").splitlines())
    listed = dict(zip(titles, cells, strict=True))
    back, paid = claim["payments"]
    assert [listed[each] for each in titles[-6:]] == [
        *(claim["number"], "已发放", "600.00", "600.00"),
        *(f"{paid['paid_on']}、{back['returned_on']} 退回", row["number"]),
    ]


def test_whose_money_paid_for_the_course_goes_with_the_claim(
    database: Database, claimed: Claimant, unpacked: Unpacked
) -> None:
    with database.transaction() as session:
        code = make_paid_with_voucher(
            session, claimed.study.enrollment, programme_id=claimed.programme_id
        )
    folder = unpacked(of(claimed))
    done, said = verified(folder)
    assert done == 0, said
    (claim,) = person_of(folder, claimed.person.id)["claims"]
    (paid,) = claim["paid_for"]
    assert (paid["payer"], paid["due_fen"], paid["voucher_fen"]) == ("learner", 1_900, 1_000)
    assert paid["voucher"] == code


def test_only_counties_take_claims_home(database: Database, claimed: Claimant) -> None:
    def claims_of(*scopes: Scope) -> int:
        return len(queries.subject_of(session, claimed.person.id, scopes).claims)

    with database.snapshot() as session:
        county = Scope(ScopeKind.COUNTY, COUNTY)
        courses = queries.subject_of(session, claimed.person.id, [county]).course_ids
        assert claims_of(county) == claims_of(Scope(ScopeKind.PLATFORM, "")) == 1
        assert claims_of(Scope(ScopeKind.COUNTY, NEIGHBOUR)) == 0
        assert claims_of(*(Scope(ScopeKind.COURSE, str(each)) for each in courses)) == 0


def reasoned(claim: Claim) -> None:
    claim["steps"][5]["reason"] = "没有看"


def by_another(claim: Claim) -> None:
    claim["steps"][3]["by"] += 1


def summed(claim: Claim) -> None:
    claim["steps"][1]["amount_fen"] += 100


def chained_anew(claim: Claim) -> None:
    """Change a step and hang all that follow on it."""
    reasoned(claim)
    last = GENESIS
    for step in claim["steps"]:
        said = {"claim": claim["id"], **step}
        del said["hash"]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        step["hash"] = last = digest(f"{last}\n{text}")


def dropped(claim: Claim) -> None:
    del claim["steps"][4]


def dropped_at_the_end(claim: Claim) -> None:
    del claim["steps"][-1]
    claim["state"], claim["version"], claim["paid_fen"] = "approved", 13, 0
    del claim["payments"][-1]


def looked_alone(claim: Claim) -> None:
    claim["steps"][2]["by"] = claim["second_by"] = claim["first_by"]


def looked_at_oneself(person: Any) -> None:
    claim = person["claims"][0]
    claim["steps"][1]["by"] = claim["first_by"] = person["person"]["number"]


def paid_more(claim: Claim) -> None:
    claim["payments"][1]["amount_fen"] += 100


def paid_more_throughout(claim: Claim) -> None:
    paid_more(claim)
    claim["paid_fen"] += 100


def paid_later(claim: Claim) -> None:
    claim["payments"][1]["paid_on"] = "2020-02-20"


def let_go_alone(claim: Claim) -> None:
    batch = claim["payments"][1]["batch"]
    batch["released_by"] = batch["prepared_by"]


def listed_otherwise(claim: Claim) -> None:
    claim["notices"][0]["content_sha256"] = "0" * 64


def listed_with_more(claim: Claim) -> None:
    claim["notices"][0]["amount_fen"] += 100


def decided_less(person: Any) -> None:
    person["claims"][0]["amount_fen"] -= 100
    person["decisions"] = person["decisions"][-1:]


def of_claim(forge: Callable[[Claim], None]) -> Callable[[Any], None]:
    return lambda person: forge(person["claims"][0])


FORGERIES: dict[str, tuple[Callable[[Any], None], tuple[str, ...]]] = {
    "reason": (of_claim(reasoned), ("Step 6 was changed",)),
    "actor": (of_claim(by_another), ("Step 4 was changed", "Step 4 is not the one the log")),
    "sum": (of_claim(summed), ("Step 2 was changed", "Step 2 has not the sum of its")),
    "chained anew": (of_claim(chained_anew), ("Step 6 is not the one the log holds",)),
    "dropped": (of_claim(dropped), ("Step 5 does not follow", "Step 5 is missing")),
    "dropped last": (of_claim(dropped_at_the_end), ("Step 14 is missing",)),
    "alone": (of_claim(looked_alone), ("second look are not of two people",)),
    "oneself": (looked_at_oneself, ("The learner looked at their own claim",)),
    "paid": (of_claim(paid_more), ("do not add up to what was paid", "Step 14 is not of its")),
    "all paid": (of_claim(paid_more_throughout), ("not those its steps tell of",)),
    "day": (of_claim(paid_later), ("Step 14 is not of its payment",)),
    "released": (of_claim(let_go_alone), ("not let go by a second person",)),
    "list": (of_claim(listed_otherwise), ("not the one the log holds", "The check code of list")),
    "row": (of_claim(listed_with_more), ("The sum on list",)),
    "less": (decided_less, ("not the one that was looked at", "decision of step 1 is missing")),
}


def test_each_forgery_of_a_claim_is_named_though_the_manifest_is_made_anew(
    claimed: Claimant, unpacked: Unpacked, tmp_path: Path
) -> None:
    whole, missed = unpacked(of(claimed)), {}
    for name, (forge, sentences) in FORGERIES.items():
        folder = shutil.copytree(whole, tmp_path / name)
        in_file(f"people/{claimed.person.id}.json", forge, folder)
        manifest_anew(folder)
        code, said = verified(folder)
        if code != 1 or any(each not in said for each in sentences) or "Traceback" in said:
            missed[name] = said
    assert not missed, "\n".join(f"{name}: {said}" for name, said in missed.items())


def test_what_could_not_be_hashed_again_is_said(claimed: Claimant, unpacked: Unpacked) -> None:
    folder, name = unpacked(of(claimed)), f"people/{claimed.person.id}.json"
    in_file(name, lambda person: person["decisions"][0].update(has_basis=False), folder)
    manifest_anew(folder)
    code, said = verified(folder)
    assert code == 0, said
    assert f"· {name}" in said
    assert "could not be hashed again" in said
