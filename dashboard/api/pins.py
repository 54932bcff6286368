"""`/api/incidents/{id}/pin`: somebody says where an incident is whose source does not, and may take it back."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import a_transaction
from layers import pins, units
from layers.errors import FilterError, PlacedError, UnknownNameError
from layers.pins import Spot
from layers.units import Unit

router = APIRouter()


class NewPin(BaseModel):
    """Where the incident is, in degrees of WGS 84, and how one knows."""

    model_config = ConfigDict(extra="forbid")
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400, pattern=r"^[^\x00]*$")] = ""


class PinAnswer(BaseModel):
    """A pin, and the unit that the incident belongs to by it."""

    incident: int
    lon: float
    lat: float
    note: str | None
    pinned_at: datetime
    unit: str


@router.post("/api/incidents/{number}/pin", status_code=HTTPStatus.CREATED)
async def pin(number: int, new: NewPin, request: Request) -> PinAnswer:
    """Pin an incident that has no place of its own, or move its pin."""
    now = datetime.now(UTC)
    async with a_transaction(request) as connection:
        row = await held(connection, number)
        if row["place"] is not None and row["pinned_at"] is None:
            raise PlacedError(number)
        spot = await spot_at(connection, new.lon, new.lat)
        for statement in pins.pinned(row, spot, note=new.note or None, now=now):
            await connection.execute(statement)
    zone = request.app.state.city.time_zone
    return PinAnswer(
        incident=number,
        lon=new.lon,
        lat=new.lat,
        note=new.note or None,
        pinned_at=now.astimezone(zone),
        unit=spot.unit.code,
    )


@router.delete("/api/incidents/{number}/pin", status_code=HTTPStatus.NO_CONTENT)
async def unpin(number: int, request: Request) -> None:
    """Take a pin back: the incident is without a place again, in the unit that its source names."""
    async with a_transaction(request) as connection:
        row = await held(connection, number)
        if row["pinned_at"] is None:
            raise UnknownNameError(kind="pin", name=str(number), known=())
        back = Unit.of((await connection.execute(pins.home(row["was_unit_id"]))).mappings().one())
        for statement in pins.unpinned(row, back, await days(connection), now=datetime.now(UTC)):
            await connection.execute(statement)


async def held(connection: AsyncConnection, number: int) -> RowMapping:
    """Return an incident that is now nobody else's to change.

    Raises:
        UnknownNameError: There is no such incident in force.
    """
    await connection.execute(pins.alone(number))
    row = (await connection.execute(pins.held(number))).mappings().one_or_none()
    if row is None:
        raise UnknownNameError(kind="incident", name=str(number), known=())
    return row


async def spot_at(connection: AsyncConnection, lon: float, lat: float) -> Spot:
    """Return whose ground a point is on, now and before each edition of the boundaries.

    Raises:
        FilterError: It is outside the city.
    """
    found = await deepest(connection, lon, lat)
    if found is None:
        raise FilterError(name="lon, lat", value=f"{lon}, {lat}", right="give a place within the city")
    former = {day: await deepest(connection, lon, lat, day) for day in await days(connection)}
    return Spot(lon, lat, found, {day: was.id for day, was in former.items() if was is not None})


async def deepest(connection: AsyncConnection, lon: float, lat: float, before: date | None = None) -> Unit | None:
    """Return the deepest unit that holds a point; of two on whose edge it is, the smaller id, as at a load."""
    row = (await connection.execute(units.at(lon, lat, before))).mappings().first()
    return Unit.of(row) if row else None


async def days(connection: AsyncConnection) -> list[date]:
    """Return when editions of the boundaries began."""
    return list((await connection.execute(pins.days())).scalars())
