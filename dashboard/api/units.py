"""`/api/units/…`: a unit, the way to it, its children and their polygons."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, edition, known_units
from layers import units
from layers.errors import UnknownNameError
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
async def read_unit(code: str, connection: AConnection, city: TheCity) -> UnitAnswer:
    """Return a unit, its path from the city and its direct children."""
    row = (await connection.execute(units.described(code))).mappings().one_or_none()
    if row is None:
        raise UnknownNameError(kind="unit", name=code, known=await known_units(connection))
    own = Unit.of(row)
    above = await connection.execute(units.by_ids(units.ancestor_ids(own.id, len(city.levels))))
    family = await connection.execute(units.family(code))
    return UnitAnswer(
        **named(own).model_dump(),
        population=row["population"],
        area=round(row["area"], 6),
        bounds=(row["west"], row["south"], row["east"], row["north"]),
        label=(row["lon"], row["lat"]),
        path=[named(Unit.of(item)) for item in above.mappings()],
        children=[named(Unit.of(item)) for item in family.mappings() if item["id"] != own.id],
    )


@router.get("/api/units/{code}/children.geobuf", response_class=Response, responses={200: {"content": {GEOBUF: {}}}})
async def children_geobuf(
    request: Request, code: str, connection: AConnection, city: TheCity, v: Version = None
) -> Response:
    """Return the drawing polygons of a unit's children as Geobuf."""
    return await drawn(request, connection, city, question=units.geobuf(code), kind=GEOBUF, version=v)


@router.get("/api/units/{code}/children.geojson", response_class=Response, responses={200: {"content": {GEOJSON: {}}}})
async def children_geojson(
    request: Request, code: str, connection: AConnection, city: TheCity, v: Version = None
) -> Response:
    """Return the drawing polygons of a unit's children as GeoJSON."""
    return await drawn(request, connection, city, question=units.geojson(code), kind=GEOJSON, version=v)


@router.get("/api/units/{code}/outline.geobuf", response_class=Response, responses={200: {"content": {GEOBUF: {}}}})
async def outline_geobuf(
    request: Request, code: str, connection: AConnection, city: TheCity, v: Version = None
) -> Response:
    """Return a unit's own drawing polygon as Geobuf."""
    question = units.geobuf(code, outline=True)
    return await drawn(request, connection, city, question=question, kind=GEOBUF, version=v)


async def drawn(  # noqa: PLR0913 - one place decides how long polygons may be kept
    request: Request, connection: AsyncConnection, city: City, *, question: Question, kind: str, version: str | None
) -> Response:
    """Answer with polygons: for good under the present version, else to be asked for again."""
    present = await edition(connection, city)
    mark = f'"{present}"'
    headers = {"ETag": mark, "Cache-Control": FOREVER if version == present else ASK_AGAIN}
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    row = (await connection.execute(question)).one()
    if not row.known:
        raise UnknownNameError(kind="unit", name=request.path_params["code"], known=await known_units(connection))
    return Response(row.polygons or b"", media_type=kind, headers=headers)
