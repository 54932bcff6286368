"""Where a unit stands: its parent by code, by declaration or by area, and the id that says so."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby

import numpy as np
import psycopg
import shapely

from etl.checks import Verdicts
from etl.coverage import Gap, Overlap, gaps, overlaps
from etl.nesting import WHOLE, Nested, by_area, shares
from layers.errors import LoadError
from layers.model import level_bits, level_shift
from layers.pack import City


@dataclass(frozen=True)
class Draft:
    """A unit of the file that may come in if its parent does."""

    code: str
    rank: int
    name: str
    name_en: str
    parent: str | None
    population: int | None
    shape: shapely.MultiPolygon
    verdicts: Verdicts
    row: int

    def reject(self, reason: str, message: str) -> None:
        """Keep the row out after all."""
        wrong = np.zeros(len(self.verdicts.rows), dtype=np.bool_)
        wrong[self.row] = True
        self.verdicts.reject(wrong, reason, message)


@dataclass(frozen=True)
class Kept:
    """A unit that has an id."""

    id: int
    rank: int
    parent_id: int | None


@dataclass
class Hierarchy:
    """The units that have ids, and where new ones go."""

    driver: psycopg.Connection
    city: City
    known: dict[str, Kept] = field(default_factory=dict)
    moves: bool = False
    """Whether a unit may stand elsewhere than before: only a new edition may do that."""
    moved: list[int] = field(default_factory=list)
    """The ids of units that got another."""
    astride: list[Nested] = field(default_factory=list)
    """Units that lie less than `WHOLE` in their parent."""
    _last: dict[tuple[int | None, int], int] = field(default_factory=dict)
    _shapes: dict[str, shapely.Geometry] = field(default_factory=dict)
    """The polygons of this load."""

    def __post_init__(self) -> None:
        """Read the ids that have been given; those of retired units are never given again."""
        rows = self.driver.execute("SELECT code, id, rank, parent_id, valid_to IS NULL FROM unit")
        for code, number, rank, parent, in_force in rows:
            kept = Kept(number, rank, parent)
            run = (parent, rank)
            self._last[run] = max(self._last.get(run, 0), self._ordinal(kept))
            if in_force:
                self.known[code] = kept

    def identified(self, drafts: list[Draft]) -> Iterator[tuple[Draft, Kept]]:
        """Yield every unit whose parent is in, with its id, from the city down; `known` grows on the way."""
        ordered = sorted(drafts, key=lambda item: (item.rank, item.code))
        for rank, group in groupby(ordered, key=lambda item: item.rank):
            level = list(group)
            lying = self._lying(rank, level)
            parents = {draft.code: self._parent(draft, lying.get(draft.code)) for draft in level}
            given: dict[str, tuple[Draft, Kept]] = {}
            for draft in level:
                above = parents[draft.code]
                parent = None if above is None else self.known[above]
                if draft.verdicts.good[draft.row] and (kept := self._kept(draft, parent)):
                    given[draft.code] = draft, kept
            self._note({code: draft.shape for code, (draft, _) in given.items()}, parents)
            yield from given.values()

    @property
    def brought(self) -> set[str]:
        """The codes of this load's units."""
        return set(self._shapes)

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """Return what people should know of the levels this load touched: who lies astride, gaps, overlaps."""
        touched = sorted({self.known[code].rank for code in self._shapes})
        by_rank = {rank: self._polygons(self._level(rank)) for rank in range(len(self.city.levels))}
        found: dict[str, Sequence[Nested | Overlap | Gap]] = {
            "astride": self.astride,
            "overlaps": [item for rank in touched for item in overlaps(by_rank[rank])],
            "gaps": [item for rank in range(1, len(by_rank)) for item in self._gaps(rank, by_rank, touched)],
        }
        return {name: [asdict(item) for item in items] for name, items in found.items() if items}

    def _gaps(self, rank: int, by_rank: Mapping[int, Mapping[str, shapely.Geometry]], touched: list[int]) -> list[Gap]:
        if rank not in touched and rank - 1 not in touched:
            return []
        codes = {kept.id: code for code, kept in self.known.items() if kept.rank == rank - 1}
        children: dict[str, list[shapely.Geometry]] = {}
        for code, shape in by_rank[rank].items():
            above = codes.get(self.known[code].parent_id or 0)
            if above is not None:
                children.setdefault(above, []).append(shape)
        return gaps(by_rank[rank - 1], children)

    def _level(self, rank: int) -> list[str]:
        return [code for code, kept in self.known.items() if kept.rank == rank]

    def _kept(self, draft: Draft, parent: Kept | None) -> Kept | None:
        parent_id = parent.id if parent else None
        kept = self.known.get(draft.code)
        if kept is not None and self.moves and (kept.rank, kept.parent_id) != (draft.rank, parent_id):
            self.moved.append(kept.id)
            kept = None
        if kept is not None and (kept.rank, kept.parent_id) != (draft.rank, parent_id):
            draft.reject(
                "moved-unit", f"the unit {draft.code!r} stood at another place of the hierarchy; give it a new code"
            )
            return None
        if kept is None:
            run = (parent_id, draft.rank)
            self._last[run] = self._last.get(run, 0) + 1
            kept = self.known[draft.code] = self._new(draft, parent, self._last[run])
        return kept

    def _ordinal(self, kept: Kept) -> int:
        return (kept.id - (kept.parent_id or 0)) >> level_shift(kept.rank, len(self.city.levels))

    def _new(self, draft: Draft, parent: Kept | None, ordinal: int) -> Kept:
        levels = len(self.city.levels)
        room = (1 << level_bits(levels)) - 1
        if ordinal > room:
            remedy = f"a unit has room for {room} below it on each level; split it in two"
            msg = f"no id is left for {draft.code!r}: {remedy}"
            raise LoadError(msg)
        above = parent.id if parent else 0
        return Kept(above + (ordinal << level_shift(draft.rank, levels)), draft.rank, parent.id if parent else None)

    def _lying(self, rank: int, level: list[Draft]) -> Mapping[str, str]:
        """Return the parents of those that neither a code nor the file names."""
        if rank <= 1 or self.city.levels[rank].code is not None:
            return {}
        asked = {draft.code: draft.shape for draft in level if draft.parent is None}
        above = self._level(rank - 1)
        return by_area(asked, self._polygons(above)) if asked and above else {}

    def _note(self, came: Mapping[str, shapely.Geometry], parents: Mapping[str, str | None]) -> None:
        """Remember polygons for the next level, and who lies astride."""
        self._shapes |= came
        named = {code: above for code in came if (above := parents[code]) is not None}
        if named:
            found = shares({code: came[code] for code in named}, named, self._polygons(set(named.values())))
            self.astride += [nested for nested in found if nested.share < WHOLE]

    def _polygons(self, codes: Iterable[str]) -> dict[str, shapely.Geometry]:
        """Return polygons: those of this load, and those in force where it brings none."""
        found = {code: self._shapes[code] for code in codes if code in self._shapes}
        missing = [code for code in codes if code not in found]
        asked = "SELECT code, ST_AsBinary(geom) FROM unit WHERE valid_to IS NULL AND code = ANY(%s)"
        for code, polygon in self.driver.execute(asked, [missing]) if missing else ():
            found[code] = shapely.from_wkb(bytes(polygon))
        return found

    def _parent(self, draft: Draft, lies_in: str | None) -> str | None:
        """Return the code of the unit above, or reject the draft."""
        if draft.rank == 0:
            if draft.code != self.city.spec.code:
                is_of = f"the city's code is {draft.code!r}; this pack is of {self.city.spec.code!r}"
                draft.reject("wrong-city", is_of)
            return None
        levels = self.city.levels
        layout, above = levels[draft.rank].code, levels[draft.rank - 1]
        by_code = above.code.own(draft.code).ljust(above.code.length, "0") if layout and above.code else None
        if draft.rank == 1 and by_code is None and draft.parent is None:
            by_code = self.city.spec.code
        code = draft.parent or by_code or lies_in
        if by_code is not None and code != by_code:
            wrong = f"the parent is {code!r}, but the code {draft.code!r} belongs below {by_code!r}"
            draft.reject("wrong-parent", wrong)
        elif code is None:
            draft.reject("missing-parent", f"the unit {draft.code!r} lies in no {above.id}")
        elif code not in self.known:
            draft.reject("missing-parent", f"the unit {draft.code!r} belongs below {code!r}, which is not there")
        elif self.known[code].rank >= draft.rank:
            draft.reject("wrong-parent", f"the parent {code!r} is not on a level above {levels[draft.rank].id!r}")
        else:
            return code
        return None
