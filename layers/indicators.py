"""The indicators: what each one is, with formula, unit, denominator and what is left out, and its value from numbers.

Rates stand on what is *due*: an incident reported in the period is due if it is closed, or if it is open and its
time limit had passed when the question was asked: due = closed + overdue. What is open within its limit can still be
closed on time and is not judged yet. The period is always that of the report, as for every other number of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from layers.errors import UnknownNameError
from layers.pack import City
from layers.parts import Title

Numbers: TypeAlias = Mapping[str, float | None]
"""What is known of one unit, by name: `total`, `due`, `area`, …; null or absent is unknown."""

NOTHING = Title(zh="无", en="Nothing")
UNLOCATED = Title(zh="辖区不明的事件", en="Incidents of unknown unit")
NOT_YET_DUE = Title(zh="未结且未到时限的事件", en="Open incidents still within their limit")
EVENTS = Title(zh="件", en="incidents")
PER_CENT = Title(zh="%", en="%")


class Needs(StrEnum):
    """Where an indicator's numbers come from, beyond the counts of a summary."""

    COUNTS = "counts"
    SIZES = "sizes"
    HOURS = "hours"
    CAMERAS = "cameras"
    REACH = "reach"


@dataclass(frozen=True)
class Indicator:
    """One number per unit: `scale` × `numerator` / `denominator`."""

    id: str
    title: Title
    unit: Title
    formula: Title
    left_out: Title
    numerator: str
    denominator: str | None = None
    needs: Needs = Needs.COUNTS
    scale: float = 1
    digits: int = 0
    no_data: Title = NOTHING
    """Why a unit may have no value."""
    follows: bool = True
    """Whether period, category and the other conditions on incidents change it."""

    @property
    def sign(self) -> str:
        """What is written behind a value."""
        return "%" if self.unit == PER_CENT else ""

    def value(self, numbers: Numbers) -> float | None:
        """Return the value, or none where the denominator is nothing or unknown."""
        above = numbers.get(self.numerator)
        if self.denominator is None or above is None:
            return above
        below = numbers.get(self.denominator)
        return self.scale * above / below if below else None


