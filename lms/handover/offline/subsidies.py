"""核对资格判定和补贴申领：只用 Python 自带的东西。 Checks decisions and claims of subsidies.

Used by verify.py beside it: what decisions rest on and come to, the chained steps of each claim and
what the log of acts says of them, the two people who looked, and the sums. Python 3.8 or newer.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

Json = Dict[str, Any]
GENESIS = "0" * 64
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# At these a claim's sum is what was decided; the first two set it.
SETTING = ("submit", "first_look")
DECIDED = (*SETTING, "second_look", "publicise", "dismiss", "approve")


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: object, *, by_name: bool = False) -> bytes:
    """Return the one text of a JSON value: no blanks, UTF-8; members in their order or by name."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=by_name, separators=(",", ":"))
    return text.encode()


def remarks(person: Json) -> Iterator[str]:
    """Say what could not be checked."""
    for own in (each for each in person["decisions"] if not each["has_basis"]):
        said = f"判定 {own['id']} 的依据用的是旧格式，没有重算，只有清单管着它。"
        yield f"{said} What decision {own['id']} rests on could not be hashed again: an old form."


def decision_faults(person: Json, folder: Path) -> Iterator[str]:
    """Hash what each decision rests on again, and draw the conclusion again."""
    for own in person["decisions"]:
        where = f"判定 {own['id']}（decision）："
        found = sorted([each["id"], each["verdict"], each["code"]] for each in own["results"])
        unseen: Json = dict.fromkeys(("study", "attempts", "applied_on"))
        basis = digest(canonical({**own["facts"], **unseen, "found": found}))
        if own["has_basis"] and basis != own["basis_sha256"]:
            yield f"{where}依据被改过。 What it rests on was changed."
        verdicts = {each["verdict"] for each in own["results"]}
        outcome = "needs_review" if "unknown" in verdicts else "eligible"
        if own["outcome"] != ("not_eligible" if "fail" in verdicts else outcome):
            yield f"{where}结论和逐条结果不符。 The outcome does not follow from its clauses."
        if own["policy"]:
            text = (folder / own["policy"]["file"]).read_bytes()
            level = str((own["facts"].get("programme") or {}).get("level") or 0)
            yuan = json.loads(text)["amount_cny"].get(level)
            if digest(text) != own["policy"]["sha256"]:
                yield f"{where}政策被改过。 The policy is not the one it names."
            if own["amount_fen"] != (None if yuan is None else round(yuan * 100)):
                yield f"{where}金额和政策不符。 The amount is not the policy’s."


def claim_faults(person: Json, acts: Dict[int, Json]) -> Iterator[str]:
    """Check each claim of a learner: its steps, who looked, its decisions, its money, its lists."""
    own_acts = [acts[number] for number in person["acts"] if number in acts]
    decisions = {each["id"]: each for each in person["decisions"]}
    for own in person["claims"]:
        about = [each for each in own_acts if each["subject"] == f"claim:{own['id']}"]
        for said in (
            *step_faults(own),
            *log_faults(own, about),
            *look_faults(own, person["person"]["number"]),
            *sum_faults(own, decisions),
            *payment_faults(own),
            *list_faults(own, own_acts),
        ):
            yield f"申领 {own['number']}（claim）：{said}"


def step_faults(own: Json) -> Iterator[str]:
    """Recompute the chain of a claim's steps; the last one says where the claim stands."""
    last, state = GENESIS, "draft"
    for place, step in enumerate(own["steps"], 1):
        said = {"claim": own["id"], **{k: v for k, v in step.items() if k != "hash"}}
        made = digest(last.encode() + b"\n" + canonical(said, by_name=True))
        if (step["hash"], step["number"]) != (made, place):
            yield f"第 {place} 步被改过。 Step {place} was changed."
        if step["from"] != state:
            yield f"第 {place} 步和前一步接不上。 Step {place} does not follow from the one before."
        last, state = step["hash"], step["to"]
    if (own["state"], own["version"]) != (state, len(own["steps"])):
        yield "状态不是最后一步的。 Its state is not that of its last step."


def log_faults(own: Json, about: List[Json]) -> Iterator[str]:
    """Hold each step against the act the log has of it, one for one."""
    noted = {each["details"]["step"]: each for each in about if "step" in each["details"]}
    for step in own["steps"]:
        number, act = step["number"], noted.pop(step["number"], None)
        if act is None:
            yield f"操作记录里没有第 {number} 步。 The log does not hold step {number}."
            continue
        details = act["details"]
        in_log = (act["action"], act["actor"], details["state"], details["hash"])
        if in_log != (f"claim.{step['act']}", step["by"], step["to"], step["hash"]):
            yield f"第 {number} 步和操作记录不符。 Step {number} is not the one the log holds."
    for number in sorted(noted):
        yield f"第 {number} 步缺了。 Step {number} is missing."


