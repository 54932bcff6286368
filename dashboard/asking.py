"""What every address needs before it can answer: the city, a connection, and the filter, read from the request."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from layers import editions, units
from layers.errors import NotInForceError, UnknownNameError
from layers.filters import NAMES, REPEATABLE, Filter, parse
from layers.pack import City
from layers.tallies import Family
from layers.units import Unit

EXPLAINED = {
    "unit": "Code of a unit; without it, the city.",
    "from": "First local day (2025-01-31), or an instant (2025-01-31T08:00:00+08:00); included.",
    "to": "A local day or an instant; not included.",
    "category": "A category's code, which means its branch.",
    "status": "reported, accepted, dispatched, resolved or closed.",
    "source": "A source's id.",
    "channel": "A channel's id.",
    "bbox": "west,south,east,north in degrees.",
    "within": "A polygon in degrees, as GeoJSON or WKT.",
    "hours": "Local hours such as 8-20, or 22-6 over midnight; the last is not included.",
    "weekday": "Local day of the week, Monday being 1.",
    "circle": "lon,lat,metres: within so many metres of a place.",
    "where": "A condition on a field, `field:comparison:value`; `|` between several of which one is enough. "
    "`/api/fields` lists them. Commas stand between values; `,`, `|` and `%` within one are `%2C`, `%7C` and `%25`.",
    "q": "Words in the title or address, or a whole key.",
    "as_of": "A day (2025-01-31): the boundaries of that day, and everything counted within them; see /api/editions.",
}


def documented(*names: str) -> dict[str, Any]:
    """Return the filter's parameters as OpenAPI describes them: all, or those named."""

    def schema(name: str) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}} if name in REPEATABLE else {"type": "string"}

    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "description": EXPLAINED[name], "schema": schema(name)}
            for name in names or NAMES
        ]
    }


async def the_city(request: Request) -> City:
    """Return the pack the application was made with."""
    city: City = request.app.state.city
    return city


async def a_connection(request: Request) -> AsyncIterator[AsyncConnection]:
    """Lend a connection for one answer."""
    async with request.app.state.engine.connect() as connection:
        yield connection


async def a_snapshot(request: Request) -> AsyncIterator[AsyncConnection]:
    """Lend a connection for an answer of several questions that must see the same rows."""
    async with request.app.state.engine.connect() as connection:
        yield await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@asynccontextmanager
async def a_transaction(request: Request) -> AsyncIterator[AsyncConnection]:
    """Lend a connection for what is written whole or not at all; done before the answer is given."""
    async with request.app.state.engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            yield connection


@dataclass(frozen=True)
class Boundaries:
    """The day whose boundaries are meant, and the edition that ended them."""

    as_of: date | None
    before: date | None


TheCity = Annotated[City, Depends(the_city)]
AConnection = Annotated[AsyncConnection, Depends(a_connection)]
ASnapshot = Annotated[AsyncConnection, Depends(a_snapshot)]


def filter_besides(*own: str) -> Callable[[Request, AsyncConnection, City], Awaitable[Filter]]:
    """Return the dependency that reads the filter and leaves an address its own parameters."""

    async def read(request: Request, connection: AConnection, city: TheCity) -> Filter:
        asked = parse(request.query_params.multi_items(), city, besides=own)
        return replace(asked, before=await before(connection, asked.as_of)) if asked.as_of else asked

    return read


TheFilter = Annotated[Filter, Depends(filter_besides())]


async def before(connection: AsyncConnection, day: date | None) -> date | None:
    """Return the edition that ended the boundaries of a day; none where they are in force."""
    found: date | None = (await connection.execute(editions.after(day))).scalar() if day else None
    return found


async def boundaries(
    connection: AConnection, as_of: Annotated[date | None, Query(description=EXPLAINED["as_of"])] = None
) -> Boundaries:
    """Read whose boundaries are meant, for addresses that take no filter."""
    return Boundaries(as_of, await before(connection, as_of))


TheBoundaries = Annotated[Boundaries, Depends(boundaries)]


async def unit_of(connection: AsyncConnection, city: City, asked: Filter) -> Unit:
    """Return the filter's unit, within the boundaries it means; without one, the city.

    Raises:
        UnknownNameError: There was no unit of that code.
    """
    wanted = asked.unit or city.spec.code
    row = (await connection.execute(units.one(wanted, asked.before))).mappings().one_or_none()
    if row is None:
        raise await unknown(connection, wanted, Boundaries(asked.as_of, asked.before))
    return Unit.of(row)


async def family_of(connection: AsyncConnection, city: City, asked: Filter) -> Family:
    """Return the filter's unit and its children, within the boundaries it means; without one, the city's.

    Raises:
        UnknownNameError: There was no unit of that code.
    """
    wanted = asked.unit or city.spec.code
    found = [Unit.of(row) for row in (await connection.execute(units.family(wanted, asked.before))).mappings()]
    if not found:
        raise await unknown(connection, wanted, Boundaries(asked.as_of, asked.before))
    return Family(found[0], found[1:])


async def unknown(connection: AsyncConnection, code: str, at: Boundaries) -> UnknownNameError:
    """Return what to answer when somebody asks for a unit that is not there: when it was, or which there are."""
    spans = [(row.valid_from, row.valid_to) for row in await connection.execute(units.spans(code))]
    if spans:
        return NotInForceError(code, day=at.as_of, spans=spans)
    known = [row.code for row in await connection.execute(units.highest(at.before))]
    return UnknownNameError(kind="unit", name=code, known=known)


async def edition(connection: AsyncConnection, city: City) -> str:
    """Return the name of the present polygons: another one after every load that changed them."""
    sources = [code for code, spec in city.sources.items() if spec.feeds == "units"]
    load = (await connection.execute(units.edition(sources))).one_or_none()
    return f"{load.id}-{int(load.started_at.timestamp()):x}" if load else "none"
