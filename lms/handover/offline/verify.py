"""核对这个交接包，不用联网，不用安装任何东西。 Checks this package: no network, nothing to install.

python3 verify.py [--head HASH] [--key KEY] [--manifest SHA256] [folder]

Python 3.8 or newer. 退出码 0：全部相符；1：有不符之处。 Exit code 0 only if everything stands.
"""

import argparse
import hashlib
import io
import json
import re
import runpy
import sys
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

_BADGES, _SUBSIDIES = (
    runpy.run_path(str(Path(__file__).with_name(name)))
    for name in ("signatures.py", "subsidies.py")
)
is_proved, is_sealed, is_stated, token_header = (
    _BADGES[name] for name in ("is_proved", "is_sealed", "is_stated", "token_header")
)
canonical, digest, decision_faults, claim_faults, remarks = (
    _SUBSIDIES[name]
    for name in ("canonical", "digest", "decision_faults", "claim_faults", "remarks")
)
Json = Dict[str, Any]
GENESIS = "0" * 64
# What the hash of a ledger entry covers: of one from before hashes were stored, and of the others.
FIRST = sorted(
    (
        *("id", "material_id", "lease_id", "seq", "day", "wall_from_ms", "wall_to_ms"),
        *("claimed", "seen", "credited", "refused", "device_hash"),
    )
)
MEMBERS = sorted(
    (
        *("number", "person_id", "material_id", "media_version", "kind", "lease_id", "seq", "part"),
        *("day", "wall_from_ms", "wall_to_ms", "claimed", "seen", "credited", "held", "refused"),
        *("credited_ms", "held_ms", "device_hash", "received_at_ms", "state", "rate_percent"),
        *("request_id", "credit_mark_ms", "seen_mark_ms", "day_used"),
    )
)


def file_faults(folder: Path, manifest: Json) -> Iterator[str]:
    """Hold every file against the manifest; none may be missing, changed or added."""
    bare = {"manifest.json", "manifest.sha256"}
    listed = {each["name"]: each for each in manifest["files"]}
    there = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    noted = (folder / "manifest.sha256").read_text("ascii").split()[0]
    if noted != digest((folder / "manifest.json").read_bytes()):
        yield "清单被改过。 The manifest was changed."
    for name in sorted(set(listed) - there):
        yield f"文件缺了：{name}。 A file is missing: {name}."
    for name in sorted(there - set(listed) - bare):
        yield f"多出一个文件：{name}。 A file was added: {name}."
    for name in sorted(set(listed) & there):
        data, own = hashlib.sha256(), listed[name]
        with (folder / name).open("rb") as opened:
            for block in iter(lambda: opened.read(1 << 20), b""):
                data.update(block)
        if (data.hexdigest(), (folder / name).stat().st_size) != (own["sha256"], own["size"]):
            yield f"文件被改过：{name}。 A file was changed: {name}."


def ledger_faults(person: Json) -> Iterator[str]:
    """Recompute the chain of a learner's ledger; hold it against its head and the badges."""
    hashes = [GENESIS]
    for place, entry in enumerate(person["ledger"], 1):
        if "link" in entry:  # of a course outside the package: its hash alone
            hashes.append(entry["link"])
            continue
        made = digest(hashes[-1].encode() + b"\n" + canonical(hashed(entry)))
        if (entry["number"], entry["chain_hash"]) not in ((place, made), (None, None)):
            yield f"学习记录第 {place} 条被改过。 Ledger entry {place} was changed."
        hashes.append(made)
    head = person["ledger_head"]
    if head["head"] and (head["entries"], head["head"]) != (len(hashes) - 1, hashes[-1]):
        yield "学习记录的末尾对不上。 The ledger does not end where it should."
    for badge in person["badges"]:
        signed = re.findall(r"共 (\d+) 条[^\"]*sha256:(\w{64})", badge["document"] or "")
        if any(hashes[int(count) : int(count) + 1] != [end] for count, end in signed):
            yield "学习记录和徽章里签的不一样。 The ledger is not the one a badge signs."


def hashed(entry: Json) -> Json:
    """Return what the hash of a ledger entry covers, as it is hashed."""
    said = {name: entry[name] for name in (FIRST if entry["number"] is None else MEMBERS)}
    for name in ("refused", "day_used"):
        if said.get(name):
            said[name] = dict(sorted(said[name].items()))
    return said


