"""`/api/incidents`: the records themselves, in any order, page by page."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from dashboard.cursors import cursor, place
from dashboard.ways import ways
from layers import incidents, orders
from layers.errors import UnknownNameError
from layers.filters import Filter
from layers.model import Status
from layers.orders import NAMES, TIMES, USUAL
from layers.pack import City
from layers.units import Unit
from layers.words import status_code

MOST_SKIPPED = 10**9
SORT = f"what the list is ordered by, with a minus before it where the greatest comes first: {', '.join(NAMES)}"
UNPLACED = "only what belongs to the unit but to none of its children"
AS_IT_IS = ("id", "key", "title", "address", "channel", "severity", "source", "lon", "lat", "pin_note")
router = APIRouter()


class Record(BaseModel):
    """An incident as people read it; times are the city's."""

    id: int
    key: str
    source: str
    title: str | None
    address: str | None
    category: str
    category_name: str
    category_name_en: str
    status: str
    channel: str | None
    severity: int | None
    reported_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    due_at: datetime
    overdue: bool
    unit: Named
    """The deepest unit known for it."""
    path: list[Named]
    """From the city down to that unit."""
    placed: bool
    """Whether that unit is one of the lowest level."""
    lon: float | None
    lat: float | None
    pinned_at: datetime | None
    """When somebody said where it is, because its source does not."""
    pin_note: str | None
    attributes: dict[str, Any]


class Change(BaseModel):
    """What one load changed, or somebody by hand: for each field, what it was and what it became."""

    at: datetime
    load: int | None
    changed: dict[str, tuple[Any, Any]]


class Told(Record):
    """One incident with what became of it, the first change first."""

    retired_at: datetime | None
    """When its source stopped having it; such an incident is in no list, count or map."""
    history: list[Change]


class Page(BaseModel):
    """Some records, and the cursor to give as `after` for those that follow: null at the end."""

    incidents: list[Record]
    next: str | None


class Position(BaseModel):
    """Where an incident is in a list: how many come before it; null where the list is without it."""

    position: int | None


@router.get("/api/incidents", openapi_extra=documented())
async def read_page(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("limit", "after", "skip", "sort", "unplaced"))],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(description="`next` of the page before, in the same order")] = None,
    skip: Annotated[int, Query(ge=0, le=MOST_SKIPPED, description="how many rows to leave out from there")] = 0,
    sort: Annotated[str, Query(description=SORT)] = USUAL,
    *,
    unplaced: Annotated[bool, Query(description=UNPLACED)] = False,
) -> Page:
    """Return a page of the incidents a filter means, the newest first unless asked otherwise.

    `after` costs the same on every page, `skip` more the further it goes; together they lead to a row anywhere.
    """
    order = orders.read(sort, asked.before)
    where = await wanted(connection, city, asked, unplaced=unplaced)
    start = place(after, order) if after else None
    # One more than asked for tells whether anything follows.
    question = incidents.page(where, limit=limit + 1, order=order, after=start, skip=skip)
    rows = (await connection.execute(question)).mappings().all()
    more = rows[limit - 1] if len(rows) > limit else None
    return Page(incidents=await told(rows[:limit], connection, city, asked.before), next=more and cursor(more, order))


@router.get("/api/incidents/{number}/position", openapi_extra=documented())
async def read_position(  # noqa: PLR0913 - each is a parameter of the address
    number: int,
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("sort", "unplaced"))],
    sort: Annotated[str, Query(description=SORT)] = USUAL,
    *,
    unplaced: Annotated[bool, Query(description=UNPLACED)] = False,
) -> Position:
    """Return where an incident is in the list that a filter and an order make."""
    order = orders.read(sort, asked.before)
    row = (await connection.execute(incidents.one(number, asked.before))).mappings().one_or_none()
    if row is None:
        raise UnknownNameError(kind="incident", name=str(number), known=())
    where = await wanted(connection, city, asked, unplaced=unplaced)
    found = (await connection.execute(incidents.position(where, order=order, row=row))).one()
    return Position(position=found.ahead if found.among else None)


async def wanted(
    connection: AsyncConnection, city: City, asked: Filter, *, unplaced: bool
) -> list[ColumnElement[bool]]:
    """Return the conditions of a list; of the unplaced, that none of the unit's children has them."""
    of = await unit_of(connection, city, asked)
    where = incidents.conditions(asked, city, of)
    return [*where, incidents.unplaced(of, asked.before)] if unplaced else where


@router.get("/api/incidents/{number}")
async def read_one(number: int, connection: AConnection, city: TheCity) -> Told:
    """Return one incident by its `id`, with the history of its changes."""
    rows = (await connection.execute(incidents.one(number))).mappings().all()
    if not rows:
        raise UnknownNameError(kind="incident", name=str(number), known=())
    (found,) = await told(rows, connection, city)
    zone, retired = city.time_zone, rows[0]["retired_at"]
    changes = [
        Change(at=row.at.astimezone(zone), load=row.load_id, changed=row.changed)
        for row in await connection.execute(incidents.history(number))
    ]
    return Told(**found.model_dump(), retired_at=retired and retired.astimezone(zone), history=changes)


async def told(
    rows: Sequence[RowMapping], connection: AsyncConnection, city: City, before: date | None = None
) -> list[Record]:
    """Turn rows into records, with the names of the units they are in."""
    paths = await ways({row["unit_id"] for row in rows}, connection, city, before)
    now = datetime.now(UTC)
    return [record(row, paths[row["unit_id"]], city, now) for row in rows]


def record(row: RowMapping, path: Sequence[Unit], city: City, now: datetime) -> Record:
    """Tell one incident in words."""
    category = city.categories.get(row["category"])
    shown = {field.id for layer in city.layers.values() if layer.incidents == row["source"] for field in layer.fields}
    way = [named(unit) for unit in path]
    return Record(
        **{name: row[name] for name in AS_IT_IS},
        **{name: row[name] and row[name].astimezone(city.time_zone) for name in (*TIMES, "pinned_at")},
        category=row["category"],
        category_name=category.title.zh if category else row["category"],
        category_name_en=category.title.en if category else row["category"],
        status=status_code(Status(row["status"])),
        overdue=row["status"] != Status.CLOSED and row["due_at"] < now,
        unit=way[-1],
        path=way,
        placed=path[-1].rank == len(city.levels) - 1,
        attributes={name: value for name, value in (row["attributes"] or {}).items() if name in shown},
    )
