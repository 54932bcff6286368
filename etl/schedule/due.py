"""What is due, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from etl.run import order
from etl.schedule.arrivals import Arrived
from layers.jobs import Standing
from layers.pack import City
from layers.specs import SourceSpec

UNITS = "units"


@dataclass(frozen=True)
class Due:
    """A source to load."""

    source: SourceSpec
    why: str
    """first, files, time, or units: what it is placed in has changed"""
    seen: str
    priority: int

    @property
    def lock(self) -> str:
        """What no two jobs may hold at once; all boundaries share one, so that high levels come first."""
        return UNITS if self.source.feeds == UNITS else f"source {self.source.id}"


def plan(city: City, stands: Mapping[str, Standing], arrived: Mapping[str, Arrived], *, now: datetime) -> list[Due]:
    """Return what to put down now, units before what is placed in them."""
    ordered = order(city)
    changed = max((stands[item.id] for item in ordered if item.feeds == UNITS), key=_changed, default=None)
    found = [
        Due(source, why, arrived[source.id].seen, priority=len(ordered) - place)
        for place, source in enumerate(ordered)
        if (why := _why(source, stands[source.id], arrived[source.id], changed=changed, now=now))
    ]
    units = [item for item in found if item.source.feeds == UNITS]
    if units or _units_under_way(city, stands, now):
        return units
    return found


def _why(
    source: SourceSpec, stands: Standing, arrived: Arrived, *, changed: Standing | None, now: datetime
) -> str | None:
    if stands.open or not arrived.there or not arrived.settled:
        return None
    if stands.attempted is None:
        return "first"
    if _new_files(stands, arrived):
        return "files"
    if source.feeds != UNITS and changed is not None and _older(stands, changed):
        return "units"
    next_at = stands.next_at(source)
    return "time" if next_at is not None and next_at <= now else None


def _new_files(stands: Standing, arrived: Arrived) -> bool:
    if stands.seen is None:
        # No scheduler has had it yet: what a person loaded is told by the clock.
        return stands.attempted is not None and arrived.newest > stands.attempted.timestamp()
    return arrived.seen != stands.seen


def _changed(stands: Standing) -> int:
    return stands.changed or 0


def _older(stands: Standing, units: Standing) -> bool:
    """Say whether a source was last tried before the units were what they are."""
    if units.changed is None or units.changed_at is None or stands.attempted is None:
        return False
    return (stands.load or 0) < units.changed and stands.attempted < units.changed_at


def _units_under_way(city: City, stands: Mapping[str, Standing], now: datetime) -> bool:
    """Say whether units are being loaded, or are about to be; those that wait for another try hold nothing up."""
    jobs = [stands[item.id] for item in city.sources.values() if item.feeds == UNITS and stands[item.id].open]
    if any(item.status == "doing" for item in jobs):
        return True
    return bool(jobs) and all(item.not_before is None or item.not_before <= now for item in jobs)
