"""Incidents in view counted by unit, where there are too many to read: the roll-up is the pyramid of the map.

Which level is counted follows from the zoom. A unit of it is a cluster at its own spot; what a unit above holds beside
its children, known to none of them, is one at that unit's spot. So whatever is counted is somewhere on the map.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np
from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    Date,
    DateTime,
    Integer,
    Row,
    SmallInteger,
    Text,
    TextClause,
    bindparam,
    text,
)

from layers.counts import Piece, counted, kept, pieces
from layers.filters import Filter
from layers.ground import Ground, Numbers, Part
from layers.incidents import branches
from layers.model import Grain, Status, level_shift
from layers.pack import City
from layers.parameters import midnight
from layers.points import View
from layers.units import Unit

LEAST, LARGE = 12, 480
"""Pixels of a unit's side: smaller ones are not counted one by one, and larger ones say too little of where."""
MOST = 1_000
"""Units counted for one answer; where towns are so dense that there are more, the level above is."""
BUDGET, PATIENCE = 100_000, 4
"""So many incidents may be counted one by one where the roll-up does not keep what is asked, some 40 ms of a processor;
so many times as many, where units that it keeps are too large."""
DESCENT, SCAN = 5, 40
"""A look into an index takes as long as so many incidents; so does a unit of the roll-up with its months."""
NEVER = 3
"""A grain that no piece of a period has."""
NOWHERE = -1
"""A level above all."""
SINGLES = 0
"""The grain of what was counted one by one."""
STATEMENT = (files("layers") / "sql" / "clusters.sql").read_text(encoding="utf-8")
BINDS: tuple[BindParameter[Any], ...] = (
    bindparam("grains", type_=ARRAY(SmallInteger)),
    bindparam("firsts", type_=ARRAY(Date)),
    bindparam("lasts", type_=ARRAY(Date)),
    bindparam("sinces", type_=ARRAY(DateTime(timezone=True))),
    bindparam("untils", type_=ARRAY(DateTime(timezone=True))),
    bindparam("units", type_=Text),
    bindparam("ranks", type_=Text),
    bindparam("finest", type_=Text),
    bindparam("tops", type_=Text),
    bindparam("ends", type_=Text),
    bindparam("shift", type_=Integer),
    bindparam("by_kind", type_=Boolean),
    bindparam("categories", type_=ARRAY(Text)),
    bindparam("statuses", type_=ARRAY(SmallInteger)),
    bindparam("sources", type_=ARRAY(Text)),
    *(bindparam(status.name.lower(), type_=Integer) for status in Status),
)
COUNTS = text(STATEMENT).bindparams(*BINDS)


@dataclass(frozen=True)
class Way:
    """How units are counted: those down to a level by the roll-up alone, deeper ones as far as it keeps what is asked.

    What it does not keep is counted from the incidents, by an index of kinds or by that of units.
    """

    part: Part
    top: int
    by_kind: bool = False


@dataclass(frozen=True)
class Tally:
    """What the units of a part hold by themselves, without their children."""

    part: Part
    n: Numbers
    """As the filter means."""
    every: dict[int, Numbers]
    """Of its categories, but any status and source, by the grain that they were counted in."""
    whole: dict[int, Numbers]
    """Of any category."""

    def read(self, grains: set[int], *, by_kind: bool) -> int:
        """Return how many incidents an index has of the pieces with these grains, for all units in view."""
        counts = self.every if by_kind else self.whole
        return sum(int(counts[grain][self.part.shown].sum()) for grain in grains)


