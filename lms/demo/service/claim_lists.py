"""Lets a demo county hang its lists out: a wrong one, two that are over, one that hangs today."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from lms.demo.domain import LISTS, MISTAKEN, Road
from lms.demo.service.claim_office import ClaimOffice
from lms.subsidy import queries
from lms.subsidy import service as subsidy
from lms.subsidy.domain.notice_rows import NewNotice
from lms.subsidy.domain.notices import NewObjection, Outcome, Ruling
from lms.subsidy.service import Grounds

_CONTACT = "{county}人社局就业服务科　0570-0000006"
# Two digits of the number changed places.
_WRONG_CONTACT = "{county}人社局就业服务科　0570-0000060"
_MISTAKE = "名单上的监督电话写错了，改正后重新公示。"
# On which days before today somebody objects to the second list, and the office rules on it.
_OBJECTED_ON, _DOUBTED_ON, _RULED_ON = 16, 15, 14
_OBJECTED_NOW = 2
_WORKS_ALREADY = "这个人在县里的学校食堂上班，有编制，不该领这笔钱。"
_IS_STAFF = "已与县教育局核对，本人今年起为编制内人员，不符合条件。"
_OTHER_TOWN = "名单上写的乡镇不对，我们村没有这个人。"
_SAME_NAME = "已核对户籍和花名册，同名不同人，乡镇无误。"
_NEIGHBOUR = "13800095999"
_NOT_THERE = "培训那三天我都在，没见过这个人，是不是别人替签的到？请查一查。"


def plan(office: ClaimOffice) -> None:
    """Plan the lists of the county, and what people say to them."""
    for each in LISTS:
        office.on(each.published, 9, 30, partial(_publish, office, each.roads, _CONTACT))
        if each.approved:
            office.on(each.approved, 10, 30, partial(_approve, office, each.roads))
    first = LISTS[0].roads
    office.on(MISTAKEN, 9, 40, partial(_publish, office, first, _WRONG_CONTACT))
    office.on(MISTAKEN, 16, 10, partial(_take_down, office, first))
    _plan_objections(office)


def _plan_objections(office: ClaimOffice) -> None:
    said = partial(_object, office, Road.REJECTED, _WORKS_ALREADY)
    office.on(_OBJECTED_ON, 20, 15, said)
    ruling = Ruling(Outcome.REJECT, _IS_STAFF)
    office.on(_RULED_ON, 10, 0, partial(_rule, office, Road.REJECTED, ruling))
    office.on(_DOUBTED_ON, 12, 40, partial(_object, office, Road.SENT, _OTHER_TOWN))
    ruling = Ruling(Outcome.DISMISS, _SAME_NAME)
    office.on(_RULED_ON, 10, 20, partial(_rule, office, Road.SENT, ruling))
    office.on(_OBJECTED_NOW, 20, 35, partial(_object, office, Road.OBJECTED, _NOT_THERE))


def _publish(office: ClaimOffice, roads: Collection[Road], contact: str, at: datetime) -> None:
    claims = office.of(roads)
    if not claims:
        return
    new = NewNotice(
        office.county_code, tuple(claims), contact=contact.format(county=office.place.name_zh)
    )
    planned = subsidy.plan(office.session, office.second, new)
    office.prove(office.second, at)
    subsidy.publish(
        office.session,
        office.second,
        replace(new, shown=planned.digest),
        grounds=Grounds(office.shelf, office.days.calendars, office.keys),
        now=at,
    )


def _approve(office: ClaimOffice, roads: Collection[Road], at: datetime) -> None:
    number = _number_of(office, roads)
    if number:
        subsidy.approve_notice(office.session, office.first, number, shelf=office.shelf, now=at)


def _take_down(office: ClaimOffice, roads: Collection[Road], at: datetime) -> None:
    number = _number_of(office, roads)
    if number:
        subsidy.cancel(
            office.session, office.second, number, reason=_MISTAKE, shelf=office.shelf, now=at
        )


def _object(office: ClaimOffice, road: Road, words: str, at: datetime) -> None:
    """Let a neighbour object to the first claim that goes this way."""
    for claim_id in office.of({road})[:1]:
        hung = queries.notice_of_claim(office.session, claim_id)
        if hung is not None:
            subsidy.object_to(
                office.session,
                hung.number,
                NewObjection(hung.place, words, _NEIGHBOUR),
                shelf=office.shelf,
                keys=office.keys,
                now=at,
            )


def _rule(office: ClaimOffice, road: Road, ruling: Ruling, at: datetime) -> None:
    claims = office.of({road})
    for line in queries.objection_lines(office.session, [office.county_code]):
        if line.row and line.row.claim_id in claims and line.objection.ruling is None:
            subsidy.rule(
                office.session,
                office.first,
                line.objection.number,
                ruling,
                shelf=office.shelf,
                now=at,
            )


def _number_of(office: ClaimOffice, roads: Collection[Road]) -> str | None:
    """Return the list on which claims that go these ways hang, if there is one."""
    for claim_id in office.of(roads)[:1]:
        hung = queries.notice_of_claim(office.session, claim_id)
        return hung.number if hung else None
    return None
