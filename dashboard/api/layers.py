"""`/api/layers`: what can be drawn on the map, and how much of it there is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from layers import counts, features, sources
from layers.filters import Filter
from layers.pack import City
from layers.specs import LayerSpec
from layers.styles import StyleSpec
from layers.tallies import Family
from layers.units import Unit

router = APIRouter()


PASSED = {"id", "theme", "geometry", "color", "order", "shown", "label", "incidents", "style"}
"""What of a layer's description is answered as the pack says it."""


class FieldAnswer(BaseModel):
    """An attribute people see; `values` says what coded values mean."""

    id: str
    name: str
    name_en: str
    type: str
    values: dict[str, dict[str, str]]


class LayerAnswer(BaseModel):
    """A layer: `count` features, or incidents of its source that the filter means."""

    id: str
    theme: str
    name: str
    name_en: str
    geometry: str
    color: str
    order: int
    shown: bool
    label: str | None
    fields: list[FieldAnswer]
    incidents: str | None
    style: StyleSpec | None
    count: int | None
    """Null where it was not asked for."""
    data_time: datetime | None


@router.get("/api/layers", openapi_extra=documented())
async def read_layers(
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("incidents"))],
    *,
    incidents: Annotated[bool, Query(description="Whether layers of incidents are counted, too.")] = True,
) -> list[LayerAnswer]:
    """Return every layer in drawing order, with how much of it the filter means: as many as an export has rows."""
    of = await unit_of(connection, city, asked)
    held = await standing(connection, city, asked, of)
    if incidents:
        held |= await reported(connection, city, asked, of)
    times = await data_times(connection, city)
    ordered = sorted(city.layers.values(), key=lambda layer: (layer.order, layer.id))
    return [
        described(layer, held.get(layer.id, 0) if incidents or not layer.incidents else None, times.get(layer.id))
        for layer in ordered
    ]


async def standing(connection: AsyncConnection, city: City, asked: Filter, of: Unit) -> dict[str, int]:
    """Return how many features of each layer a filter means: at once where it says nothing but the unit."""
    own = [layer for layer in city.layers.values() if layer.incidents is None]
    limited = [layer for layer in own if asked.bbox or not features.plain(layer, asked, city)]
    plainly = [layer.id for layer in own if layer not in limited]
    questions = [features.held(plainly, of), *(features.meant(layer, asked, city, of) for layer in limited)]
    return {row.layer: row.n for question in questions for row in await connection.execute(question)}


async def reported(connection: AsyncConnection, city: City, asked: Filter, of: Unit) -> dict[str, int]:
    """Return how many incidents of each layer of them a filter means."""
    question = counts.tally(asked, city, of=Family(of, ()), now=datetime.now(UTC))
    events: dict[str, int] = {}
    for row in await connection.execute(question):
        if row.part == "unit":
            events[row.source] = events.get(row.source, 0) + row.n
    return {key: events.get(layer.incidents, 0) for key, layer in city.layers.items() if layer.incidents}


async def data_times(connection: AsyncConnection, city: City) -> dict[str, datetime]:
    """Return how recent each layer is: the newest data of the sources that feed it."""
    found: dict[str, datetime] = {}
    for row in await connection.execute(sources.last_loads()):
        fed = [key for key, layer in city.layers.items() if layer.incidents == row.code]
        spec = city.sources.get(row.code)
        for key in [*fed, *([spec.feeds] if spec else [])]:
            if row.reached and row.reached > found.get(key, datetime.min.replace(tzinfo=UTC)):
                found[key] = row.reached.astimezone(city.time_zone)
    return found


def described(layer: LayerSpec, count: int | None, data_time: datetime | None) -> LayerAnswer:
    """Put a layer's description and its count together."""
    return LayerAnswer(
        **layer.model_dump(include=PASSED),
        name=layer.title.zh,
        name_en=layer.title.en,
        fields=[
            FieldAnswer(
                id=field.id,
                name=field.title.zh,
                name_en=field.title.en,
                type=field.type,
                values={key: {"name": title.zh, "name_en": title.en} for key, title in field.values.items()},
            )
            for field in layer.fields
        ],
        count=count,
        data_time=data_time,
    )
