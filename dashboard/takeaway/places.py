"""Where a row is, in columns: the deepest unit known for it, every unit on the way down to it, and its degrees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from dashboard.takeaway.tables import Column, Order, Record
from dashboard.takeaway.titles import title
from layers.model import level_bits, level_shift, unit
from layers.pack import City
from layers.parts import Title
from layers.units import in_force


@dataclass(frozen=True)
class Place:
    """A unit as rows name it."""

    code: str
    name: str
    level: str


class Places:
    """The units that rows of an order may be in, by id."""

    def __init__(self, known: dict[int, Place], levels: int) -> None:
        """Keep the units; `levels` says how an id is made."""
        self.known = known
        self.levels = levels

    @classmethod
    def of(cls, order: Order) -> "Places":
        """Ask for the unit, all below it and all above it, also those that ended: rows may still be theirs."""
        own = (unit if order.asked.before is None else in_force(order.asked.before)[0]).c
        asked = select(own.id, own.code, own.level, own.name, own.name_en)
        titles = {level.id: level.title.text(order.language) for level in order.city.levels}
        known = {
            row.id: Place(
                row.code, (order.language == "en" and row.name_en) or row.name, titles.get(row.level, row.level)
            )
            for row in order.connection.execute(asked)
        }
        return cls(known, len(order.city.levels))

    def at(self, unit_id: int, rank: int) -> Place | None:
        """Return the unit of a level on the way to a unit, or nothing where the way ends above."""
        shift = level_shift(rank, self.levels)
        own = unit_id >> shift
        return self.known.get(own << shift) if own & ((1 << level_bits(self.levels)) - 1) else None


def unit_columns(places: Places, city: City) -> list[Column]:
    """Return the columns of a row's own unit, and of the units of every level but the city."""
    found = [
        Column("unit", title("unit_code"), "text", lambda row: places.known[row.unit_id].code),
        Column("unit_name", title("unit"), "text", lambda row: places.known[row.unit_id].name),
        Column("unit_level", title("unit_level"), "text", lambda row: places.known[row.unit_id].level),
    ]
    for rank, level in enumerate(city.levels[1:], start=1):
        named = Title(zh=level.title.zh, en=level.title.en)
        codes = Title(zh=f"{level.title.zh}代码", en=f"{level.title.en} code")
        found += [
            Column(level.id, codes, "text", _reading(places, rank, "code")),
            Column(f"{level.id}_name", named, "text", _reading(places, rank, "name")),
        ]
    return found


def point(geom: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return a point's degrees as columns."""
    return [func.ST_X(geom).label("lon"), func.ST_Y(geom).label("lat")]


def inner(geom: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the degrees of a point on any geometry, as columns."""
    return point(func.ST_PointOnSurface(geom))


def _reading(places: Places, rank: int, part: str) -> Callable[[Record], str | None]:
    def read(row: Record) -> str | None:
        found = places.at(row.unit_id, rank)
        return getattr(found, part) if found else None

    return read
