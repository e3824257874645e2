"""What a county may make of a list, and the sentences that say what it may not."""

from collections.abc import Callable
from typing import Any

import pytest

from lms.roster.domain.fields import FIELDS, FORMS, Secret, fields_of
from lms.roster.domain.kinds import ExportKind
from lms.roster.domain.templates import faults_of, shipped, template_of

Content = dict[str, Any]


def content(kind: ExportKind = ExportKind.OPENING) -> Content:
    return shipped(kind).as_content()


@pytest.mark.parametrize("kind", list(ExportKind))
def test_the_shipped_templates_are_whole_and_stay_what_they_are_when_kept(kind: ExportKind) -> None:
    own = shipped(kind)
    assert faults_of(kind, own.as_content()) == []
    assert template_of(kind, own.as_content()) == own
    assert {each.field.is_for(kind) for each in own.columns} == {True}


def test_the_opening_roster_has_the_words_of_the_bureau_in_its_order() -> None:
    titles = [each.title for each in shipped(ExportKind.OPENING).columns]
    assert titles[:6] == ["序号", "姓名", "性别", "文化程度", "身份证号码", "人员类别"]
    assert {"开班备案号", "统一社会信用代码", "职业(工种)", "原技术等级", "总课时"} <= set(titles)


def test_a_public_list_can_never_have_what_leads_to_people() -> None:
    keys = {field.key for field in fields_of(ExportKind.NOTICE)}
    assert not keys & {"phone", "address", "bank", "account", "payee", "age", "birth_date"}
    secrets = {FIELDS[key].secret for key in keys} - {None}
    assert secrets == {Secret.ID_NUMBER}


def column(key: str, **changes: str) -> dict[str, str]:
    field = FIELDS.get(key)
    usual = {"title": field.title["zh"], "form": FORMS[field.shape][0]} if field else {}
    return {"key": key, "title": "某列", "form": "", **usual, **changes}


def _with(**changes: Any) -> Callable[[Content], Content]:
    return lambda own: {**own, **changes}


def _column(*added: dict[str, str]) -> Callable[[Content], Content]:
    return lambda own: {**own, "columns": [*own["columns"], *added]}


@pytest.mark.parametrize(
    ("kind", "spoil", "code"),
    [
        (ExportKind.OPENING, _column(column("shoe_size")), "column_unknown"),
        (ExportKind.OPENING, _column(column("name")), "column_twice"),
        (ExportKind.NOTICE, _column(column("phone")), "column_not_public"),
        (ExportKind.NOTICE, _column(column("age")), "column_not_public"),
        (ExportKind.OPENING, _column(column("amount")), "column_elsewhere"),
        (ExportKind.OPENING, _with(columns=[]), "columns_none"),
        (ExportKind.OPENING, _with(title="长" * 61), "title_long"),
        (ExportKind.OPENING, _with(title=" "), "title_missing"),
        (ExportKind.OPENING, _with(sheet="花[名]册"), "sheet_signs"),
        (ExportKind.OPENING, _with(unit="\x07"), "title_unseen"),
        (ExportKind.OPENING, _with(signs=["签"] * 7), "signs_many"),
        (ExportKind.OPENING, _with(columns=[column("start", form="D.M.Y")]), "column_form"),
        (ExportKind.OPENING, _with(columns=[column("name", title="")]), "column_nameless"),
        (ExportKind.OPENING, _with(columns=[column("name", title="长" * 41)]), "title_long"),
    ],
)
def test_what_is_wrong_is_said(
    kind: ExportKind, spoil: Callable[[Content], Content], code: str
) -> None:
    faults = faults_of(kind, spoil(content(kind)))
    assert [each.code for each in faults] == [code]
    assert faults[0].text % dict(faults[0].params)
