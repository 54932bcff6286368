"""Which unit a point is in: the deepest that covers it, and of two on whose common edge it lies the smaller id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock, Thread
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from sqlalchemy import Connection, func, or_, select

from etl.raster import CROSSED, NOBODY, Floats, Integers, Raster, rasterize
from etl.rows import Shapes
from layers.editions import edition
from layers.errors import LoadError
from layers.model import unit
from layers.pack import City
from layers.units import in_force

OUTSIDE = 0
"""No unit has this id."""
DRAWING = Lock()
"""Of the thread that draws a raster; not the stamp's own, since stamps travel to other machines."""


@dataclass(frozen=True)
class Units:
    """The units in force, by rising id."""

    ids: Integers
    ranks: NDArray[np.int16]
    parents: Integers
    codes: list[str]
    shapes: Shapes
    by_code: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Index the codes."""
        object.__setattr__(self, "by_code", dict(zip(self.codes, self.ids.tolist(), strict=True)))

    @property
    def leaves(self) -> NDArray[np.bool_]:
        """Units that nothing lies below."""
        return ~np.isin(self.ids, self.parents)


class Stamp:
    """Answers which unit a point is in, for hundreds of thousands at once."""

    def __init__(self, units: Units, city: City, former: Mapping[date, "Stamp"] | None = None) -> None:
        """Take the units; the raster of those that have nothing below them is drawn when it is first needed."""
        self.units = units
        self.city = city
        self.former = former or {}
        """What answered before each edition of the boundaries began."""
        leaves = np.flatnonzero(units.leaves)
        self._raster: Raster | None = None
        self._leaves = _Layer(units, leaves)
        self._others = _Layer(units, np.flatnonzero(~units.leaves))
        self._deepest = int(units.ranks.max())

    def draw(self) -> None:
        """Draw the raster in a thread, while others read the beginning of a file."""
        Thread(target=lambda: self.raster, name="raster").start()

    @property
    def raster(self) -> Raster:
        """Which leaf holds each pixel whole: drawn once, by whichever thread needs it first."""
        with DRAWING:
            if self._raster is None:
                self._raster = rasterize(self.units.shapes[self._leaves.members])
        return self._raster

    @property
    def top(self) -> int:
        """The city's id: no other is smaller."""
        return int(self.units.ids[0])

    @property
    def outline(self) -> shapely.MultiPolygon:
        """The city's polygon."""
        outline: shapely.MultiPolygon = self.units.shapes[0]
        return outline

    def at(self, lon: Floats, lat: Floats) -> Integers:
        """Return the id of the deepest unit of each point, `OUTSIDE` where none covers it or it is not a number."""
        found = self.raster.look(lon, lat).astype(np.int64)
        asked = np.flatnonzero(found == CROSSED)
        found[asked] = self._leaves.deepest(lon[asked], lat[asked])
        place = np.where(found == NOBODY, NOBODY, self._leaves.members[found])
        # Where leaves leave a gap, or one ends higher up than others, a unit above may reach deeper.
        rank = np.where(place == NOBODY, -1, self.units.ranks[place])
        asked = np.flatnonzero((rank < self._deepest) & np.isfinite(lon) & np.isfinite(lat))
        other = self._others.deepest(lon[asked], lat[asked])
        other = np.where(other == NOBODY, NOBODY, self._others.members[other]) if len(self._others) else other
        better = (other != NOBODY) & (self.units.ranks[other] > rank[asked])
        place[asked[better]] = other[better]
        return np.where(place == NOBODY, OUTSIDE, self.units.ids[place])

    def known(self, codes: list[str | None]) -> Integers:
        """Return the deepest unit that each code names, or whose descendant it names; else the city."""
        found = {code: self._named(code) for code in set(codes) if code is not None}
        return np.array([self.top if code is None else found[code] for code in codes], dtype=np.int64)

    def _named(self, code: str) -> int:
        if (exact := self.units.by_code.get(code)) is not None:
            return exact
        for level in reversed(self.city.levels):
            if level.code is not None and len(code) >= level.code.significant:
                above = self.units.by_code.get(level.code.own(code).ljust(level.code.length, "0"))
                if above is not None:
                    return above
        return self.top


class _Layer:
    """Some of the units, to be asked exactly."""

    def __init__(self, units: Units, members: Integers) -> None:
        self.members = members
        self._tree = STRtree(units.shapes[members])
        # Deeper first, then the smaller id: members already stand by id.
        self._order = np.argsort(np.argsort(-units.ranks[members].astype(np.int64), kind="stable"), kind="stable")

    def __len__(self) -> int:
        return len(self.members)

    def deepest(self, lon: Floats, lat: Floats) -> Integers:
        """Return which member covers each point, the best where several do."""
        point, member = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        best = np.full(len(lon), len(self), dtype=np.int64)
        np.minimum.at(best, point, self._order[member])
        by_order: Any = np.append(np.argsort(self._order, kind="stable"), NOBODY)
        return np.asarray(by_order[best], dtype=np.int64)


def units_in_force(connection: Connection, before: date | None = None) -> Units:
    """Read the units from the database: those in force, or those that were until an edition began.

    Raises:
        LoadError: There are none.
    """
    table, live = in_force(before)
    held = table.c
    asked = select(held.id, held.rank, held.parent_id, held.code, func.ST_AsBinary(held.geom))
    rows = connection.execute(asked.where(*live).order_by(held.id)).all()
    if not rows:
        msg = "no units are loaded, so nothing can be placed; load the source that feeds 'units' first"
        raise LoadError(msg)
    ids, ranks, parents, codes, shapes = zip(*rows, strict=True)
    return Units(
        ids=np.array(ids, dtype=np.int64),
        ranks=np.array(ranks, dtype=np.int16),
        parents=np.array([parent or 0 for parent in parents], dtype=np.int64),
        codes=list(codes),
        shapes=shapely.from_wkb(np.array([bytes(item) for item in shapes], dtype=object)),
    )


def former_stamps(connection: Connection, city: City) -> dict[date, Stamp]:
    """Return what answered before each edition began, but before the first where there was nothing."""
    begun = select(edition.c.begins).where(
        select(unit.c.id).where(or_(unit.c.valid_from.is_(None), unit.c.valid_from < edition.c.begins)).exists()
    )
    days = connection.execute(begun.order_by(edition.c.begins)).scalars()
    return {day: Stamp(units_in_force(connection, day), city) for day in days}


class Stamps:
    """Keeps the stamp from one load to the next while the units stay the same."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._edition = 0
        self._stamp: Stamp | None = None

    def of(self, connection: Connection, city: City) -> Stamp:
        """Return the stamp of the units in force."""
        with self._lock:
            present = units_edition(connection)
            if self._stamp is None or present != self._edition:
                former = former_stamps(connection, city)
                self._stamp, self._edition = Stamp(units_in_force(connection), city, former), present
            return self._stamp


def units_edition(connection: Connection) -> int:
    """Return the load that last changed the units, 0 where there are none."""
    return int(connection.execute(select(func.max(unit.c.load_id))).scalar() or 0)


def units_changed(connection: Connection, load: int) -> bool:
    """Tell whether a later load changed units in force that are of no edition."""
    later = select(unit.c.id).where(unit.c.load_id > load, unit.c.valid_from.is_(None), unit.c.valid_to.is_(None))
    return connection.execute(later.limit(1)).first() is not None
