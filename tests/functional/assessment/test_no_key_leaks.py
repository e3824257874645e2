"""No learner answer tells which option is right before the rule says so."""

import re
from pathlib import Path

import pytest

from lms.assessment.models import Option
from tests.factories.assessment import MARKER_WHY, make_attempt, make_bank, make_taker, question

ROOT = Path(__file__).resolve().parents[3]
# Names of what only the server may know, as they would stand in HTML, JSON or a script.
TELLING = re.compile(
    r"is_correct|correct|\bright\b|\bwhy\b|explanation|solution|option_order|answer_key|"
    r"\bseed\b|data-key|应该选|对的选项",
    re.IGNORECASE,
)


def bodies(client, taker, attempt) -> dict[str, str]:
    item, slug = taker.item, taker.course.course.slug
    asked = re.findall(r'data-question="(\d+)"', client.get(f"/attempts/{attempt}/1").text)
    calls = {
        "start": client.post(f"/api/v1/items/{item.id}/attempts"),
        "read": client.get(f"/api/v1/attempts/{attempt}"),
        "save": client.put(
            f"/api/v1/attempts/{attempt}/responses/{asked[0]}", json={"answer": "A", "rev": 1}
        ),
        "bad save": client.put(
            f"/api/v1/attempts/{attempt}/responses/{asked[0]}", json={"answer": "Q", "rev": 1}
        ),
        "course": client.get(f"/api/v1/courses/{slug}"),
        "question": client.get(f"/attempts/{attempt}/2"),
        "question in English": client.get(f"/attempts/{attempt}/2?lang=en"),
        "check": client.get(f"/attempts/{attempt}/check"),
        "lesson": client.get(f"/learn/{slug}/A01.quiz"),
        "course page": client.get(f"/courses/{slug}"),
        "record": client.get("/me/record"),
    }
    assert calls["question"].status_code == calls["check"].status_code == 200
    found = {name: answer.text for name, answer in calls.items()}
    scripts = set(re.findall(r'src="(/static/js/[^"]+)"', found["question"]))
    assert any("quiz.js" in script for script in scripts)
    for script in scripts:
        with client.get(script) as answer:
            found[script] = answer.text
    return found


@pytest.mark.parametrize(
    "terms", [{}, {"max_attempts": 3, "time_limit_s": 600}], ids=["free", "final"]
)
def test_while_an_attempt_is_open_nothing_tells_the_answers(browser_of, database, terms):
    with database.transaction() as session:
        taker = make_taker(session, **terms)
        attempt = make_attempt(session, taker).id
    for name, body in bodies(browser_of(taker.token), taker, attempt).items():
        assert MARKER_WHY not in body, name
        assert "Because noodles" not in body, name
        # The presence check hears whether its own answer was right; it knows no quiz.
        if not name.startswith(("/static/js/ui", "/static/js/progress/presence")):
            assert TELLING.findall(without_style(body)) == [], name


def without_style(body: str) -> str:
    """Leave out class names and icons, which say "right" about arrows."""
    return re.sub(r'class="[^"]*"|<path[^>]*>|<link[^>]*>', "", body)


def test_the_detector_finds_a_planted_key(database):
    with database.snapshot():
        planted = '{"id": "A", "is_correct": true}'
    assert TELLING.findall(planted) == ["is_correct"]


def test_which_option_is_right_leaves_no_trace_in_page_or_call(browser_of, database):
    """Two learners get the same draw of twin banks that differ in the key alone."""
    pages, calls = [], []
    for right in ("a", "d"):
        with database.transaction() as session:
            bank = make_bank(session, [question("q1", right=right)])
            taker = make_taker(session, bank_id=bank)
            attempt = make_attempt(session, taker)
            (asked,) = (
                session.query(Option.question_id)
                .filter(Option.is_correct)
                .order_by(Option.question_id.desc())
                .first()
            )
        client = browser_of(taker.token)
        calls.append(client.post(f"/api/v1/items/{taker.item.id}/attempts").json["questions"][0])
        pages.append(client.get(f"/attempts/{attempt.id}/1").text)
        assert calls[-1].pop("id") == asked
        calls[-1]["options"] = sorted(option["text"] for option in calls[-1]["options"])
    assert calls[0] == calls[1]
    options = [re.findall(r'<label class="choice">.*?</label>', page) for page in pages]
    shapes = [[re.sub(r"\d+|选项 [a-d]", "", option) for option in page] for page in options]
    assert shapes[0] == shapes[1]


def test_the_identifiers_of_options_are_letters_of_the_attempt_not_the_authors_keys(
    browser_of, database
):
    """An author writes the right option first, again and again; no id may tell which came first."""
    first = set()
    for _ in range(30):
        with database.transaction() as session:
            taker = make_taker(session, bank_id=make_bank(session, [question("q1")]))
        client = browser_of(taker.token)
        asked = client.post(f"/api/v1/items/{taker.item.id}/attempts").json["questions"][0]
        first.add(next(o["id"] for o in asked["options"] if o["text"].endswith("选项 a")))
    assert len(first) > 1


def test_no_script_holds_the_words_of_a_key():
    for script in (ROOT / "static" / "js" / "assessment").glob("*.js"):
        assert not re.search(r"correct|\bwhy\b", script.read_text(encoding="utf-8"))