class Pyramid:
    """The levels by which the incidents of one filter can be counted."""

    def __init__(self, asked: Filter, city: City, of: Unit, ground: Ground) -> None:
        """Cut the filter's period into what the roll-up keeps."""
        self.asked, self.city, self.of, self.ground = asked, city, of, ground
        self.categories = branches(asked, city)
        self.pieces: Sequence[Piece] = list(pieces(*(asked.days(city.time_zone) or (None, None))))

    def finest(self, rank: int) -> int:
        """Return the finest grain that the roll-up keeps of what is asked on a level."""
        grains = [grain for grain in Grain if kept(rank, grain, kinds=bool(self.categories))]
        return int(min(grains, default=NEVER))

    def missing(self, rank: int) -> list[Piece]:
        """Return the pieces of the period that the roll-up does not keep on a level."""
        return [piece for piece in self.pieces if piece[0] < self.finest(rank)]

    def first(self, view: View) -> Way | None:
        """Return the deepest level that suits a view and that the roll-up alone can answer; none where it says nothing.

        That is below the unit that is asked about, and where units are so large that they say nothing of where.
        """
        wanted = self.wanted(view)
        if self._near(wanted, view):
            return None
        kept = (rank for rank in self.ground.sides if self.of.rank <= rank <= wanted and not self.missing(rank))
        for rank in sorted(kept, reverse=True):
            part = self.part(view, rank)
            if rank == self.of.rank or self._scans(part) <= BUDGET:
                return Way(part, part.rank)
        return None

    def any(self, view: View) -> Part | None:
        """Return the units that suit a view, whatever the roll-up keeps; none where they say nothing."""
        wanted = self.wanted(view)
        return None if self._near(wanted, view) else self.part(view, wanted)

    def _near(self, wanted: int, view: View) -> bool:
        return wanted == max(self.ground.sides) and self.ground.side(wanted, view.zoom) > LARGE

    def wanted(self, view: View) -> int:
        """Return the level that suits a view."""
        return max(self.ground.level(view.zoom, LEAST), self.of.rank)

    def part(self, view: View, rank: int) -> Part:
        """Return the units of a level in view, or of one above where there are too many."""
        part = self.ground.part(view.box, self.of, rank)
        while part.drawn.sum() > MOST and rank > self.of.rank:
            rank -= 1
            part = self.ground.part(view.box, self.of, rank)
        return part

    def deeper(self, tally: Tally, view: View) -> Way | None:
        """Return how to count a deeper level that suits the view, if that is quick enough."""
        top = tally.part.rank
        budget = BUDGET * (PATIENCE if self.ground.side(top, view.zoom) > LARGE else 1)
        for rank in sorted((rank for rank in self.ground.sides if top < rank <= self.wanted(view)), reverse=True):
            part = self.part(view, rank)
            if part.rank <= top:
                continue
            grains = {int(grain) for grain, _, _ in self.missing(rank)}
            below, looks = part.below(top), DESCENT * part.below(top) * len(spans(self.missing(rank)))
            share = min(below / max(tally.part.under(), 1), 1)
            costs = {
                by_kind: share * tally.read(grains, by_kind=by_kind) + looks * (len(self.categories) if by_kind else 1)
                for by_kind in {False, bool(self.categories)}
            }
            least = min(costs, key=lambda by_kind: costs[by_kind])
            if costs[least] + self._scans(part) <= budget:
                return Way(part, top, by_kind=least)
        return None

    def _scans(self, part: Part) -> int:
        return SCAN * len(part.chosen) * max(len(self.categories), 1)

    def blind(self, way: Way, view: View) -> bool:
        """Tell whether a way counts units so large that the view may hold none of their spots."""
        return way.part.rank < self.wanted(view) and self.ground.side(way.part.rank, view.zoom) > LARGE

    def question(self, way: Way) -> TextClause:
        """Ask what units hold with all below them: unit_id, grain, whole, every and n, of ids below them as well."""
        part, rank = way.part, way.part.rank
        single = spans(self.missing(rank)) if rank > way.top else []
        tops, ends = part.tops(way.top) if single else (part.ids[:0], part.ids[:0])
        asked, zone = self.asked, self.city.time_zone
        return COUNTS.bindparams(
            grains=[int(grain) for grain, _, _ in self.pieces],
            firsts=[first for _, first, _ in self.pieces],
            lasts=[last for _, _, last in self.pieces],
            sinces=[first and midnight(first, zone) for first, _ in single],
            untils=[last and midnight(last, zone) for _, last in single],
            units=_array(part.ids),
            ranks=_array(part.ranks),
            finest=_array(np.where(part.ranks > way.top, self.finest(rank), int(Grain.DAY))),
            tops=_array(tops),
            ends=_array(ends),
            shift=level_shift(rank, len(self.city.levels)),
            by_kind=way.by_kind,
            categories=self.categories or None,
            statuses=[int(status) for status in asked.statuses] or None,
            sources=list(asked.sources) or None,
            **{status.name.lower(): int(not asked.statuses or status in asked.statuses) for status in Status},
        )


def _array(numbers: Numbers) -> str:
    """Return numbers as PostgreSQL writes an array: a driver takes ten times as long for each of them."""
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def answerable(asked: Filter, city: City) -> bool:
    """Tell whether the roll-up knows all that a filter says, but for the box that is in view."""
    return asked.before is None and counted(replace(asked, bbox=None), city)


def tally(way: Way, rows: Sequence[Row[Any]]) -> Tally:
    """Put the answer to a question together: what each unit holds beside its children."""
    found = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 5)
    n = np.zeros(len(way.part.chosen), dtype=np.int64)
    every, whole = {}, {}
    for grain in (SINGLES, *map(int, Grain)):
        ids, _, *numbers = found[found[:, 1] == grain].T
        summed = [_summed(way, ids, each, single=grain == SINGLES) for each in numbers]
        whole[grain], every[grain] = (way.part.own(each) for each in summed[:2])
        n += summed[2]
    return Tally(way.part, way.part.own(n), every, whole)


def gathered(part: Part, rows: Sequence[Row[Any]]) -> Tally:
    """Put counts by unit id together that are of no period: what each unit holds beside its children."""
    ids, numbers = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2).T
    return Tally(part, part.own(part.gathered(ids, numbers, NOWHERE)), {}, {})


def _summed(way: Way, ids: Numbers, numbers: Numbers, *, single: bool) -> Numbers:
    if single:
        return way.part.gathered(ids, numbers, way.top)
    counts = np.zeros(len(way.part.chosen), dtype=np.int64)
    counts[np.searchsorted(way.part.ids, ids)] = numbers
    return counts


def spans(cut: Sequence[Piece]) -> list[tuple[date | None, date | None]]:
    """Return the days of pieces from first to last, those that follow one another as one."""
    found: list[tuple[date | None, date | None]] = []
    for _, first, last in cut:
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found
