"""`/api/units/…`: a unit, the way to it, its children and their polygons."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, Boundaries, TheBoundaries, TheCity, edition, unknown
from layers import units
from layers.pack import City
from layers.questions import Question
from layers.units import Unit

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
GEOBUF = "application/octet-stream"
GEOJSON = "application/geo+json"
router = APIRouter()
Version = Annotated[str | None, Query(description="The `version` of /api/city: makes the answer cacheable for good.")]


class UnitAnswer(Named):
    """A unit with everything but its polygon; `area` is in square kilometres, `label` where its name is written."""

    population: int | None
    area: float
    bounds: tuple[float, float, float, float]
    label: tuple[float, float]
    path: list[Named]
    """From the city down to the unit itself."""
    children: list[Named]


@router.get("/api/units/{code}")
async def read_unit(code: str, connection: AConnection, city: TheCity, at: TheBoundaries) -> UnitAnswer:
    """Return a unit, its path from the city and its direct children."""
    row = (await connection.execute(units.described(code, at.before))).mappings().one_or_none()
    if row is None:
        raise await unknown(connection, code, at)
    own = Unit.of(row)
    above = await connection.execute(units.by_ids(units.ancestor_ids(own.id, len(city.levels)), at.before))
    family = await connection.execute(units.family(code, at.before))
    return UnitAnswer(
        **named(own).model_dump(),
        population=row["population"],
        area=round(row["area"], 6),
        bounds=(row["west"], row["south"], row["east"], row["north"]),
        label=(row["lon"], row["lat"]),
        path=[named(Unit.of(item)) for item in above.mappings()],
        children=[named(Unit.of(item)) for item in family.mappings() if item["id"] != own.id],
    )


@dataclass(frozen=True)
class Wanted:
    """What an address of polygons needs beside the unit."""

    request: Request
    connection: AsyncConnection
    city: City
    at: Boundaries
    version: str | None


async def wanted(
    request: Request, connection: AConnection, city: TheCity, at: TheBoundaries, v: Version = None
) -> Wanted:
    """Gather it."""
    return Wanted(request, connection, city, at, v)


WhatIsWanted = Annotated[Wanted, Depends(wanted)]


@router.get("/api/units/{code}/children.geobuf", response_class=Response, responses={200: {"content": {GEOBUF: {}}}})
async def children_geobuf(code: str, asked: WhatIsWanted) -> Response:
    """Return the drawing polygons of a unit's children as Geobuf."""
    return await drawn(asked, code, units.geobuf(code, before=asked.at.before), kind=GEOBUF)


@router.get("/api/units/{code}/children.geojson", response_class=Response, responses={200: {"content": {GEOJSON: {}}}})
async def children_geojson(code: str, asked: WhatIsWanted) -> Response:
    """Return the drawing polygons of a unit's children as GeoJSON."""
    return await drawn(asked, code, units.geojson(code, before=asked.at.before), kind=GEOJSON)


@router.get("/api/units/{code}/outline.geobuf", response_class=Response, responses={200: {"content": {GEOBUF: {}}}})
async def outline_geobuf(code: str, asked: WhatIsWanted) -> Response:
    """Return a unit's own drawing polygon as Geobuf."""
    return await drawn(asked, code, units.geobuf(code, outline=True, before=asked.at.before), kind=GEOBUF)


async def drawn(asked: Wanted, code: str, question: Question, *, kind: str) -> Response:
    """Answer with polygons: for good under the present version, else to be asked for again."""
    present = await edition(asked.connection, asked.city)
    mark = f'"{present} {asked.at.before}"' if asked.at.before else f'"{present}"'
    headers = {"ETag": mark, "Cache-Control": FOREVER if asked.version == present else ASK_AGAIN}
    if asked.request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    row = (await asked.connection.execute(question)).one()
    if not row.known:
        raise await unknown(asked.connection, code, asked.at)
    return Response(row.polygons or b"", media_type=kind, headers=headers)
