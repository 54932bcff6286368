"""`/api/beside`: up to four units side by side, by one filter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, Share, Step, named, stepped
from dashboard.api.months import titled, top
from dashboard.api.summary import Totals, ends, standings
from dashboard.asking import ASnapshot, TheCity, documented, filter_besides, unit_of
from dashboard.state import SIDE_BY_SIDE
from layers import counts, measures, steps, tallies, units
from layers.errors import FilterError
from layers.filters import NAMES, Filter
from layers.indicators import BESIDE, Numbers
from layers.pack import City
from layers.tallies import Family
from layers.units import Unit

NAME = "beside"
EXPLAINED = "Code of a unit; one to four, of any levels. It takes the place of `unit`."
router = APIRouter()


class Compared(Named, Totals):
    """A unit with its numbers; `values` by indicator, null being no data; `trend` in the order of `steps`."""

    path: list[Named]
    """From the city down to the unit itself."""
    area: float | None
    residents: int | None
    values: dict[str, float | None]
    by_category: list[Share]
    """By category at the top of the tree, or where the filter names some by the category itself; the most first."""
    trend: list[int]


class Beside(BaseModel):
    """Units in the order asked for, all in the same period and as of one instant."""

    by: steps.Size | None
    """What a step of the trend is; null where nothing happened."""
    steps: list[Step]
    units: list[Compared]
    as_of: datetime
    """The instant that decided what is overdue."""


@dataclass(frozen=True)
class Found:
    """A unit with the rows that were counted of it."""

    unit: Unit
    path: list[Named]
    rows: Sequence[tallies.Counted]

    def by_day(self) -> Counter[date]:
        """Return how many there were on each day."""
        return Counter({row.day: row.n for row in self.rows if row.part == "day" and row.n})


@router.get("/api/beside", openapi_extra=documented(*(name for name in NAMES if name != "unit")))
async def beside(
    connection: ASnapshot,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides(NAME))],
    beside: Annotated[list[str], Query(description=EXPLAINED)],
) -> Beside:
    """Put the numbers of several units side by side."""
    if asked.unit:
        raise FilterError(name="unit", value=asked.unit, right=f"leave it out, since {NAME} says which units")
    codes = list(dict.fromkeys(beside))
    if len(codes) > SIDE_BY_SIDE:
        raise FilterError(NAME, ",".join(codes), right=f"at most {SIDE_BY_SIDE} units fit side by side")
    now = datetime.now(UTC)
    found = [await counted(connection, city, replace(asked, unit=code), now) for code in codes]
    sizes = await connection.execute(measures.sizes([each.unit.id for each in found], asked.before))
    held = {row["id"]: {"area": row["area"], "residents": row["residents"]} for row in sizes.mappings()}
    period = ends([day for each in found for day in each.by_day()], asked, city)
    by = steps.suitable(*period) if period else None
    firsts = steps.cut(*period, by) if period and by else []
    return Beside(
        by=by,
        steps=stepped(firsts, period[1]) if period else [],
        units=[compared(each, held[each.unit.id], firsts=firsts, asked=asked, city=city) for each in found],
        as_of=now.astimezone(city.time_zone),
    )


async def counted(connection: AsyncConnection, city: City, asked: Filter, now: datetime) -> Found:
    """Return a unit of the filter with its counts and the way down to it."""
    unit = await unit_of(connection, city, asked)
    above = units.by_ids(units.ancestor_ids(unit.id, len(city.levels)), asked.before)
    path = [named(Unit.of(row)) for row in (await connection.execute(above)).mappings()]
    rows = (await connection.execute(counts.tally(asked, city, of=Family(unit, []), now=now))).all()
    return Found(unit, path, rows)


def compared(found: Found, held: Numbers, *, firsts: Sequence[date], asked: Filter, city: City) -> Compared:
    """Return one unit as it is answered."""
    totals = standings(found.rows, Family(found.unit, []))[0].totals()
    numbers: Mapping[str, float | None] = {**totals, **held}
    trend = Counter[int]()
    for day, n in found.by_day().items():
        trend[steps.place(day, firsts)] += n
    return Compared(
        **named(found.unit).model_dump(),
        **totals,
        **held,
        path=found.path,
        values={indicator.id: indicator.value(numbers) for indicator in BESIDE},
        by_category=shares(found.rows, asked, city),
        trend=[trend[at] for at in range(len(firsts))],
    )


def shares(rows: Sequence[tallies.Counted], asked: Filter, city: City) -> list[Share]:
    """Return how many there are of each category."""
    totals = Counter[str]()
    for row in rows:
        if row.part == "unit":
            totals[row.category if asked.categories else top(city, row.category)] += row.n
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [Share(code=code, **titled(city, code), total=n) for code, n in ordered if n]
