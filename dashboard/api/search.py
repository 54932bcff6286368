"""`/api/search`: units, features, incidents and coordinates by what people type."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity
from dashboard.ways import ways
from layers import features, incidents, parameters, units
from layers.coordinates import Datum, Reading, metres_between, read
from layers.errors import SameAxisError
from layers.gazetteer import Entry
from layers.model import Status
from layers.pack import City
from layers.units import Unit
from layers.words import status_code

router = APIRouter()
SHORTEST_KEY = 2
"""Characters from which features and incidents are looked for: fewer would mean any."""


class Hit(BaseModel):
    """Something that was found, where to go for it, and the way to it from the city down."""

    code: str
    """What it is called in tables: a unit's code, a feature's key, an incident's number, a coordinate's degrees."""
    name: str
    name_en: str
    path: list[Named]
    lon: float | None
    lat: float | None


class UnitHit(Hit):
    """A unit; its place is where its name is written."""

    type: Literal["unit"] = "unit"
    level: str


class FeatureHit(Hit):
    """A feature of any layer."""

    type: Literal["feature"] = "feature"
    id: int
    layer: str


class IncidentHit(Hit):
    """An incident; without a point of its own, it has no place."""

    type: Literal["incident"] = "incident"
    id: int
    category: str
    status: str
    reported_at: datetime


class CoordinateHit(Hit):
    """One reading of a coordinate, in WGS 84; several are a question which datum was meant."""

    type: Literal["coordinate"] = "coordinate"
    datum: Datum
    """The datum the numbers are taken to be of."""
    metres: float | None
    """How far this reading lies from the first one."""
    outside: bool
    """Whether it lies outside the city."""


AnyHit = Annotated[UnitHit | FeatureHit | IncidentHit | CoordinateHit, Field(discriminator="type")]


class Found(BaseModel):
    """What was found, kind by kind and the best of each first; `q` is what was looked for."""

    q: str
    results: list[AnyHit]
    amiss: Literal["two_lats", "two_lons"] | None = None
    """Why a coordinate is none: both of its numbers are said to be latitudes, or longitudes."""


@router.get("/api/search")
async def search(
    connection: AConnection,
    city: TheCity,
    request: Request,
    q: Annotated[str, Query(description="A name or a part of it, pinyin, a code, a number, or a coordinate.")],
    limit: Annotated[int, Query(ge=1, le=50, description="Results of each kind.")] = 6,
) -> Found:
    """Return what a text may mean: units by name, pinyin or code; features and incidents by number; coordinates.

    Nobody can tell of which datum degrees are; unless the text says so, each is a result of its own.
    """
    words = parameters.text("q", q)
    if words is None:
        return Found(q="", results=[])
    try:
        places = await coordinates(words, connection, city)
    except SameAxisError as error:
        return Found(q=words, results=[], amiss="two_lats" if error.axis == "lat" else "two_lons")
    if places:
        return Found(q=words, results=list(places))
    gazetteer = await request.app.state.gazetteer.present(connection, city)
    results: list[AnyHit] = [a_unit(entry) for entry in gazetteer.find(words, limit)]
    if len(words) >= SHORTEST_KEY:
        results += await things(words, limit, connection, city)
        results += await cases(words, limit, connection, city)
    return Found(q=words, results=results)


def a_unit(entry: Entry) -> UnitHit:
    """Tell a unit."""
    unit = entry.unit
    return UnitHit(**named(unit).model_dump(), path=[named(step) for step in entry.path], lon=entry.lon, lat=entry.lat)


async def things(words: str, limit: int, connection: AsyncConnection, city: City) -> list[FeatureHit]:
    """Find features by key or name."""
    rows = (await connection.execute(features.called(words, limit, city.layers))).mappings().all()
    paths = await ways({row["unit_id"] for row in rows}, connection, city)
    return [
        FeatureHit(
            **{name: row[name] for name in ("id", "layer", "lon", "lat")},
            code=row["key"],
            name=row["name"] or row["key"],
            name_en=row["name"] or row["key"],
            path=[named(step) for step in paths[row["unit_id"]]],
        )
        for row in rows
    ]


async def cases(words: str, limit: int, connection: AsyncConnection, city: City) -> list[IncidentHit]:
    """Find incidents by number."""
    rows = (await connection.execute(incidents.numbered(words, limit))).mappings().all()
    paths = await ways({row["unit_id"] for row in rows}, connection, city)
    called = {code: node.title for code, node in city.categories.items()}
    return [
        IncidentHit(
            **{name: row[name] for name in ("id", "category", "lon", "lat")},
            code=row["key"],
            name=row["title"] or (called[row["category"]].zh if row["category"] in called else row["category"]),
            name_en=called[row["category"]].en if row["category"] in called else row["category"],
            status=status_code(Status(row["status"])),
            reported_at=row["reported_at"].astimezone(city.time_zone),
            path=[named(step) for step in paths[row["unit_id"]]],
        )
        for row in rows
    ]


async def coordinates(words: str, connection: AsyncConnection, city: City) -> list[CoordinateHit]:
    """Read a coordinate in every datum it may be of, each with the units that hold its point."""
    if not any(letter.isdigit() for letter in words):
        return []
    own = (await connection.execute(units.described(city.spec.code))).one_or_none()
    box = (own.west, own.south, own.east, own.north) if own else (-180.0, -90.0, 180.0, 90.0)
    found = read(words, box)
    return [await a_coordinate(reading, found, connection) for reading in found]


async def a_coordinate(reading: Reading, among: Sequence[Reading], connection: AsyncConnection) -> CoordinateHit:
    """Tell one reading of a coordinate."""
    rows = (await connection.execute(units.at(reading.lon, reading.lat))).mappings().all()
    path = [named(Unit.of(row)) for row in reversed(rows)]
    degrees = f"{reading.lon:.6f}, {reading.lat:.6f}"
    return CoordinateHit(
        code=degrees,
        name=path[-1].name if path else degrees,
        name_en=path[-1].name_en if path else degrees,
        path=path,
        lon=round(reading.lon, 7),
        lat=round(reading.lat, 7),
        datum=reading.datum,
        metres=None if reading is among[0] else round(metres_between(among[0], reading), 1),
        outside=not path,
    )
