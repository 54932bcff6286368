"""What is out of the ordinary: spots where one thing happens all the time, and outbreaks that come and go."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from simulate.density import Numbers
from simulate.places import Ground
from simulate.plan import IncidentPlan, Plan
from simulate.rhythm import Timeline
from simulate.tessellation import Integers

DAY = 86400
COMMON = 0.75
SPOT_KM = 0.12
LAST_ENDS_AHEAD = 0.4
"""The part of the last outbreak that is still to come."""


@dataclass(frozen=True)
class HotSpot:
    """A place that draws a part of all incidents of one category of one source."""

    source: str
    category: str
    lon: float
    lat: float
    codes: dict[str, str]


@dataclass(frozen=True)
class Outbreak:
    """Incidents of one category added to the `usual` number of a place and time; `factor` is what that makes of it."""

    id: str
    source: str
    category: str
    start: datetime
    end: datetime
    lon: float
    lat: float
    radius_m: float
    usual: float
    planted: int
    factor: float
    codes: dict[str, str]

    def truth(self) -> dict[str, object]:
        """Return it as plain values, instants in ISO 8601."""
        return asdict(self) | {"start": self.start.isoformat(), "end": self.end.isoformat()}


def hot_spots(plan: Plan, ground: Ground, weight: Numbers) -> list[HotSpot]:
    """Choose spots where many people live, and a common category for each."""
    random = np.random.default_rng((plan.seed, 2))
    found = []
    for lon, lat, cell in _spots(plan.unusual.hot_spots, ground, weight, random):
        source, category = _kind(plan, random)
        found.append(HotSpot(source, category, lon, lat, codes(ground, cell)))
    return found


def outbreaks(plan: Plan, ground: Ground, *, weight: Numbers, rows: int, timeline: Timeline) -> list[Outbreak]:
    """Choose outbreaks over the whole period; the last is still going on."""
    random = np.random.default_rng((plan.seed, 3))
    found = []
    wanted = plan.unusual
    for number, (lon, lat, cell) in enumerate(_spots(wanted.outbreaks, ground, weight, random), start=1):
        source, category = _kind(plan, random)
        radius, days = random.uniform(*wanted.radius), random.uniform(*wanted.days)
        last = number == wanted.outbreaks
        start = (
            timeline.end - days * DAY * (1 - LAST_ENDS_AHEAD)
            if last
            else random.uniform(timeline.start + 60 * DAY, timeline.end - (days + 10) * DAY)
        )
        near = ground.near(np.array([lon, lat]), radius / 1000.0)
        near[cell] = True
        usual = (
            days / timeline.days * weight[near].sum() / weight.sum() * _expected(plan.incidents[source], category, rows)
        )
        added = round(min(random.uniform(*wanted.cases), rows / (20 * wanted.outbreaks)))
        found.append(
            Outbreak(
                id=f"outbreak-{number}",
                source=source,
                category=category,
                start=_instant(start),
                end=_instant(start + days * DAY),
                lon=lon,
                lat=lat,
                radius_m=round(radius),
                usual=round(usual, 3),
                planted=added,
                factor=round(1.0 + added / usual, 1),
                codes=codes(ground, cell),
            )
        )
    return found


def planted(
    outbreak: Outbreak, ground: Ground, *, now: int, random: np.random.Generator
) -> tuple[Integers, Numbers, Integers]:
    """Return the instants, points and cells of an outbreak's incidents: swelling and ebbing, inside its circle."""
    start, end = int(outbreak.start.timestamp()), min(int(outbreak.end.timestamp()), now)
    times = start + (random.beta(1.6, 2.0, outbreak.planted) * (end - start)).astype(np.int64)
    turn = random.uniform(0.0, 2.0 * np.pi, outbreak.planted)
    away = outbreak.radius_m / 1000.0 * 0.98 * np.sqrt(random.random(outbreak.planted))
    offset = np.column_stack([away * np.cos(turn), away * np.sin(turn)])
    return times, *ground.around(np.array([outbreak.lon, outbreak.lat]), offset)


def drawn(spot: HotSpot, count: int, ground: Ground, random: np.random.Generator) -> tuple[Numbers, Integers]:
    """Return points close to a hot spot, and their cells."""
    return ground.around(np.array([spot.lon, spot.lat]), random.normal(0.0, SPOT_KM, (count, 2)))


def codes(ground: Ground, cell: int) -> dict[str, str]:
    """Return the codes of the units a cell lies in, by level."""
    return {units.level: units.entries[units.of_cell[cell]].code for units in ground.partition.levels}


def _spots(count: int, ground: Ground, weight: Numbers, random: np.random.Generator) -> list[tuple[float, float, int]]:
    busy = weight * ground.density
    cells = random.choice(len(weight), count, replace=False, p=busy / busy.sum())
    xy = ground.scatter(cells, random).round(6)
    return [(lon, lat, cell) for (lon, lat), cell in zip(xy.tolist(), cells.tolist(), strict=True)]


def _kind(plan: Plan, random: np.random.Generator) -> tuple[str, str]:
    """Choose a source and one of its common categories."""
    source = str(random.choice(list(plan.incidents)))
    kinds = plan.incidents[source].kinds
    usual = float(np.quantile([kind.weight for kind in kinds.values()], COMMON))
    return source, str(random.choice([code for code, kind in kinds.items() if kind.weight >= usual]))


def _expected(plan: IncidentPlan, category: str, rows: int) -> float:
    return rows * plan.share * plan.kinds[category].weight / sum(kind.weight for kind in plan.kinds.values())


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)
