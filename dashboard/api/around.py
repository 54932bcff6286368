"""`/api/around`: everything near a point, by layer, with how far it is and in which direction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, Share, named
from dashboard.api.at import Lat, Lon
from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from layers import units
from layers.around import MOST_METRES, Circle, Survey
from layers.filters import Filter
from layers.model import Status
from layers.pack import City
from layers.specs import LayerSpec
from layers.units import Unit
from layers.words import status_code

router = APIRouter()
OWN = ("lon", "lat", "metres", "nearest")


class Near(BaseModel):
    """Something near: metres on the ellipsoid, and degrees from north by way of east (null at the very place)."""

    id: int
    key: str
    name: str | None
    lon: float
    lat: float
    metres: float
    bearing: float | None


class NearIncident(Near):
    """An incident near."""

    category: str
    status: str
    reported_at: datetime


class NearLayer(BaseModel):
    """A layer of features: how many the circle holds, and the nearest, be they in it or not."""

    id: str
    name: str
    name_en: str
    total: int
    nearest: list[Near]


class NearIncidents(BaseModel):
    """The incidents of the circle, by category, and the nearest of them."""

    total: int
    by_category: list[Share]
    nearest: list[NearIncident]


class Surroundings(BaseModel):
    """A circle, whose ground its middle is on, and what it holds."""

    lon: float
    lat: float
    metres: float
    path: list[Named]
    layers: list[NearLayer]
    incidents: NearIncidents


@router.get("/api/around", openapi_extra=documented())
async def read_around(  # noqa: PLR0913 - each is a parameter of the address
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides(*OWN))],
    *,
    lon: Lon,
    lat: Lat,
    metres: Annotated[float, Query(gt=0, le=MOST_METRES, description="Radius of the circle.")] = 500,
    nearest: Annotated[int, Query(ge=0, le=20, description="How many to name of each layer.")] = 5,
) -> Surroundings:
    """Return what is within some metres of a point: features by layer, incidents by category, the nearest of each."""
    of = await unit_of(connection, city, asked)
    survey = Survey(Circle(lon, lat, metres), asked, city, of, nearest)
    ground = (await connection.execute(units.at(lon, lat, asked.before))).mappings().all()
    return Surroundings(
        lon=lon,
        lat=lat,
        metres=metres,
        path=[named(Unit.of(row)) for row in reversed(ground)],
        layers=await near_layers(connection, survey),
        incidents=await near_incidents(connection, survey),
    )


async def near_layers(connection: AsyncConnection, survey: Survey) -> list[NearLayer]:
    """Return every layer of features, in drawing order."""
    layers = [layer for layer in survey.city.layers.values() if layer.incidents is None]
    if not layers:
        return []
    totals = {row.layer: row.n for row in await connection.execute(survey.features(layers))}
    found = []
    for layer in sorted(layers, key=lambda layer: (layer.order, layer.id)):
        rows = (await connection.execute(survey.nearest_features(layer))).mappings().all()
        found.append(near_layer(layer, totals.get(layer.id, 0), rows))
    return found


def near_layer(layer: LayerSpec, total: int, rows: Sequence[RowMapping]) -> NearLayer:
    """Tell a layer."""
    return NearLayer(
        id=layer.id,
        name=layer.title.zh,
        name_en=layer.title.en,
        total=total,
        nearest=[Near(**measured(row), name=row["name"]) for row in rows],
    )


async def near_incidents(connection: AsyncConnection, survey: Survey) -> NearIncidents:
    """Return the incidents of the circle."""
    city = survey.city
    counts = (await connection.execute(survey.incidents())).all()
    rows = (await connection.execute(survey.nearest_incidents())).mappings().all() if counts else []
    return NearIncidents(
        total=sum(row.n for row in counts),
        by_category=[category(row.code, row.n, city) for row in counts],
        nearest=[
            NearIncident(
                **measured(row),
                name=row["title"],
                category=row["category"],
                status=status_code(Status(row["status"])),
                reported_at=row["reported_at"].astimezone(city.time_zone),
            )
            for row in rows
        ],
    )


def category(code: str, total: int, city: City) -> Share:
    """Tell how many incidents are of a category."""
    node = city.categories.get(code)
    return Share(code=code, name=node.title.zh if node else code, name_en=node.title.en if node else code, total=total)


def measured(row: RowMapping) -> dict[str, object]:
    """Return where something near is, to the decimetre and the degree's tenth."""
    bearing = row["bearing"]
    return {
        **{name: row[name] for name in ("id", "key", "lon", "lat")},
        "metres": round(row["metres"], 1),
        "bearing": None if bearing is None else round(bearing, 1) % 360,
    }
