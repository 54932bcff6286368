"""The incidents of every source, as columns in the software's own words."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from layers.pack import City
from simulate.density import Numbers
from simulate.flaws import Flawed, hide_places, spoil_places
from simulate.handling import NEVER, Desk, qualities
from simulate.places import Ground
from simulate.plan import IncidentPlan, Plan
from simulate.rhythm import Timeline
from simulate.tessellation import Integers
from simulate.unusual import HotSpot, Outbreak, drawn, hot_spots, outbreaks, planted
from simulate.values import Column, Rows

GATHERING = 0.85
"""The power of the people in a cell that gives its share of incidents."""
LUCK = 0.5
TASTE = 0.35
CARRY_A_CODE = 0.92


@dataclass(frozen=True)
class World:
    """All that the incidents of one run have in common."""

    city: City
    plan: Plan
    ground: Ground
    timeline: Timeline
    weight: Numbers
    quality: Numbers
    spots: list[HotSpot]
    outbreaks: list[Outbreak]
    random: np.random.Generator

    @property
    def now(self) -> datetime:
        """The end of the period."""
        return datetime.fromtimestamp(self.timeline.end, tz=UTC)


@dataclass
class Drawn:
    """Where and when incidents of which category happen."""

    category: Column
    time: Integers
    cell: Integers
    xy: Numbers


def world(city: City, plan: Plan, ground: Ground, *, rows: int, now: datetime) -> World:
    """Decide what does not depend on the source: how busy each cell is, what is unusual, who works well."""
    random = np.random.default_rng((plan.seed, rows))
    people = ground.partition.cells.people
    weight = people**GATHERING * random.lognormal(0.0, LUCK, len(people))
    timeline = Timeline(now, plan.years, city.time_zone, rhythm=plan.rhythm, random=random)
    return World(
        city,
        plan,
        ground,
        timeline,
        weight,
        qualities(len(ground.partition.levels[1].entries), plan.handling, random),
        hot_spots(plan, ground, weight),
        outbreaks(plan, ground, weight=weight, rows=rows, timeline=timeline),
        random,
    )


def columns(world: World, source: str, count: int) -> tuple[dict[str, Column], Flawed]:
    """Return the columns of a source's incidents in the order of their time, and which rows are flawed in what way."""
    plan, random = world.plan.incidents[source], world.random
    incidents = _drawn(world, source, plan, count)
    rows = Rows(world.plan, world.ground.partition, incidents.cell, world.now, random)
    rows.columns |= {"lon": incidents.xy[:, 0], "lat": incidents.xy[:, 1]}
    rows.columns["key"] = _keys(plan.key, incidents.time, world)
    flawed = Flawed.choose(count, world.plan.flaws, world.city.sources[source], random)
    rows.columns["unit"] = _codes(rows, plan, random)
    hide_places(rows, flawed)
    spoil_places(rows, flawed)
    _handled(world, rows, incidents)
    rows.make(plan.fields)
    titles = np.array([world.city.categories[code].title.zh for code in plan.kinds], dtype=object)
    order = {code: number for number, code in enumerate(plan.kinds)}
    named = Rows(world.plan, rows.partition, rows.cells, world.now, random)
    named.columns["category"] = titles[[order[str(code)] for code in incidents.category]]
    rows.columns |= {
        "category": incidents.category,
        "title": named.text(plan.title),
        "address": named.text(plan.address),
    }
    rows.columns["address"][rows.cells < 0] = ""
    return rows.columns, flawed


def _drawn(world: World, source: str, plan: IncidentPlan, count: int) -> Drawn:
    """Draw the ordinary incidents, move some to the hot spots, add the outbreaks, put all in the order of time."""
    random = world.random
    mine = [outbreak for outbreak in world.outbreaks if outbreak.source == source]
    ordinary = _ordinary(world, plan, count - sum(outbreak.planted for outbreak in mine))
    for spot in world.spots:
        if spot.source == source:
            there = (ordinary.category == spot.category) & (
                random.random(len(ordinary.time)) < world.plan.unusual.hot_share
            )
            ordinary.xy[there], ordinary.cell[there] = drawn(spot, int(there.sum()), world.ground, random)
    parts = [ordinary]
    for outbreak in mine:
        times, xy, cells = planted(outbreak, world.ground, now=world.timeline.end, random=random)
        parts.append(Drawn(np.full(outbreak.planted, outbreak.category, dtype=object), times, cells, xy))
    order = np.argsort(np.concatenate([part.time for part in parts]), kind="stable")
    return Drawn(
        np.concatenate([part.category for part in parts])[order],
        np.concatenate([part.time for part in parts])[order],
        np.concatenate([part.cell for part in parts])[order],
        np.concatenate([part.xy for part in parts])[order],
    )


def _ordinary(world: World, plan: IncidentPlan, count: int) -> Drawn:
    """Draw incidents category by category: each has its season and hours, and streets it is commoner in."""
    random, streets = world.random, world.ground.partition.levels[-3]
    weights = np.array([kind.weight for kind in plan.kinds.values()])
    numbers = random.multinomial(count, weights / weights.sum())
    times, cells = [], []
    for kind, number in zip(plan.kinds.values(), numbers.tolist(), strict=True):
        taste = random.lognormal(0.0, TASTE, len(streets.entries))[streets.of_cell]
        steps = np.cumsum(world.weight * taste)
        cells.append(np.searchsorted(steps, random.uniform(0.0, steps[-1], number), side="right"))
        times.append(world.timeline.draw(kind, plan.week, count=number, random=random))
    cell = np.concatenate(cells)
    category = np.repeat(np.array(list(plan.kinds), dtype=object), numbers)
    return Drawn(category, np.concatenate(times), cell, world.ground.scatter(cell, random))


def _keys(prefix: str, time: Integers, world: World) -> Column:
    zone = world.city.time_zone
    days, which = np.unique(time // 3600, return_inverse=True)
    names = np.array([f"{datetime.fromtimestamp(hour * 3600, tz=zone):%Y%m%d}" for hour in days.tolist()], dtype=object)
    numbers = np.char.zfill(np.arange(1, len(time) + 1).astype(str), 7).astype(object)
    return np.asarray(prefix + names[which] + numbers)


def _codes(rows: Rows, plan: IncidentPlan, random: np.random.Generator) -> Column:
    """Return the unit codes the rows carry; a few have a point only."""
    found = rows.codes(plan.unit)
    found[random.random(len(found)) >= CARRY_A_CODE] = ""
    return found


def _handled(world: World, rows: Rows, incidents: Drawn) -> None:
    kinds = {code: world.city.categories[code].hours for code in set(incidents.category.tolist())}
    hours = np.array([kinds[code] for code in incidents.category.tolist()])
    quality = world.quality[world.ground.partition.levels[1].of_cell[incidents.cell]]
    desk = Desk(world.plan.handling, world.timeline.end, world.random)
    life = desk.handle(incidents.time, hours, quality)
    rows.columns |= {
        "reported_at": _instants(incidents.time),
        "accepted_at": _instants(life.accepted),
        "dispatched_at": _instants(life.dispatched),
        "resolved_at": _instants(life.resolved),
        "closed_at": _instants(life.closed),
        "due_at": _instants(incidents.time + (hours * 3600).astype(np.int64)),
        "status": life.status,
    }


def _instants(seconds: Integers) -> Column:
    return np.where(seconds < NEVER, seconds, np.iinfo(np.int64).min).astype("datetime64[s]")
