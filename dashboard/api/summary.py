"""`/api/summary`: every number of a unit, its children, and how they add up."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.answers import Named, Share, named
from dashboard.asking import AConnection, TheCity, TheFilter, documented, family_of
from layers import counts
from layers.filters import Filter
from layers.model import Status
from layers.pack import City
from layers.parts import Title
from layers.tallies import Counted, Family
from layers.words import STATUSES, status_code

DAYS_WITHOUT_HOLES = 3 * 366
INSTANT = timedelta(microseconds=1)
router = APIRouter()


class Totals(BaseModel):
    """How many there are and how they stand: `open` and `closed` add up to `total`, `due` is closed plus overdue."""

    total: int
    open: int
    overdue: int
    closed: int
    on_time: int
    due: int


class Child(Named, Totals):
    """A child of the unit with its numbers."""


@dataclass(frozen=True, slots=True)
class Day:
    """The incidents reported on one local day."""

    day: date
    total: int


class Summary(Totals):
    """`sum(children) + unplaced = total = sum(by_day) = sum(by_status) = sum(by_category)`."""

    unit: Named
    unplaced: int
    children: list[Child]
    by_category: list[Share]
    by_status: list[Share]
    by_source: list[Share]
    by_day: list[Day]
    as_of: datetime
    """The instant that decided what is overdue."""


@router.get("/api/summary", openapi_extra=documented())
async def summary(connection: AConnection, city: TheCity, asked: TheFilter) -> Summary:
    """Count the incidents a filter means, by child, category, status, source and day."""
    family = await family_of(connection, city, asked)
    now = datetime.now(UTC)
    rows = (await connection.execute(counts.tally(asked, city, of=family, now=now))).all()
    return added_up(rows, family, asked=asked, city=city, now=now)


def added_up(rows: Sequence[Counted], of: Family, *, asked: Filter, city: City, now: datetime) -> Summary:
    """Turn counted rows into the answer."""
    whole, children = standings(rows, of)
    categories, states, origins, days = (defaultdict[Any, int](int) for _ in range(4))
    # Taken apart all at once: a name asked of a row takes ten times as long, and there are some two thousand rows.
    for part, _, category, status, source, day, n, _, _ in rows:
        if part == "unit":
            categories[category] += n
            states[status] += n
            origins[source] += n
        elif part == "day":
            days[day] += n
    sources = {code: spec.title for code, spec in city.sources.items()}
    titles = {code: item.title for code, item in city.categories.items()}
    return Summary(
        **whole.totals(),
        unit=named(of.unit),
        unplaced=whole.total - sum(child.total for child in children.values()),
        children=[Child(**named(child).model_dump(), **children[child.id].totals()) for child in of.children],
        by_category=_shares(categories, titles),
        by_status=[_share(status_code(status), title, states[status]) for status, title in STATUSES.items()],
        by_source=_shares(origins, sources),
        by_day=_days(days, asked, city),
        as_of=now.astimezone(city.time_zone),
    )


def standings(rows: Sequence[Counted], of: Family) -> tuple["Standing", dict[int, "Standing"]]:
    """Add counted rows up for the unit itself and for each child, by its id."""
    whole, children = Standing(), {child.id: Standing() for child in of.children}
    for part, child_id, _, status, _, _, n, on_time, late in rows:
        closed = n if status == Status.CLOSED else 0
        if part in {"unit", "late"}:
            whole.add(n, closed, on_time=on_time, late=late)
        if part in {"child", "late"} and child_id in children:
            children[child_id].add(n, closed, on_time=on_time, late=late)
    return whole, children


class Standing:
    """The numbers of one unit, while they are being added up."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.total = self.closed = self.on_time = self.overdue = 0

    def add(self, n: int, closed: int, *, on_time: int, late: int) -> None:
        """Add how many there are of a kind, and how many of them are closed, were so on time, and are late."""
        self.total += n
        self.closed += closed
        self.on_time += on_time
        self.overdue += late

    def totals(self) -> dict[str, int]:
        """Return the fields of `Totals`."""
        return {
            "total": self.total,
            "open": self.total - self.closed,
            "overdue": self.overdue,
            "closed": self.closed,
            "on_time": self.on_time,
            "due": self.closed + self.overdue,
        }


def _share(code: str, title: Title | None, total: int) -> Share:
    # A category that the pack no longer knows keeps its code for a name: its incidents still count.
    return Share(code=code, name=title.zh if title else code, name_en=title.en if title else code, total=total)


def _shares(totals: Mapping[str, int], titles: Mapping[str, Title]) -> list[Share]:
    return [
        _share(code, titles.get(code), n)
        for code, n in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        if n
    ]


def ends(days: Collection[date], asked: Filter, city: City) -> tuple[date, date] | None:
    """Return the first and the last day of the filter's period, or where it is open of what happened."""
    start, end = asked.instants(city.time_zone)
    first = start.astimezone(city.time_zone).date() if start else min(days, default=None)
    last = (end - INSTANT).astimezone(city.time_zone).date() if end else max(days, default=None)
    return None if first is None or last is None else (first, last)


def _days(totals: defaultdict[date, int], asked: Filter, city: City) -> list[Day]:
    """Fill the holes, unless the period is so long that nobody would see the days."""
    happened = sorted(day for day, n in totals.items() if n)
    period = ends(happened, asked, city)
    if period is None or (period[1] - period[0]).days >= DAYS_WITHOUT_HOLES:
        return [Day(day=day, total=totals[day]) for day in happened]
    first, last = period
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [Day(day=day, total=totals[day]) for day in every]
