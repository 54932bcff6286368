"""What the database knows of the city, for guesses about places: its units, where they are and what they are called."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from etl.rows import Mask
from etl.stamp import OUTSIDE, Stamp, units_in_force
from layers.datum import Degrees
from layers.errors import LoadError
from layers.model import level_shift, settings, unit
from layers.pack import City


@dataclass(frozen=True)
class Ground:
    """A city's units in force."""

    stamp: Stamp
    names: Mapping[str, str]
    """Names in either language, in small letters, to the code of the one unit that is called so, high levels first."""

    def inside(self, lon: Degrees, lat: Degrees) -> Mask:
        """Say which points lie in the city."""
        return np.asarray(self.stamp.at(lon, lat) != OUTSIDE)

    def share(self, lon: Degrees, lat: Degrees) -> float:
        """Return the share of places that lie in the city; 0, 0 is none."""
        there = np.isfinite(lon) & np.isfinite(lat) & ((lon != 0) | (lat != 0))
        return int(np.count_nonzero(self.inside(lon, lat) & there)) / (int(np.count_nonzero(there)) or 1)

    def rank(self, unit: int) -> int:
        """Return how deep a unit lies; the city is 0."""
        units = self.stamp.units
        return int(units.ranks[np.searchsorted(units.ids, unit)])

    def agree(self, lon: Degrees, lat: Degrees, codes: list[str | None]) -> float:
        """Return the share of points that lie in the unit that their code names."""
        units, levels = self.stamp.units, len(self.stamp.city.levels)
        named = np.array([units.by_code.get(code or "", 0) for code in codes], dtype=np.int64)
        rank = units.ranks[np.minimum(np.searchsorted(units.ids, named), len(units.ids) - 1)].astype(np.int64)
        spans = np.array([(1 << level_shift(one, levels)) - 1 for one in range(levels)], dtype=np.int64)
        found = self.stamp.at(lon, lat)
        asked = (named > 0) & np.isfinite(lon) & np.isfinite(lat)
        right = asked & (found >= named) & (found <= named + spans[rank])
        return int(np.count_nonzero(right)) / (int(np.count_nonzero(asked)) or 1)


def ground(connection: Connection, city: City) -> Ground | None:
    """Return what the database knows, or nothing where it has no units of this city."""
    try:
        if connection.execute(select(settings.c.city_code)).scalar() != city.spec.code:
            return None
        stamp = Stamp(units_in_force(connection), city)
        columns = (unit.c.code, unit.c.rank, unit.c.name, unit.c.name_en)
        rows = connection.execute(select(*columns).where(unit.c.valid_to.is_(None)).order_by(unit.c.rank.desc())).all()
    except (LoadError, SQLAlchemyError):
        return None
    names: dict[str, str] = {}
    twice: dict[str, int] = {}
    for row in rows:
        for name in {row.name.casefold(), row.name_en.casefold(), row.name_en.casefold().removeprefix("the ")}:
            # A name that two units of one level share names neither.
            clash = name in names and twice.get(name) == row.rank
            names[name], twice[name] = ("" if clash else row.code), row.rank
    return Ground(stamp, {name: code for name, code in names.items() if code})
