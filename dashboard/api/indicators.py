"""`/api/indicators`: what can be measured of units, each with its definition; and the values of one of them."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, documented, family_of, filter_besides
from dashboard.values import Asked, measured, rank_below
from layers import indicators, units
from layers.filters import Filter
from layers.indicators import Indicator
from layers.pack import City
from layers.parts import Title
from layers.tallies import Family
from layers.units import Unit

router = APIRouter()


class Definition(BaseModel):
    """What an indicator is: value = `scale` × numerator / denominator, in `unit`."""

    id: str
    title: Title
    unit: Title
    formula: Title
    left_out: Title
    no_data: Title
    scale: float
    digits: int


class Indicated(BaseModel):
    """The values of one indicator: arrays in the order of `codes`; null is no data."""

    indicator: Definition
    unit: Named
    level: str | None
    value: float | None
    numerator: float | None
    denominator: float | None
    codes: list[str]
    values: list[float | None]
    numerators: list[float | None]
    denominators: list[float | None]
    as_of: datetime
    """The instant that decided what is overdue."""


@router.get("/api/indicators")
async def catalogue(city: TheCity) -> list[Definition]:
    """List the indicators with their definitions."""
    return [definition(item) for item in indicators.offered(city).values()]


@router.get("/api/indicators/{ident}", openapi_extra={"parameters": documented()["parameters"]})
async def values(
    ident: str,
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("level"))],
    level: Annotated[str | None, Query(description="A level below the unit; without it, its children.")] = None,
) -> Indicated:
    """Measure a unit and its children, or all units of a level below it, by one indicator."""
    indicator = indicators.one(ident, city)
    family = await family_of(connection, city, asked)
    if level is not None:
        family = await family_at(connection, city, of=family.unit, level=level, before=asked.before)
    now = datetime.now(UTC)
    found = await connection.run_sync(measured, indicator.needs, Asked(city, asked, family, now))
    whole, children = found[family.unit.id], [found[child.id] for child in family.children]
    return Indicated(
        indicator=definition(indicator),
        unit=named(family.unit),
        level=level,
        value=indicator.value(whole),
        numerator=whole.get(indicator.numerator),
        denominator=whole.get(indicator.denominator or ""),
        codes=[child.code for child in family.children],
        values=[indicator.value(numbers) for numbers in children],
        numerators=[numbers.get(indicator.numerator) for numbers in children],
        denominators=[numbers.get(indicator.denominator or "") for numbers in children],
        as_of=now.astimezone(city.time_zone),
    )


def definition(indicator: Indicator) -> Definition:
    """Return what an indicator is, as answers say it."""
    return Definition(**{name: getattr(indicator, name) for name in Definition.model_fields})


async def family_at(connection: AsyncConnection, city: City, *, of: Unit, level: str, before: date | None) -> Family:
    """Return a unit and all units of a level below it."""
    rows = (await connection.execute(units.level_below(of, rank_below(city, of, level), before))).mappings()
    return Family(of, [Unit.of(row) for row in rows])
