"""The whole city as a partition that nests exactly: cells, and every level above dissolved from them."""

from dataclasses import dataclass

import numpy as np
import shapely

from layers.pack import City
from simulate.clusters import grow, linked
from simulate.density import Density, Numbers, Plane
from simulate.plan import Plan
from simulate.register import Entry, below, entries, polygons
from simulate.tessellation import Cells, Integers, Polygons, merge, tessellate

CANDIDATES = 6
UNEVEN = 0.25


@dataclass(frozen=True)
class Units:
    """One level: its units in the order of their codes, the unit of the level above, and where each cell lies."""

    level: str
    entries: list[Entry]
    parent: Integers
    polygons: Polygons
    people: Integers
    of_cell: Integers


@dataclass(frozen=True)
class Partition:
    """Every level, the city first; the cells are the last."""

    levels: tuple[Units, ...]
    plane: Plane

    @property
    def cells(self) -> Units:
        """The finest level."""
        return self.levels[-1]

    def level(self, name: str) -> Units:
        """Return a level by its id."""
        return next(units for units in self.levels if units.level == name)


@dataclass(frozen=True)
class Survey:
    """What a partition is made from."""

    city: City
    plan: Plan
    register: list[list[Entry]]
    density: Density

    def held(self, rank: int, by: int) -> list[list[Entry]]:
        """Return the register's units of one level that each unit of a level above holds."""
        return below(self.city.levels[by], self.register[by], self.register[rank])


def build(city: City, plan: Plan) -> Partition:
    """Make the partition: the same for the same pack and seed."""
    register = entries(city, plan.register_)
    given = polygons(city, plan.register_, register[1])
    west, south, east, north = shapely.total_bounds(given)
    plane = Plane(lon=(west + east) / 2, lat=(south + north) / 2)
    survey = Survey(city, plan, register, Density(plan, plane, (west, south, east, north)))
    random = np.random.default_rng(plan.seed)
    held = np.array([len(units) for units in survey.held(-1, by=1)])
    counts = np.rint(plan.cells.count * held / held.sum()).astype(np.int64)
    cells = tessellate(given, counts, density=survey.density, crowding=plan.cells.crowding, random=random)
    members = _members(survey, cells, random)
    return Partition(_levels(survey, cells, members), plane)


def _members(survey: Survey, cells: Cells, random: np.random.Generator) -> list[Integers]:
    """Return for every level above the cells which of its units each cell lies in, from the top down."""
    plan, register, plane = survey.plan, survey.register, survey.density.plane
    km = plane.to_km(shapely.get_coordinates(shapely.centroid(cells.polygons)))
    graph, crowd = linked(km, cells.pairs, cells.owner), survey.density.at(km)
    anchors = {code: plane.to_km(np.array(place)) for code, place in plan.anchors.items()}
    found = [np.zeros(len(km), dtype=np.int64), cells.owner]
    for rank in range(2, len(register)):
        held = survey.held(-1, by=rank)
        size = {unit.code: 1.0 + len(units) for unit, units in zip(register[rank], held, strict=True)}
        seeds, target = [], []
        for number, units in enumerate(survey.held(rank, by=rank - 1)):
            mine = np.flatnonzero(found[-1] == number)
            seeds.append(_places(km, mine, [anchors.get(unit.code) for unit in units], crowd=crowd, random=random))
            want = np.array([size[unit.code] for unit in units]) * random.lognormal(0.0, UNEVEN, len(units))
            target.append(want / want.sum() * len(mine))
        fixed = np.array([unit.code in anchors for unit in register[rank]])
        within = graph.within(found[-1])
        found.append(grow(within, np.concatenate(seeds), fixed=fixed, target=np.concatenate(target), group=found[-1]))
    return found


def _places(
    km: Numbers, cells: Integers, anchors: list[Numbers | None], *, crowd: Numbers, random: np.random.Generator
) -> Integers:
    """Choose a cell to grow each unit from: the nearest to its anchor, or one far from those chosen before.

    Of the units without an anchor the first get the places where most people live: registers begin with the towns.
    """
    free, chosen = np.ones(len(cells), dtype=bool), np.full(len(anchors), -1, dtype=np.int64)
    apart = np.full(len(cells), 1e9)

    def take(index: int) -> int:
        free[index] = False
        np.minimum(apart, np.hypot(*(km[cells] - km[cells[index]]).T), out=apart)
        return int(cells[index])

    for number, anchor in enumerate(anchors):
        if anchor is not None:
            away = np.hypot(*(km[cells] - anchor).T)
            chosen[number] = take(int(np.argmin(np.where(free, away, np.inf))))
    found = []
    for _ in range(int((chosen < 0).sum())):
        tried = random.choice(np.flatnonzero(free), min(CANDIDATES, int(free.sum())), replace=False)
        found.append(take(int(tried[np.argmax(apart[tried])])))
    chosen[chosen < 0] = sorted(found, key=lambda cell: -crowd[cell])
    return chosen


def _levels(survey: Survey, cells: Cells, members: list[Integers]) -> tuple[Units, ...]:
    """Dissolve the cells to every level and count the people of each."""
    city, plan, register, density = survey.city, survey.plan, survey.register, survey.density
    area = shapely.area(cells.polygons) * density.plane.scale.prod()
    km = density.plane.to_km(shapely.get_coordinates(shapely.centroid(cells.polygons)))
    order = np.lexsort((km[:, 0], -np.round(km[:, 1]), members[-1]))
    people = apportion(plan.people.total, density.at(km) * area)[order]
    last = _numbered(city, plan, register[-1], members[-1][order])
    units = [Units(city.levels[-1].id, last, members[-1][order], cells.polygons[order], people, np.arange(len(order)))]
    for rank in range(len(register) - 1, -1, -1):
        of_cell = members[rank][order]
        first = np.unique(of_cell, return_index=True)[1]
        up = members[rank - 1][order][first] if rank else np.zeros(1, dtype=np.int64)
        below_it = units[-1]
        dissolved = merge(below_it.polygons, below_it.parent)
        counted = np.bincount(of_cell, weights=people).astype(np.int64)
        units.append(Units(city.levels[rank].id, register[rank], up, dissolved, counted, of_cell))
    return tuple(reversed(units))


def _numbered(city: City, plan: Plan, parents: list[Entry], parent: Integers) -> list[Entry]:
    """Give each cell its parent's code and a number that counts from one."""
    layout = city.levels[-1].code
    digits = layout.length - len(parents[0].code) if layout else 3
    first = np.flatnonzero(np.diff(parent, prepend=-1))
    numbers = np.arange(len(parent)) - first[parent] + 1
    return [
        Entry(
            f"{parents[of].code}{number:0{digits}}",
            plan.cells.name.format(number=number),
            plan.cells.name_en.format(number=number),
        )
        for of, number in zip(parent.tolist(), numbers.tolist(), strict=True)
    ]


def apportion(total: int, weights: Numbers) -> Integers:
    """Share a whole number out by weight, in whole numbers that add up to it."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return np.asarray(whole)