def attempt_faults(person: Json) -> Iterator[str]:
    """Mark every attempt again."""
    for own in person["attempts"]:
        asked = own["questions"]
        right = [
            sorted(each["answer"] or ()) == sorted(o["key"] for o in each["options"] if o["right"])
            for each in asked
        ]
        percent = sum(right) * 100 // max(len(asked), 1)
        marks = (sum(right), len(asked), percent, percent >= own["pass_percent"])
        if marks != (own["points"], own["max_points"], own["percent"], own["passed"]):
            where = f"测验 {own['id']} 的分数和答案不符。"
            yield f"{where} The marks of attempt {own['id']} do not follow from its answers."


def badge_faults(person: Json, keys: Dict[str, Json], trusted: List[str]) -> Iterator[str]:
    """Check both signatures of each badge, what is signed, and whose badge it is."""
    for own in (each for each in person["badges"] if each["document"] is not None):
        document = json.loads(own["document"])
        (proof,) = document.pop("proof")
        subject, issuer = document["credentialSubject"], document["issuer"]["id"]
        used = {proof["verificationMethod"], token_header(own["jwt"])["kid"]}
        names = {each.split("#")[-1] for each in used if each.split("#")[0] == issuer}
        known = [keys[name] for name in names if name in keys]
        faults = {
            "签名不对。 Its signature does not stand.": is_proved(proof, own),
            "写的和签的不一样。 What it says is not what was signed.": (
                is_stated(document, own["document_nquads"])
                and is_stated(
                    {k: v for k, v in proof.items() if k != "proofValue"}, own["options_nquads"]
                )
            ),
            "令牌不对。 Its token does not stand.": is_sealed(document, own["jwt"], keys),
            "密钥已作废或不认识。 Its key was withdrawn or is unknown.": len(known) == len(used)
            and all(each["state"] != "withdrawn" for each in known),
            "不是所给的密钥签的。 It is not signed with the key you named.": not trusted
            or bool(names & set(trusted)),
            "不是这个人的。 It is not this person’s.": subject["licenseNumber"] == own["serial"]
            and all(
                each["identityHash"]
                == "sha256$" + digest((person["holder"] + each["salt"]).encode())
                for each in subject["identifier"]
            ),
        }
        yield from (
            f"徽章 {own['serial']}（badge）：{said}" for said, is_so in faults.items() if not is_so
        )


def chain_faults(folder: Path, acts: Dict[int, Json], anchor: Optional[str]) -> Iterator[str]:
    """Walk the links of the log of acts to its head; open acts are hashed again and kept."""
    last, is_anchored = None, anchor is None
    with (folder / "audit_chain.jsonl").open(encoding="utf-8") as lines:
        for link in map(json.loads, lines):
            number, act = link["number"], link.get("act")
            if last and (number, link["prev"]) != (last["number"] + 1, last["hash"]):
                yield f"操作记录在第 {number} 条断了。 The log of acts breaks at act {number}."
            if act is not None:
                acts[number] = act
                made = digest(link["prev"].encode() + b"\n" + canonical(act, by_name=True))
                if (made, number) != (link["hash"], act["number"]):
                    yield f"操作记录第 {number} 条被改过。 Act {number} of the log was changed."
            last, is_anchored = link, is_anchored or anchor in (link["prev"], link["hash"])
    head = read(folder / "audit_head.json")
    if last is None or (head["entries"], head["head"]) != (last["number"], last["hash"]):
        yield "操作记录的末尾对不上。 The log of acts does not end at its head."
    if not is_anchored:
        yield "这一段操作记录里没有您给的校验值。 The head you gave is not in this part of the log."


