"""`/api/at`: whose ground a point is on."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dashboard.answers import Named, named
from dashboard.asking import AConnection
from layers import units
from layers.units import Unit

router = APIRouter()
Lon = Annotated[float, Query(ge=-180, le=180, description="Degrees of longitude, WGS 84.")]
Lat = Annotated[float, Query(ge=-90, le=90, description="Degrees of latitude, WGS 84.")]


class Spot(BaseModel):
    """A point and the units that hold it; the path is empty outside the city."""

    lon: float
    lat: float
    path: list[Named]
    """From the city down to the deepest unit that holds the point."""


@router.get("/api/at")
async def read_at(lon: Lon, lat: Lat, connection: AConnection) -> Spot:
    """Return the units that hold a point."""
    rows = (await connection.execute(units.at(lon, lat))).mappings().all()
    return Spot(lon=lon, lat=lat, path=[named(Unit.of(row)) for row in reversed(rows)])
