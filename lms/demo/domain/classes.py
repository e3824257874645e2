"""Which classes the demo counties run: where each stands, who hosts it, when it meets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.demo.domain.claims import ROADS
from lms.demo.domain.learners import CHANGSHAN, JIANGSHAN, Place
from lms.enrollment.domain import HostKind, SessionKind


class Stage(StrEnum):
    """How far a demo class has come."""

    DRAFT = "draft"
    FILED = "filed"
    FREE = "free"
    FULL = "full"
    RUNNING = "running"
    ENDED = "ended"
    # Over for months: everybody completed it, has a certificate and claims.
    GRADUATED = "graduated"


@dataclass(frozen=True, slots=True)
class Host:
    """Who runs a class; without a name the institution of the course does."""

    kind: HostKind = HostKind.INSTITUTION
    name: str | None = None
    uscc: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting: days from today, from which hour for how many, what of and where."""

    day: int
    hour: int
    hours: int
    kind: SessionKind
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class DemoClass:
    """A class of the demo; days count from today.

    ``course`` is 0 for the first published course, 1 for the last. ``villagers`` come by a roster,
    ``learners`` by themselves as far as there are such; ``waiting`` villagers find no seat.
    """

    stage: Stage
    course: int
    host: Host
    first_day: int
    last_day: int
    capacity: int
    villagers: int = 0
    learners: int = 0
    waiting: int = 0
    # Planned once people may join; before that they are hours of the plan alone.
    sessions: tuple[Session, ...] = ()

    @property
    def is_filed(self) -> bool:
        """Tell whether the bureau gave it a filing number."""
        return self.stage is not Stage.DRAFT

    @property
    def theory_minutes(self) -> int:
        """Return how long its theory takes."""
        return self._minutes(SessionKind.THEORY)

    @property
    def practice_minutes(self) -> int:
        """Return how long its practice in person takes."""
        return self._minutes(SessionKind.PRACTICE)

    def _minutes(self, kind: SessionKind) -> int:
        return sum(60 * each.hours for each in self.sessions if each.kind is kind)


def _ahead(first: int, room: str, stand: str) -> tuple[Session, ...]:
    return (
        Session(first, 9, 3, SessionKind.THEORY, "开播前的准备", room),
        Session(first + 7, 13, 3, SessionKind.PRACTICE, "直播间搭建与试播", stand),
    )


def _under_way(room: str, stand: str) -> tuple[Session, ...]:
    return (
        Session(-20, 9, 3, SessionKind.THEORY, "主播的一天：岗位与规则", room),
        Session(-13, 13, 3, SessionKind.PRACTICE, "直播间搭建与试播", stand),
        Session(-3, 9, 3, SessionKind.THEORY, "选品与脚本", room),
        Session(3, 13, 3, SessionKind.PRACTICE, "模拟开播", stand),
        Session(10, 13, 3, SessionKind.PRACTICE, "复盘与结业展示", stand),
    )


def _over(room: str, stand: str) -> tuple[Session, ...]:
    # Six hours a day are what counts of a day.
    return (
        Session(-50, 9, 6, SessionKind.THEORY, "岗位、规则与诚信", room),
        Session(-49, 9, 6, SessionKind.PRACTICE, "直播间搭建与试播", stand),
        Session(-48, 9, 6, SessionKind.THEORY, "选品、脚本与话术", room),
        Session(-47, 9, 6, SessionKind.PRACTICE, "模拟开播与复盘", stand),
    )


def _long_over(room: str, stand: str) -> tuple[Session, ...]:
    return (
        Session(-128, 9, 6, SessionKind.THEORY, "岗位、规则与诚信", room),
        Session(-127, 9, 6, SessionKind.PRACTICE, "直播间搭建与试播", stand),
        Session(-126, 9, 6, SessionKind.PRACTICE, "选品、脚本与模拟开播", stand),
    )


_SCHOOL = Host()
_CHANGSHAN_VILLAGE = Host(HostKind.VILLAGE, "何家乡共富工坊")
_CHANGSHAN_FIRM = Host(HostKind.ENTERPRISE, "常山柚香电子商务有限公司", "91990822MA0DEM0016")
_JIANGSHAN_VILLAGE = Host(HostKind.VILLAGE, "大陈乡文化礼堂")
_JIANGSHAN_FIRM = Host(HostKind.ENTERPRISE, "江山猕果供应链有限公司", "91990881MA0DEM002P")

_RUNNING = DemoClass(
    Stage.RUNNING, 0, _SCHOOL, -20, 12, capacity=12, villagers=4, learners=4,
    sessions=_under_way("培训楼 201 教室", "培训楼 3 号直播间"),
)  # fmt: skip
_ENDED = DemoClass(
    Stage.ENDED, 0, _CHANGSHAN_VILLAGE, -50, -19, capacity=8, villagers=6,
    sessions=_over("工坊二楼教室", "工坊直播间"),
)  # fmt: skip
_FREE = DemoClass(
    Stage.FREE, 1, _SCHOOL, 9, 30, capacity=10, villagers=4, learners=3,
    sessions=_ahead(9, "培训楼 201 教室", "培训楼 3 号直播间"),
)  # fmt: skip
_FULL = DemoClass(
    Stage.FULL, 0, _CHANGSHAN_FIRM, 5, 26, capacity=6, villagers=6, waiting=2,
    sessions=_ahead(5, "公司一楼会议室", "公司直播基地"),
)  # fmt: skip
_LATER = DemoClass(
    Stage.FILED, 0, _CHANGSHAN_VILLAGE, 40, 70, capacity=30,
    sessions=_ahead(40, "工坊二楼教室", "工坊直播间"),
)  # fmt: skip
_PLANNED_AT_A_FIRM = DemoClass(
    Stage.DRAFT, 1, _CHANGSHAN_FIRM, 60, 90, capacity=20,
    sessions=_ahead(60, "公司一楼会议室", "公司直播基地"),
)  # fmt: skip
_PLANNED_AT_A_VILLAGE = DemoClass(
    Stage.DRAFT, 0, _JIANGSHAN_VILLAGE, 45, 75, capacity=25,
    sessions=_ahead(45, "礼堂一楼", "电商服务站"),
)  # fmt: skip

CLASSES: Mapping[Place, tuple[DemoClass, ...]] = {
    CHANGSHAN: (
        _ENDED,
        _RUNNING,
        _FULL,
        _FREE,
        _LATER,
        _PLANNED_AT_A_FIRM,
    ),
    JIANGSHAN: (
        replace(
            _ENDED,
            host=_JIANGSHAN_VILLAGE,
            sessions=_over("礼堂一楼", "电商服务站"),
        ),
        replace(_RUNNING, villagers=6, learners=0),
        replace(_FULL, host=_JIANGSHAN_FIRM),
        _FREE,
        _PLANNED_AT_A_VILLAGE,
    ),
}

# Whose people claim the subsidy; apart from the others, so that a site that has those gets them.
GRADUATED: Mapping[Place, DemoClass] = {
    CHANGSHAN: DemoClass(
        Stage.GRADUATED, 0, _SCHOOL, -128, -97, capacity=30, villagers=len(ROADS[CHANGSHAN]),
        sessions=_long_over("培训楼 201 教室", "培训楼 3 号直播间"),
    ),
    JIANGSHAN: DemoClass(
        Stage.GRADUATED, 0, _JIANGSHAN_VILLAGE, -128, -97, capacity=8,
        villagers=len(ROADS[JIANGSHAN]), sessions=_long_over("礼堂一楼", "电商服务站"),
    ),
}  # fmt: skip
