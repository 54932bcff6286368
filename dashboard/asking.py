"""What every address needs before it can answer: the city, a connection, and the filter, read from the request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from layers import units
from layers.counts import Family
from layers.errors import UnknownNameError
from layers.filters import NAMES, REPEATABLE, Filter, parse
from layers.pack import City
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
    "q": "Words in the title or address, or a whole key.",
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


TheCity = Annotated[City, Depends(the_city)]
AConnection = Annotated[AsyncConnection, Depends(a_connection)]


def filter_besides(*own: str) -> Callable[[Request, City], Awaitable[Filter]]:
    """Return the dependency that reads the filter and leaves an address its own parameters."""

    async def read(request: Request, city: TheCity) -> Filter:
        return parse(request.query_params.multi_items(), city, besides=own)

    return read


TheFilter = Annotated[Filter, Depends(filter_besides())]


async def unit_of(connection: AsyncConnection, city: City, code: str | None) -> Unit:
    """Return a unit; without a code, the city.

    Raises:
        UnknownNameError: No unit in force has the code.
    """
    wanted = code or city.spec.code
    row = (await connection.execute(units.one(wanted))).mappings().one_or_none()
    if row is None:
        raise UnknownNameError(kind="unit", name=wanted, known=await known_units(connection))
    return Unit.of(row)


async def family_of(connection: AsyncConnection, city: City, code: str | None) -> Family:
    """Return a unit and its children; without a code, the city's.

    Raises:
        UnknownNameError: No unit in force has the code.
    """
    wanted = code or city.spec.code
    found = [Unit.of(row) for row in (await connection.execute(units.family(wanted))).mappings()]
    if not found:
        raise UnknownNameError(kind="unit", name=wanted, known=await known_units(connection))
    return Family(found[0], found[1:])


async def known_units(connection: AsyncConnection) -> Sequence[str]:
    """Return the codes to name when somebody asks for a unit that is not there."""
    return [row.code for row in await connection.execute(units.highest())]


async def edition(connection: AsyncConnection, city: City) -> str:
    """Return the name of the present polygons: another one after every load that changed them."""
    sources = [code for code, spec in city.sources.items() if spec.feeds == "units"]
    load = (await connection.execute(units.edition(sources))).one_or_none()
    return f"{load.id}-{int(load.started_at.timestamp()):x}" if load else "none"
