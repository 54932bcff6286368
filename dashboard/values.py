"""The numbers that indicators are made of, for a unit and others below it: of the answers and of the files alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, RowMapping

from dashboard.api.summary import standings
from layers import counts, measures
from layers.errors import FilterError
from layers.filters import Filter
from layers.indicators import Needs
from layers.pack import City
from layers.tallies import Family
from layers.units import Unit

Found: TypeAlias = dict[int, dict[str, float | None]]
"""Numbers by name, by unit."""


@dataclass(frozen=True)
class Asked:
    """One question: which incidents, of which units, as of when."""

    city: City
    filter: Filter
    of: Family
    now: datetime


def rank_below(city: City, of: Unit, level: str) -> int:
    """Return a level's place in the order of levels.

    Raises:
        UnknownNameError: The city has no such level.
        FilterError: It is not below the unit.
    """
    rank = city.rank(level)
    if rank <= of.rank:
        below = [item.id for item in city.levels[of.rank + 1 :]]
        right = f"it must be below {of.level}: {', '.join(below) or 'nothing is'}"
        raise FilterError(name="level", value=level, right=right)
    return rank


def measured(connection: Connection, needs: Needs, asked: Asked) -> Found:
    """Return the numbers that an indicator needs, by the id of the unit itself and of each child."""
    city, of = asked.city, asked.of
    found: Found = {each.id: {} for each in (of.unit, *of.children)}
    if needs in {Needs.COUNTS, Needs.SIZES}:
        rows = connection.execute(counts.tally(asked.filter, city, of=of, now=asked.now)).all()
        whole, children = standings(rows, of)
        for ident, standing in {of.unit.id: whole, **children}.items():
            found[ident] |= standing.totals()
    if needs is Needs.HOURS:
        for row in connection.execute(measures.hours(asked.filter, city, of=of)):
            found.get(of.unit.id if row.whole else row.child_id, {})["hours"] = row.hours
    if needs in {Needs.SIZES, Needs.CAMERAS}:
        for row in connection.execute(measures.sizes(found, asked.filter.before)):
            found[row.id] |= {"area": row.area, "residents": row.residents}
    cameras = city.spec.cameras
    if needs is Needs.CAMERAS and cameras:
        question = measures.cameras(city, cameras, of=of, before=asked.filter.before)
        add(found, connection.execute(question).mappings(), of, names=("cameras",))
    if needs is Needs.REACH and cameras:
        question = measures.reached(asked.filter, city, declared=cameras, of=of)
        add(found, connection.execute(question).mappings(), of, names=("placed", "reached"))
    return found


def add(found: Found, rows: Iterable[RowMapping], of: Family, *, names: Sequence[str]) -> None:
    """Put counted rows to the children they belong to, and all of them to the unit itself; nothing counted is zero."""
    for numbers in found.values():
        numbers.update(dict.fromkeys(names, 0))
    for row in rows:
        for ident in {of.unit.id, row["child_id"]} & found.keys():
            for name in names:
                found[ident][name] = (found[ident][name] or 0) + row[name]