def draw_faults(folder: Path, manifest: Json, acts: Dict[int, Json]) -> Iterator[str]:
    """Draw again, and hold the order against what the log says of it."""
    people = sorted(int(each.stem) for each in (folder / "people").glob("*.json"))
    if people != sorted(manifest["people"]):
        yield "学员和清单不符。 The learners are not those of the manifest."
    ordered = [
        each["details"]
        for each in acts.values()
        if (each["action"], each["subject"]) == ("handover.ordered", f"handover:{manifest['id']}")
    ]
    if [each["purpose"] for each in ordered] != [manifest["purpose"]]:
        yield "操作记录里没有这份申请。 The log does not hold this order."
    if not (folder / "sample.json").exists():
        if any(each["seed"] for each in ordered) or len(people) != 1:
            yield "抽查说明缺了。 What was drawn, and how, is missing."
        return
    sample = read(folder / "sample.json")
    everybody = {int(each) for each in (folder / "population.txt").read_text("ascii").split()}
    places = {each: digest(f"{sample['seed']}:{each}".encode()) for each in everybody}
    drawn = sorted(everybody, key=lambda each: (places[each], each))[: sample["count"]]
    noted = [(each["seed"], each["count"], each["upto"]) for each in ordered]
    if drawn != sample["drawn"] or sorted(drawn) != people or len(everybody) != sample["of"]:
        yield "抽出来的不是这些人。 The draw comes to other learners."
    if noted != [(sample["seed"], sample["count"], sample["upto"])]:
        yield "抽查和操作记录里写的不一样。 The draw is not the one the log holds."


def person_faults(
    file: Path, keys: Dict[str, Json], acts: Dict[int, Json], trusted: List[str]
) -> Iterator[str]:
    """Check all that is kept of one learner."""
    person = read(file)
    checks: List[Callable[[], Iterator[str]]] = [
        lambda: ledger_faults(person),
        lambda: attempt_faults(person),
        lambda: decision_faults(person, file.parent.parent),
        lambda: claim_faults(person, acts),
        lambda: badge_faults(person, keys, trusted),
        lambda: (
            f"操作记录第 {n} 条缺了。 Act {n} of the log is missing."
            for n in person["acts"]
            if n not in acts
        ),
    ]
    if person["person"]["number"] != int(file.stem):
        yield "编号不对。 The number is not the file’s."
    for check in checks:
        yield from readable(check)


def readable(check: Callable[[], Iterator[str]]) -> List[str]:
    """Return what a check finds; what cannot be read at all does not stand either."""
    try:
        return list(check())
    except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
        return [f"读不懂。 This cannot be read: {type(error).__name__} {error}"]


def read(file: Path) -> Any:  # noqa: ANN401 (JSON)
    """Return what a JSON file says."""
    return json.loads(file.read_text(encoding="utf-8"))


def remarks_in(file: Path) -> Iterator[str]:
    """Return what could not be checked of a person, which is no fault."""
    yield from remarks(read(file))


def main() -> int:
    """Check everything, say what was found, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    for name in ("--head", "--manifest"):
        parser.add_argument(name)
    parser.add_argument("--key", action="append", default=[])
    asked = parser.parse_args()
    folder, acts = asked.folder, {}  # type: Path, Dict[int, Json]
    notes: Dict[str, List[str]] = {}
    manifest = read(folder / "manifest.json")
    keys = {each["id"]: each for each in read(folder / "keys.json")["keys"]}
    made = digest((folder / "manifest.json").read_bytes())
    results = {"文件 files": readable(lambda: file_faults(folder, manifest))}
    if asked.manifest not in (None, made):
        results["清单 manifest"] = ["不是您给的清单。 It is not the manifest you named."]
    results["操作记录 log"] = readable(lambda: chain_faults(folder, acts, asked.head))
    results["抽查 draw"] = readable(lambda: draw_faults(folder, manifest, acts))
    for file in sorted((folder / "people").glob("*.json")):
        name = f"people/{file.name}"
        results[name] = readable(partial(person_faults, file, keys, acts, asked.key))
        notes[name] = readable(partial(remarks_in, file))
    tell(results, notes)
    end = read(folder / "audit_head.json")["head"]
    for what, value in (("--head", end), ("--manifest", made), ("--key", " ".join(sorted(keys)))):
        sys.stdout.write(f"{what}: {value}\n")
    is_whole = not any(results.values())
    sys.stdout.write(
        "全部相符。 Everything stands.\n" if is_whole else "有不符之处。 Not everything stands.\n"
    )
    return 0 if is_whole else 1


def tell(results: Dict[str, List[str]], notes: Dict[str, List[str]]) -> None:
    """Say of each part what was found, and what could not be checked."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for name, faults in results.items():
        for line in faults or ["相符。 It stands."]:
            sys.stdout.write(f"{'✗' if faults else '✓'} {name}: {line}\n")
        for line in notes.get(name, ()):
            sys.stdout.write(f"· {name}: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
