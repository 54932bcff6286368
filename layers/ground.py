"""Where units are and how large they look, kept in memory: which of them a map shows, and the level that suits a zoom.

Thirty thousand units are two megabytes, and comparing all of them with a view takes less than asking for those in it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping

from layers.filters import Box
from layers.units import Unit

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
EQUATOR, TILE = 40_075_016.7, 256
"""Metres around the earth, and the pixels that show them at zoom 0."""


class Ground:
    """Every unit in force, in the order of the ids: what is below a unit follows it."""

    def __init__(self, rows: Iterable[RowMapping]) -> None:
        """Take the units from rows of `units.grounds`."""
        found = list(rows)
        self.codes = [str(row["code"]) for row in found]
        self.ids = np.array([row["id"] for row in found], dtype=np.int64)
        self.last_ids = np.array([row["last_id"] for row in found], dtype=np.int64)
        self.ranks = np.array([row["rank"] for row in found], dtype=np.int64)
        above = np.array([row["parent_id"] or -1 for row in found], dtype=np.int64)
        self.parents = np.where(above < 0, -1, np.searchsorted(self.ids, above))
        edges = ("west", "south", "east", "north")
        self.edges = tuple(np.array([row[edge] for row in found], dtype=np.float64) for edge in edges)
        self.spots = tuple(np.array([row[axis] for row in found], dtype=np.float64) for axis in ("lon", "lat"))
        self.areas = np.array([row["area"] for row in found], dtype=np.float64)
        self.sides = {
            int(rank): float(np.median(self.areas[self.ranks == rank]) ** 0.5) for rank in np.unique(self.ranks)
        }

    def side(self, rank: int, zoom: int) -> float:
        """Return the pixels of a side of a level's median unit, as if it were a square."""
        _, south, _, north = self.edges
        wide = math.cos(math.radians((south[0] + north[0]) / 2)) * EQUATOR / TILE / 2**zoom
        return float(self.sides[rank] / wide)

    def level(self, zoom: int, least: float) -> int:
        """Return the deepest level whose units look at least so large: the same one wherever a map pans to."""
        return max((rank for rank in self.sides if self.side(rank, zoom) >= least), default=0)

    def within(self, first: Numbers, last: Numbers) -> int:
        """Return how many units runs of ids hold."""
        return int((np.searchsorted(self.ids, last, side="right") - np.searchsorted(self.ids, first)).sum())

    def part(self, box: Box, of: Unit, rank: int) -> "Part":
        """Return the units that a view of a level shows, and whatever is needed to tell what they hold themselves."""
        west, south, east, north = box
        (lon, lat), (left, low, right, high) = self.spots, self.edges
        inside = (self.ids >= of.id) & (self.ids <= of.last_id) & (self.ranks <= rank)
        spots = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        touching = (left <= east) & (right >= west) & (low <= north) & (high >= south)
        shown = inside & (spots | touching)
        opened = shown & (self.ranks < rank)
        needed = shown | (inside & (self.parents >= 0) & opened[self.parents])
        chosen = np.flatnonzero(needed)
        return Part(self, rank, chosen, shown=shown[chosen], drawn=(shown & spots)[chosen])


@dataclass(frozen=True)
class Part:
    """The units of a level that a view touches, all above them, and the children of those."""

    ground: Ground
    rank: int
    chosen: Numbers
    """Which units, by their places in the ground."""
    shown: Flags
    """Whether a unit is in the view, in part at least."""
    drawn: Flags
    """Whether its spot is."""

    @property
    def ids(self) -> Numbers:
        """The ids of the units."""
        return self.ground.ids[self.chosen]

    @property
    def ranks(self) -> Numbers:
        """Their levels."""
        return self.ground.ranks[self.chosen]

    def own(self, counts: Numbers) -> Numbers:
        """Return what is left of each unit's count without its children's: what is known to be in none of them."""
        above = self.ground.parents[self.chosen]
        places = np.searchsorted(self.chosen, above)
        held = (above >= 0) & (places < len(self.chosen))
        held[held] = self.chosen[places[held]] == above[held]
        left = counts.copy()
        np.subtract.at(left, places[held], counts[held])
        return left

    def gathered(self, ids: Numbers, numbers: Numbers, above: int) -> Numbers:
        """Return numbers by id of any units, added up for every unit that is deeper than a level and holds them."""
        own, last = self.ids, self.ground.last_ids[self.chosen]
        order = np.argsort(ids)
        sums = np.concatenate(([0], np.cumsum(numbers[order])))
        first, end = np.searchsorted(ids[order], own), np.searchsorted(ids[order], last, side="right")
        found: Numbers = np.where(self.ranks > above, sums[end] - sums[first], 0)
        return found

    def tops(self, above: int) -> tuple[Numbers, Numbers]:
        """Return the first and last ids below the highest units that are deeper than a level."""
        deep = self.chosen[self.ranks > above]
        tops = deep[~np.isin(self.ground.parents[deep], deep)]
        return self.ground.ids[tops], self.ground.last_ids[tops]

    def below(self, above: int) -> int:
        """Return how many units there are below those, with themselves."""
        return self.ground.within(*self.tops(above))

    def under(self) -> int:
        """Return how many units there are below those of the level that are in view, with themselves."""
        least = self.shown & (self.ranks == self.rank)
        return self.ground.within(self.ids[least], self.ground.last_ids[self.chosen][least])