NOTHING_DUE = Title(zh="没有应结事件", en="nothing due")
COUNT = Indicator(
    id="count",
    title=Title(zh="事件数", en="Incidents"),
    unit=EVENTS,
    formula=Title(zh="时段内上报的事件数", en="Incidents reported in the period"),
    left_out=UNLOCATED,
    numerator="total",
)
PER_KM2 = Indicator(
    id="per-km2",
    title=Title(zh="每平方公里事件数", en="Incidents per km²"),
    unit=Title(zh="件/km²", en="per km²"),
    formula=Title(zh="事件数 ÷ 单元面积", en="Incidents ÷ area of the unit"),
    left_out=UNLOCATED,
    numerator="total",
    denominator="area",
    needs=Needs.SIZES,
    digits=2,
    no_data=Title(zh="面积未知", en="area unknown"),
)
PER_RESIDENTS = Indicator(
    id="per-10000",
    title=Title(zh="每万人事件数", en="Incidents per 10,000 residents"),
    unit=Title(zh="件/万人", en="per 10,000"),
    formula=Title(zh="事件数 ÷ 常住人口 × 10,000", en="Incidents ÷ residents × 10,000"),
    left_out=Title(zh="人口未知的单元", en="Units whose residents are unknown"),
    numerator="total",
    denominator="residents",
    needs=Needs.SIZES,
    scale=10_000,
    digits=2,
    no_data=Title(zh="人口未知", en="residents unknown"),
)
OPEN = Indicator(
    id="open",
    title=Title(zh="未结事件数", en="Open incidents"),
    unit=EVENTS,
    formula=Title(zh="时段内上报、尚未结案的事件数", en="Reported in the period, not closed yet"),
    left_out=UNLOCATED,
    numerator="open",
)
OVERDUE = Indicator(
    id="overdue",
    title=Title(zh="超期事件数", en="Overdue incidents"),
    unit=EVENTS,
    formula=Title(zh="未结且已过时限的事件数", en="Open, and past their time limit now"),
    left_out=Title(zh="超期后已结案的事件", en="What was closed, however late"),
    numerator="overdue",
)
CLOSURE = Indicator(
    id="closure",
    title=Title(zh="结案率", en="Closure rate"),
    unit=PER_CENT,
    formula=Title(zh="已结 ÷ 应结（已结 + 超期未结）", en="Closed ÷ due (closed + open past the limit)"),
    left_out=NOT_YET_DUE,
    numerator="closed",
    denominator="due",
    scale=100,
    digits=2,
    no_data=NOTHING_DUE,
)
ON_TIME = Indicator(
    id="on-time",
    title=Title(zh="按期结案率", en="Closed on time"),
    unit=PER_CENT,
    formula=Title(zh="按期结案 ÷ 应结（已结 + 超期未结）", en="Closed on time ÷ due (closed + open past the limit)"),
    left_out=NOT_YET_DUE,
    numerator="on_time",
    denominator="due",
    scale=100,
    digits=2,
    no_data=NOTHING_DUE,
)
HANDLING = Indicator(
    id="handling",
    title=Title(zh="处置时长中位数", en="Median handling time"),
    unit=Title(zh="小时", en="hours"),
    formula=Title(zh="上报到结案所用时间的中位数", en="Median time from report to closing"),
    left_out=Title(zh="未结事件；结案时间缺失的事件", en="Open incidents, and those without a time of closing"),
    numerator="hours",
    needs=Needs.HOURS,
    digits=1,
    no_data=Title(zh="没有已结事件", en="nothing closed"),
)
CAMERAS = Indicator(
    id="cameras",
    title=Title(zh="每平方公里摄像头数", en="Cameras per km²"),
    unit=Title(zh="个/km²", en="per km²"),
    formula=Title(zh="摄像头数（含离线）÷ 单元面积", en="Cameras, working or not ÷ area of the unit"),
    left_out=Title(zh="已撤除的摄像头；不受时段与筛选影响", en="Cameras taken down; period and filters do not matter"),
    numerator="cameras",
    denominator="area",
    needs=Needs.CAMERAS,
    digits=2,
    no_data=Title(zh="面积未知", en="area unknown"),
    follows=False,
)


BESIDE = (COUNT, OPEN, OVERDUE, CLOSURE, PER_KM2, PER_RESIDENTS)
"""The key figures of units that stand side by side."""


def reach(city: City) -> Indicator | None:
    """Return the share of incidents near a working camera; how near, and what works, is the pack's to say."""
    cameras = city.spec.cameras
    if cameras is None:
        return None
    return Indicator(
        id="reach",
        title=Title(zh="摄像头可达率", en="Within reach of a camera"),
        unit=PER_CENT,
        formula=Title(
            zh=f"{cameras.reach:g} 米内有可用摄像头的事件 ÷ 有坐标的事件",
            en=f"Incidents within {cameras.reach:g} m of a working camera ÷ incidents with a point",
        ),
        left_out=Title(zh="没有坐标的事件", en="Incidents without a point"),
        numerator="reached",
        denominator="placed",
        needs=Needs.REACH,
        scale=100,
        digits=2,
        no_data=Title(zh="没有带坐标的事件", en="no incident with a point"),
    )


def offered(city: City) -> dict[str, Indicator]:
    """Return a city's indicators by id, in the order of the menu: those of cameras only where the pack has some."""
    always = (COUNT, PER_KM2, PER_RESIDENTS, OPEN, OVERDUE, CLOSURE, ON_TIME, HANDLING)
    near = reach(city)
    return {item.id: item for item in (*always, *((CAMERAS, near) if near else ()))}


def one(ident: str, city: City) -> Indicator:
    """Return an indicator.

    Raises:
        UnknownNameError: The city offers none with the id.
    """
    known = offered(city)
    if ident not in known:
        raise UnknownNameError(kind="indicator", name=ident, known=known)
    return known[ident]
