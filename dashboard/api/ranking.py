"""`/api/ranking`: the first of all units of a level below a unit, by an indicator or by how it changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dashboard.answers import Named, named
from dashboard.api.compare import EXPLAINED
from dashboard.api.indicators import family_at
from dashboard.asking import ASnapshot, TheCity, documented, filter_besides, unit_of
from dashboard.values import Asked, Found, measured
from dashboard.ways import ways
from layers import indicators, periods
from layers.errors import FilterError
from layers.filters import Filter
from layers.indicators import Indicator
from layers.units import Unit

Sort = Literal["high", "low", "rise", "fall"]
MOVES = {"rise", "fall"}
LEAST_FIRST = {"low", "fall"}
OWN = ("level", "indicator", "sort", "limit", periods.NAME)
router = APIRouter()


class Ranked(Named):
    """A unit with its value, and the one in the period compared with; null is no data."""

    path: list[Named]
    """From the city down to the unit itself."""
    value: float | None
    numerator: float | None
    denominator: float | None
    then: float | None


class Ranking(BaseModel):
    """The first of `units` units; equal ones by code, those without a value last."""

    indicator: str
    unit: Named
    level: str
    sort: Sort
    units: int
    ranked: list[Ranked]
    as_of: datetime
    """The instant that decided what is overdue."""


@router.get("/api/ranking", openapi_extra={"parameters": documented()["parameters"]})
async def ranking(  # noqa: PLR0913 - one parameter of the address each
    connection: ASnapshot,
    city: TheCity,
    *,
    asked: Annotated[Filter, Depends(filter_besides(*OWN))],
    level: Annotated[str, Query(description="A level below the unit.")],
    indicator: Annotated[str, Query(description="An id of `/api/indicators`.")] = "count",
    sort: Annotated[Sort, Query(description="What comes first; `rise` and `fall` need `against`.")] = "high",
    against: Annotated[str | None, Query(description=EXPLAINED)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Ranking:
    """Rank all units of a level below a unit."""
    if sort in MOVES and not against:
        raise FilterError(name="sort", value=sort, right=f"say what to compare with by {periods.NAME}")
    meant = indicators.one(indicator, city)
    own = await unit_of(connection, city, asked)
    family = await family_at(connection, city, of=own, level=level, before=asked.before)
    now = datetime.now(UTC)
    found = await connection.run_sync(measured, meant.needs, Asked(city, asked, family, now))
    past: Found = {}
    if against:
        earlier = periods.earlier(asked, against, city.time_zone)
        past = await connection.run_sync(measured, meant.needs, Asked(city, earlier, family, now))
    first = sorted(family.children, key=place(meant, found, past, sort))[:limit]
    paths = await ways({unit.id for unit in first}, connection, city, asked.before)
    return Ranking(
        indicator=indicator,
        unit=named(own),
        level=level,
        sort=sort,
        units=len(family.children),
        ranked=[
            Ranked(
                **named(unit).model_dump(),
                path=[named(step) for step in paths[unit.id]],
                value=meant.value(found[unit.id]),
                numerator=found[unit.id].get(meant.numerator),
                denominator=found[unit.id].get(meant.denominator or ""),
                then=meant.value(past[unit.id]) if past else None,
            )
            for unit in first
        ],
        as_of=now.astimezone(city.time_zone),
    )


def place(of: Indicator, found: Found, past: Found, sort: Sort) -> Callable[[Unit], tuple[bool, float, str]]:
    """Return the key that puts units in the order asked for."""

    def key(unit: Unit) -> tuple[bool, float, str]:
        value = of.value(found[unit.id])
        if sort in MOVES:
            then = of.value(past[unit.id])
            value = None if value is None or then is None else value - then
        return value is None, (value or 0) * (1 if sort in LEAST_FIRST else -1), unit.code

    return key
