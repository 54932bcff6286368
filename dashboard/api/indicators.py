"""`/api/indicators`: what can be measured of units, each with its definition; and the values of one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.api.summary import standings
from dashboard.asking import AConnection, TheCity, documented, family_of, filter_besides
from layers import counts, indicators, measures, units
from layers.counts import Family
from layers.errors import FilterError
from layers.filters import Filter
from layers.indicators import Indicator, Needs
from layers.pack import City
from layers.parts import Title
from layers.units import Unit

router = APIRouter()


Found: TypeAlias = dict[int, dict[str, float | None]]
"""Numbers by name, by unit."""


@dataclass(frozen=True)
class Asked:
    """One question: which incidents, of which units, as of when."""

    city: City
    filter: Filter
    of: Family
    now: datetime


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
    found = await measured(indicator.needs, connection, Asked(city, asked, family, now))
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
    rank = city.rank(level)
    if rank <= of.rank:
        below = [item.id for item in city.levels[of.rank + 1 :]]
        right = f"it must be below {of.level}: {', '.join(below) or 'nothing is'}"
        raise FilterError(name="level", value=level, right=right)
    rows = (await connection.execute(units.level_below(of, rank, before))).mappings()
    return Family(of, [Unit.of(row) for row in rows])


async def measured(needs: Needs, connection: AsyncConnection, asked: Asked) -> Found:
    """Return the numbers that an indicator needs, by the id of the unit itself and of each child."""
    city, of = asked.city, asked.of
    found: Found = {each.id: {} for each in (of.unit, *of.children)}
    if needs in {Needs.COUNTS, Needs.SIZES}:
        rows = (await connection.execute(counts.tally(asked.filter, city, of=of, now=asked.now))).all()
        whole, children = standings(rows, of)
        for ident, standing in {of.unit.id: whole, **children}.items():
            found[ident] |= standing.totals()
    if needs is Needs.HOURS:
        for row in await connection.execute(measures.hours(asked.filter, city, of=of)):
            found.get(of.unit.id if row.whole else row.child_id, {})["hours"] = row.hours
    if needs in {Needs.SIZES, Needs.CAMERAS}:
        for row in await connection.execute(measures.sizes(found, asked.filter.before)):
            found[row.id] |= {"area": row.area, "residents": row.residents}
    cameras = city.spec.cameras
    if needs is Needs.CAMERAS and cameras:
        question = measures.cameras(city, cameras, of=of, before=asked.filter.before)
        add(found, (await connection.execute(question)).mappings(), of, names=("cameras",))
    if needs is Needs.REACH and cameras:
        question = measures.reached(asked.filter, city, declared=cameras, of=of)
        add(found, (await connection.execute(question)).mappings(), of, names=("placed", "reached"))
    return found


def add(found: Found, rows: Iterable[RowMapping], of: Family, *, names: Sequence[str]) -> None:
    """Put counted rows to the children they belong to, and all of them to the unit itself; nothing counted is zero."""
    for numbers in found.values():
        numbers.update(dict.fromkeys(names, 0))
    for row in rows:
        for ident in {of.unit.id, row["child_id"]} & found.keys():
            for name in names:
                found[ident][name] = (found[ident][name] or 0) + row[name]
