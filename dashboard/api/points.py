"""`/api/points/…`: what stands or happened in view, drawn as points or as counts; lines and polygons as they are."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from dashboard.viewing import Sight
from layers import shapes, units
from layers.errors import UnknownNameError
from layers.filters import Box, Filter
from layers.points import View
from layers.units import Unit

INCIDENTS = "incidents"
GEOJSON = "application/geo+json"
router = APIRouter()


@router.get(
    "/api/points/{layer}.geojson",
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}}}},
    openapi_extra=documented(),
)
async def read_points(  # noqa: PLR0913 - one parameter of the address each
    layer: str,
    connection: AConnection,
    request: Request,
    *,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("zoom"))],
    zoom: Annotated[int, Query(ge=0, le=24)] = 12,
) -> Response:
    """Return a layer's features, or `incidents`: singles while they are few, clusters (`count`, `bounds`) while many.

    `by` says what a cluster counts: a `cell` of the map, or where there are too many to read, the `units` of a `level`
    whose spots are in one, with those that are known to be in a unit but not where. `rest` are those of units that
    none of their children has. `total` is how many the answer stands for.
    Features have neither time nor category nor status nor channel.
    Lines and polygons that reach into unit and view are cut at its edge; of more than 2,000 the largest are answered.
    """
    if layer not in city.layers and layer != INCIDENTS:
        raise UnknownNameError(kind="layer", name=layer, known=[*city.layers, INCIDENTS])
    of = await unit_of(connection, city, asked)
    view = View(asked.bbox or await bounds_of(connection, of, asked), zoom)
    spec = city.layers.get(layer)
    if spec is not None and spec.incidents is None and spec.geometry != "point":
        found = (await connection.execute(shapes.shapes_in_view(spec, asked, city, of=of, view=view))).scalar_one()
    else:
        of_source = replace(asked, sources=(spec.incidents,)) if spec and spec.incidents else asked
        standing = spec if spec and spec.incidents is None else None
        found = await seen(connection, Sight(of_source, city, of, view, datetime.now(UTC), standing), request)
    return Response(found, media_type=GEOJSON)


async def bounds_of(connection: AsyncConnection, of: Unit, asked: Filter) -> Box:
    """Return the box around a unit."""
    row = (await connection.execute(units.described(of.code, asked.before))).one()
    return row.west, row.south, row.east, row.north


async def seen(connection: AsyncConnection, sight: Sight, request: Request) -> str:
    """Return what a map shows, read or counted."""
    state = request.app.state
    if await connection.run_sync(sight.dear, state.points_cost):
        ground = await state.ground.present(connection, sight.city)
        if counted := await connection.run_sync(sight.counted, ground):
            return counted
    return await connection.run_sync(sight.read)
