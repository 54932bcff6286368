"""All units of a level at once, polygons and values apart: geometry is kept for good, a filter sends values only."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from dashboard.api.indicators import family_at
from dashboard.api.units import GEOBUF, WhatIsWanted, drawn
from dashboard.asking import AConnection, TheCity, documented, edition, filter_besides, unit_of
from dashboard.classes import classify, shown
from dashboard.values import Asked, measured
from layers import indicators, units
from layers.filters import Filter
from layers.parameters import numbers

router = APIRouter()
Method = Literal["quantile", "equal", "natural", "manual"]


class Range(BaseModel):
    """One class: its ends, both included, and how many units are in it; an end that is null is open."""

    low: float | None
    high: float | None
    units: int


class Levelled(BaseModel):
    """The values of one indicator, in the order of the level's polygons under `version`; null is no data."""

    indicator: str
    unit: str
    level: str
    version: str
    values: list[float | None]
    classes: list[Range]
    """Low to high; a value is in the first whose `high` is not below it."""
    unknown: int
    """How many have no value."""
    as_of: datetime
    """The instant that decided what is overdue."""


@router.get(
    "/api/units/{code}/levels/{level}.geobuf", response_class=Response, responses={200: {"content": {GEOBUF: {}}}}
)
async def level_geobuf(code: str, level: str, asked: WhatIsWanted) -> Response:
    """Return the drawing polygons of all units of a level below a unit as Geobuf, in the order of their codes."""
    rank = asked.city.rank(level)
    return await drawn(asked, code, units.geobuf(code, rank=rank, before=asked.at.before), kind=GEOBUF)


@router.get("/api/indicators/{ident}/values", openapi_extra={"parameters": documented()["parameters"]})
async def level_values(  # noqa: PLR0913 - one parameter of the address each
    ident: str,
    connection: AConnection,
    *,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("level", "classes", "breaks"))],
    level: Annotated[str, Query(description="A level below the unit.")],
    classes: Annotated[Method, Query(description="How the classes are cut.")] = "quantile",
    breaks: Annotated[str, Query(description="The upper ends of classes cut by hand: `10,20,50`.")] = "",
) -> Levelled:
    """Measure all units of a level below a unit by one indicator, and cut what is found into classes."""
    indicator = indicators.one(ident, city)
    own = await unit_of(connection, city, asked)
    family = await family_at(connection, city, of=own, level=level, before=asked.before)
    now = datetime.now(UTC)
    found = await connection.run_sync(measured, indicator.needs, Asked(city, asked, family, now))
    values = [indicator.value(found[child.id]) for child in family.children]
    known = [shown(value, indicator.digits) for value in values if value is not None]
    cut = classify(known, classes, digits=indicator.digits, breaks=numbers("breaks", breaks))
    rounded = iter(known)
    return Levelled(
        indicator=ident,
        unit=own.code,
        level=level,
        version=await edition(connection, city),
        values=[None if value is None else next(rounded) for value in values],
        classes=[Range(low=item.low, high=item.high, units=item.units) for item in cut],
        unknown=len(values) - len(known),
        as_of=now.astimezone(city.time_zone),
    )
