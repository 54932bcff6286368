"""`/api/incidents`: the records themselves, newest first, page by page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, documented, filter_besides, unit_of
from dashboard.ways import ways
from layers import incidents
from layers.errors import FilterError, UnknownNameError
from layers.filters import Filter
from layers.model import Status
from layers.pack import City
from layers.units import Unit
from layers.words import status_code

TIMES = ("reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at", "due_at")
AS_IT_IS = ("id", "key", "title", "address", "channel", "severity", "source", "lon", "lat")
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
    attributes: dict[str, Any]


class Change(BaseModel):
    """What one load changed: for each field, what it was and what it became."""

    at: datetime
    load: int
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


@router.get("/api/incidents", openapi_extra=documented())
async def read_page(  # noqa: PLR0913 - each is a parameter of the address
    connection: AConnection,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides("limit", "after", "unplaced"))],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    *,
    unplaced: Annotated[bool, Query(description="only what belongs to the unit but to none of its children")] = False,
) -> Page:
    """Return a page of the incidents a filter means, the newest first."""
    of = await unit_of(connection, city, asked)
    where = incidents.conditions(asked, city, of)
    if unplaced:
        where.append(incidents.unplaced(of, asked.before))
    # One more than asked for tells whether anything follows.
    question = incidents.page(where, limit=limit + 1, after=place(after) if after else None, before=asked.before)
    rows = (await connection.execute(question)).mappings().all()
    more = rows[limit - 1] if len(rows) > limit else None
    return Page(incidents=await told(rows[:limit], connection, city, asked.before), next=more and cursor(more))


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
        **{name: row[name] and row[name].astimezone(city.time_zone) for name in TIMES},
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


def cursor(row: RowMapping) -> str:
    """Return where a page ended."""
    written = f"{row['reported_at'].astimezone(UTC).isoformat()} {row['id']}"
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def place(after: str) -> tuple[datetime, int]:
    """Return the time and id that a cursor names."""
    try:
        at, number = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split(" ")
        return datetime.fromisoformat(at).astimezone(UTC), int(number)
    except ValueError as mistake:
        raise FilterError(name="after", value=after, right="give the `next` of the page before, unchanged") from mistake
