"""`/api/points/…`: what stands or happened in view, drawn as points or as counts; lines and polygons as they are."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from layers import points, shapes, units
from layers.errors import UnknownNameError
from layers.filters import Filter
from layers.points import View

INCIDENTS = "incidents"
GEOJSON = "application/geo+json"
router = APIRouter()


@router.get(
    "/api/points/{layer}.geojson",
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}}}},
    openapi_extra=documented(),
)
async def read_points(
    layer: str,
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("zoom"))],
    zoom: Annotated[int, Query(ge=0, le=24)] = 12,
) -> Response:
    """Return a layer's features, or `incidents`: singles while they are few, clusters (`count`, `bounds`) while many.

    `total` is how many features the answer stands for; they have neither time nor category nor status nor channel.
    Lines and polygons that reach into unit and view are cut at its edge; of more than 2,000 the largest are answered.
    """
    if layer not in city.layers and layer != INCIDENTS:
        raise UnknownNameError(kind="layer", name=layer, known=[*city.layers, INCIDENTS])
    of = await unit_of(connection, city, asked)
    bounds = (await connection.execute(units.described(of.code, asked.before))).one()
    view = View(asked.bbox or (bounds.west, bounds.south, bounds.east, bounds.north), zoom)
    spec = city.layers.get(layer)
    if spec is not None and spec.incidents is None:
        ask = points.features_in_view if spec.geometry == "point" else shapes.shapes_in_view
        question = ask(spec, asked, city, of=of, view=view)
    else:
        of_source = replace(asked, sources=(spec.incidents,)) if spec and spec.incidents else asked
        question = points.incidents_in_view(of_source, city, of=of, view=view, now=datetime.now(UTC))
    found = (await connection.execute(question)).scalar_one()
    return Response(found, media_type=GEOJSON)
