"""Pins: where people say an incident is whose source does not.

A pin gives its incident a point and so the unit that holds it; all else asks `incident` as before. What the incident
was stands in the pin, so that it can be taken back. The source has the last word: a load that brings a place ends the
pin, one that brings the row changed but without a place leaves it pinned (`etl/sql/incident_pinned.sql`). Between
pinning and merging stands a lock for each source, since a pin in the middle of a merge would be lost.

`owner` is for the accounts that may come: until then it is null, and everybody may pin and take back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Label,
    RowMapping,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.base import Executable

from layers.editions import edition, incident_was
from layers.model import change, incident, incident_change, metadata, unit
from layers.questions import Question
from layers.units import Unit

PINNING = 0x70696E
"""The class of advisory locks that pins share and merges have alone, one for each source."""
CHANNEL = "onemap_change"
NOTHING = sql_text("'{}'::jsonb")

pin = Table(
    "pin",
    metadata,
    Column("incident_id", BigInteger, ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("geom", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("note", Text),
    Column("owner", Text, comment="null: nobody said who"),
    Column("pinned_at", DateTime(timezone=True), nullable=False),
    Column("was_unit_id", BigInteger, nullable=False, comment="the unit that is known without the pin"),
    Column(
        "former",
        JSONB,
        nullable=False,
        server_default=NOTHING,
        comment="its incident_was without the pin: {until: unit}",
    ),
)


was = unit.alias("was")


@dataclass(frozen=True)
class Spot:
    """A point in degrees, the unit that holds it, and those that did before each edition."""

    lon: float
    lat: float
    unit: Unit
    former: Mapping[date, int]

    @property
    def geom(self) -> ColumnElement[Any]:
        """The point as the database has it."""
        return func.ST_SetSRID(func.ST_MakePoint(self.lon, self.lat), 4326)


def shown() -> list[Label[Any]]:
    """Return what lists and popups say of an incident's pin."""
    found = select(pin.c.pinned_at, pin.c.note).where(pin.c.incident_id == incident.c.id).correlate(incident)
    return [
        found.with_only_columns(pin.c.pinned_at).scalar_subquery().label("pinned_at"),
        found.with_only_columns(pin.c.note).scalar_subquery().label("pin_note"),
    ]


def alone(number: int) -> Executable:
    """Wait until no load merges the source of an incident; lasts to the end of the transaction."""
    held = func.pg_advisory_xact_lock_shared(PINNING, incident.c.source_id)
    return select(held).where(incident.c.id == number)


def held(number: int) -> Question:
    """Ask what a pin must know of an incident in force, and keep others from changing it."""
    former = select(func.jsonb_object_agg(func.to_char(incident_was.c.until, "YYYY-MM-DD"), incident_was.c.unit_id))
    columns = (
        incident.c.id,
        incident.c.unit_id,
        unit.c.code.label("unit"),
        cast(func.ST_AsGeoJSON(incident.c.geom), JSONB)["coordinates"].label("place"),
        pin.c.pinned_at,
        pin.c.note,
        pin.c.was_unit_id,
        pin.c.former,
        func.coalesce(former.where(incident_was.c.id == incident.c.id).scalar_subquery(), NOTHING, type_=JSONB).label(
            "stamps"
        ),
    )
    joined = incident.join(unit, unit.c.id == incident.c.unit_id).outerjoin(pin, pin.c.incident_id == incident.c.id)
    one = select(*columns).select_from(joined).where(incident.c.id == number, incident.c.retired_at.is_(None))
    return one.with_for_update(of=incident)


def days() -> Question:
    """Ask when editions of the boundaries began."""
    return select(edition.c.begins).order_by(edition.c.begins)


def home(number: int) -> Question:
    """Ask what a unit is today: the one in force that has its code, else the deepest in force above it."""
    heir = unit.c.code == select(was.c.code).where(was.c.id == number).scalar_subquery()
    above = literal(number).between(unit.c.id, unit.c.last_id)
    return (
        select(unit).where(unit.c.valid_to.is_(None), heir | above).order_by(heir.desc(), unit.c.rank.desc()).limit(1)
    )


def pinned(row: RowMapping, spot: Spot, *, note: str | None, now: datetime) -> list[Executable]:
    """Pin an incident, or move its pin: the statements, in their order."""
    values = {"geom": spot.geom, "note": note, "pinned_at": now}
    was = {"incident_id": row["id"], "was_unit_id": row["unit_id"], "former": row["stamps"]}
    changed = {
        "place": [row["place"], [spot.lon, spot.lat]],
        "unit": [row["unit"], spot.unit.code],
        "pinned_at": [row["pinned_at"] and row["pinned_at"].isoformat(), now.isoformat()],
        "pin_note": [row["note"], note],
    }
    return [
        upsert(pin).values(**was, **values).on_conflict_do_update(index_elements=["incident_id"], set_=values),
        *_moved(row, spot.unit.id, geom=spot.geom, former=spot.former),
        *_told(row, changed, now),
    ]


def unpinned(row: RowMapping, back: Unit, editions: list[date], *, now: datetime) -> list[Executable]:
    """Take a pin back: the statements, in their order."""
    former = {day: row["former"].get(day.isoformat(), row["was_unit_id"]) for day in editions}
    changed = {
        "place": [row["place"], None],
        "unit": [row["unit"], back.code],
        "pinned_at": [row["pinned_at"].isoformat(), None],
        "pin_note": [row["note"], None],
    }
    return [
        delete(pin).where(pin.c.incident_id == row["id"]),
        *_moved(row, back.id, geom=None, former=former),
        *_told(row, changed, now),
    ]


def _moved(
    row: RowMapping, unit_id: int, *, geom: ColumnElement[Any] | None, former: Mapping[date, int]
) -> list[Executable]:
    elsewhere = [{"id": row["id"], "until": day, "unit_id": was} for day, was in former.items() if was != unit_id]
    return [
        update(incident).where(incident.c.id == row["id"]).values(unit_id=unit_id, geom=geom),
        delete(incident_was).where(incident_was.c.id == row["id"]),
        *([insert(incident_was).values(elsewhere)] if elsewhere else []),
    ]


def _told(row: RowMapping, changed: Mapping[str, list[Any]], now: datetime) -> list[Executable]:
    """Write it into the incident's history, and tell those who follow changes."""
    said = {name: [was, becomes] for name, (was, becomes) in changed.items() if was != becomes}
    return [
        insert(incident_change).values(incident_id=row["id"], at=now, changed=said),
        insert(change).values(kind="incident", detail={"incident": row["id"]}),
        select(func.pg_notify(CHANNEL, "")),
    ]