def look_faults(own: Json, learner: int) -> Iterator[str]:
    """Walk through who looked: two different people, neither of them the learner."""
    looks: List[Optional[int]] = []
    for step in own["steps"]:
        if step["act"] in ("first_look", "second_look"):
            looks.append(step["by"])
            if step["by"] in (None, learner):
                yield "学员审了自己的申领。 The learner looked at their own claim."
            if len(looks) != len(set(looks)):
                yield "初审和复核是同一个人。 The first and the second look are not of two people."
        elif step["act"] == "step_back":
            del looks[-1:]
        elif step["to"] in ("submitted", "returned"):
            looks = []
    if [own["first_by"], own["second_by"]] != [*looks, None, None][:2]:
        yield "审核的人和步骤不符。 Who looked is not what its steps say."


def sum_faults(own: Json, decisions: Dict[int, Json]) -> Iterator[str]:
    """Hold the sum against the steps and the decisions these name."""
    looked_at = [each["amount_fen"] for each in own["steps"] if each["act"] in SETTING]
    if looked_at[-1:] != [own["amount_fen"]]:
        yield "金额不是审的那个。 Its sum is not the one that was looked at."
    for step in (each for each in own["steps"] if each["act"] in DECIDED):
        number, decision = step["number"], decisions.get(step["decision"])
        if decision is None:
            yield f"第 {number} 步的判定缺了。 The decision of step {number} is missing."
        elif decision["amount_fen"] not in (None, step["amount_fen"]):
            yield f"第 {number} 步的金额和判定不符。 Step {number} has not the sum of its decision."
        elif decision["outcome"] != "eligible" and step["act"] not in SETTING:
            yield f"第 {number} 步的判定不支持它。 The decision of step {number} does not carry it."


def payment_faults(own: Json) -> Iterator[str]:
    """Add payments up, hold them against the steps, and see that two people let each batch go."""
    payments, steps = own["payments"], own["steps"]
    told = {act: total(steps, act=act) for act in ("pay", "recover")}
    if total(payments, state="paid") != own["paid_fen"]:
        yield "拨付合计和已拨付数不符。 Its payments do not add up to what was paid."
    if sum(each["amount_fen"] for each in payments if each["paid_on"]) != told["pay"]:
        yield "拨付和步骤不符。 Its payments are not those its steps tell of."
    if told["recover"] != own["recovered_fen"]:
        yield "追回数和步骤不符。 What came back is not what its steps tell of."
    for batch in (each["batch"] for each in payments):
        said = f"拨款批次 {batch['number']} 没有经过两个人。"
        if batch["prepared_by"] == batch["released_by"]:
            yield f"{said} Batch {batch['number']} was not let go by a second person."
    by_id = {each["id"]: each for each in payments}
    for step in (each for each in steps if each["act"] in ("pay", "bounce")):
        if "payment" in step["about"] and not is_answered(by_id, step):
            yield f"第 {step['number']} 步和拨付不符。 Step {step['number']} is not of its payment."


def is_answered(payments: Dict[int, Json], step: Json) -> bool:
    """Tell whether the payment a step names has the sum and the bank's day the step tells of."""
    payment, said = payments.get(step["about"]["payment"], {}), step["about"]
    day = payment.get("paid_on" if step["act"] == "pay" else "returned_on")
    return (payment.get("amount_fen"), day) == (said.get("fen"), said.get("day"))


def total(rows: List[Json], **wanted: str) -> int:
    """Return the sum of the rows of a kind, fen."""
    return sum(each["amount_fen"] for each in rows if all(each[k] == v for k, v in wanted.items()))


def list_faults(own: Json, acts: List[Json]) -> Iterator[str]:
    """Hold the rows of public lists against the steps, the log and the code on paper."""
    for row in own["notices"]:
        number, published = row["number"], "notice.published"
        said = f"公示 {number} 的核对码不对。"
        told = [
            (each["details"]["sha256"], each["details"]["starts_on"], each["details"]["ends_on"])
            for each in acts
            if (each["action"], each["subject"]) == (published, f"notice:{number}")
        ]
        if any(each != (row["content_sha256"], row["first_day"], row["last_day"]) for each in told):
            yield f"公示 {number} 和操作记录不符。 List {number} is not the one the log holds."
        if row["check_code"].replace("-", "") != signs(row["content_sha256"]):
            yield f"{said} The check code of list {number} is not that of its content."
    by_number = {row["number"]: row["amount_fen"] for row in own["notices"]}
    for step in own["steps"]:
        named = step["about"].get("notice") if step["act"] == "publicise" else None
        if named and by_number.get(named) != step["amount_fen"]:
            yield f"公示 {named} 的金额被改过。 The sum on list {named} was changed."


def signs(sha256: str) -> str:
    """Return the twelve signs of a check code: the first 60 bits, in Crockford's base 32."""
    top = int(sha256, 16) >> 196
    return "".join(LETTERS[top >> 5 * place & 31] for place in reversed(range(12)))
