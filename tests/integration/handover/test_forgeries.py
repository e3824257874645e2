"""Whoever changes a package is found out, also who makes its manifest anew."""

import hashlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.credentials.gateway import keys, proofs
from tests.factories.subsidy import Subsidised
from tests.integration.handover.conftest import Unpacked, of_draw
from tests.integration.handover.test_package import verified

Forge = Callable[[Any], object]


def manifest_anew(folder: Path) -> None:
    """Write the manifest of what lies in the folder now, as a forger would."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = sorted(each for each in folder.rglob("*") if each.is_file())
    manifest["files"] = [
        {
            "name": each.relative_to(folder).as_posix(),
            "size": each.stat().st_size,
            "sha256": hashlib.sha256(each.read_bytes()).hexdigest(),
        }
        for each in files
        if not each.name.startswith("manifest.")
    ]
    text = json.dumps(manifest, ensure_ascii=False).encode()
    (folder / "manifest.json").write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    (folder / "manifest.sha256").write_text(f"{digest}  manifest.json\n")


def in_file(name: str, forge: Forge, folder: Path) -> None:
    content = json.loads((folder / name).read_text("utf-8"))
    forge(content)
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def credited(person: Any) -> None:
    person["ledger"][4]["credited_ms"] += 60_000


def old_credited(person: Any) -> None:
    person["ledger"][0]["credited"][0][1] += 60_000


def chained_anew(person: Any) -> None:
    """Change an entry from before hashes were stored and hang all that follow on it."""
    old_credited(person)
    person["ledger"] = person["ledger"][:3]
    person["ledger_head"] = {"entries": None, "head": None}


def cut(person: Any) -> None:
    del person["ledger"][-1]


def answered(person: Any) -> None:
    wrong = person["attempts"][0]["questions"][-1]
    wrong["answer"] = [each["key"] for each in wrong["options"] if each["right"]]


def decided(person: Any) -> None:
    person["decisions"][-1]["outcome"] = "eligible"


def decided_throughout(person: Any) -> None:
    decided(person)
    for each in person["decisions"][-1]["results"]:
        each["verdict"] = "pass"


def paid_more(person: Any) -> None:
    person["decisions"][-1]["amount_fen"] += 100


def renamed(person: Any) -> None:
    badge = person["badges"][0]
    badge["document"] = badge["document"].replace("结业徽章", "高级徽章")


def renamed_throughout(person: Any) -> None:
    renamed(person)
    badge = person["badges"][0]
    badge["document_nquads"] = badge["document_nquads"].replace("结业徽章", "高级徽章")


def signed_anew(folder: Path) -> None:
    """Sign another name with a key of one's own that goes by the issuer's name."""
    fresh = keys.fresh_ed25519()
    private = keys.read_private(fresh.private)
    assert isinstance(private, Ed25519PrivateKey)
    for file in (folder / "people").iterdir():
        person = json.loads(file.read_text("utf-8"))
        for badge in person["badges"]:
            document = json.loads(badge["document"].replace("结业徽章", "高级徽章"))
            (proof,) = document.pop("proof")
            key = proofs.ProofKey(proof["verificationMethod"], private)
            made = proofs.secured(document, key, proof["created"])
            badge["document"] = json.dumps(made, ensure_ascii=False)
            badge["options_nquads"], badge["document_nquads"] = proofs.statements(made)
        file.write_text(json.dumps(person, ensure_ascii=False), "utf-8")
    listed = json.loads((folder / "keys.json").read_text("utf-8"))
    for each in listed["keys"]:
        if "publicKeyMultibase" in each["public"]:
            each["public"] = fresh.public
    (folder / "keys.json").write_text(json.dumps(listed), "utf-8")


def of_another(person: Any) -> None:
    person["holder"] = "ABCDEFGH"


def acted(folder: Path) -> None:
    chain = folder / "audit_chain.jsonl"
    chain.write_text(chain.read_text("utf-8").replace("名字写错了", "名字没写错"), "utf-8")


def unlinked(folder: Path) -> None:
    chain = folder / "audit_chain.jsonl"
    lines = chain.read_text("utf-8").splitlines(keepends=True)
    chain.write_text("".join(lines[:1] + lines[2:]), "utf-8")


def other_seed(sample: Any) -> None:
    sample["seed"] = "2026-06"


def fewer_took_part(folder: Path) -> None:
    population = folder / "population.txt"
    lines = population.read_text().splitlines(keepends=True)
    population.write_text("".join(lines[:-1]))


def cheaper(folder: Path) -> None:
    for policy in (folder / "policies").iterdir():
        policy.write_text(policy.read_text("utf-8").replace("REALNAME", "REALNOSE"), "utf-8")


def test_each_forgery_is_named_though_the_manifest_is_made_anew(
    own: Subsidised, unpacked: Unpacked, tmp_path: Path
) -> None:
    whole = unpacked(of_draw(count=6))
    person = partial(partial, in_file, f"people/{own.person.id}.json")
    forgeries: dict[str, tuple[Forge, str]] = {
        "credited": (person(credited), "Ledger entry 5 was changed"),
        "old entry": (person(old_credited), "Ledger entry 4 was changed"),
        "chained anew": (person(chained_anew), "not the one a badge signs"),
        "cut": (person(cut), "does not end where it should"),
        "answer": (person(answered), "do not follow from its answers"),
        "outcome": (person(decided), "outcome does not follow"),
        "all verdicts": (person(decided_throughout), "What it rests on was changed"),
        "amount": (person(paid_more), "The amount is not the policy"),
        "badge": (person(renamed), "is not what was signed"),
        "statements": (person(renamed_throughout), "Its signature does not stand"),
        "token": (person(renamed_throughout), "Its token does not stand"),
        "own key": (signed_anew, "Its signature does not stand"),
        "holder": (person(of_another), "It is not this person"),
        "policy": (cheaper, "The policy is not the one it names"),
        "act": (acted, "of the log was changed"),
        "link": (unlinked, "The log of acts breaks"),
        "seed": (partial(in_file, "sample.json", other_seed), "The draw comes to other"),
        "population": (fewer_took_part, "The draw comes to other"),
    }
    missed = {}
    for name, (forge, sentence) in forgeries.items():
        folder = shutil.copytree(whole, tmp_path / name)
        forge(folder)
        manifest_anew(folder)
        code, said = verified(folder)
        if code != 1 or sentence not in said or "Traceback" in said:
            missed[name] = said
    assert not missed, "\n".join(f"{name}: {said}" for name, said in missed.items())


def test_the_manifest_tells_what_no_chain_covers(
    own: Subsidised, unpacked: Unpacked, tmp_path: Path
) -> None:
    whole = unpacked(of_draw(count=6))
    name = f"people/{own.person.id}.json"
    forgeries: dict[str, tuple[Forge, str]] = {
        "changed": (
            partial(in_file, name, lambda person: person["facts"].pop()),
            f"A file was changed: {name}",
        ),
        "dropped": (lambda folder: (folder / name).unlink(), f"A file is missing: {name}"),
        "added": (lambda folder: (folder / "new.txt").touch(), "A file was added: new.txt"),
    }
    for kind, (forge, sentence) in forgeries.items():
        folder = shutil.copytree(whole, tmp_path / kind)
        forge(folder)
        code, said = verified(folder)
        assert (code, sentence in said) == (1, True), said
