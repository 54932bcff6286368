"""When things happen: hours of the period, weighted by season, weekday, time of day, growth and chance."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from simulate.density import Numbers
from simulate.plan import Kind, Rhythm
from simulate.tessellation import Integers

HOUR = 3600


class Timeline:
    """Every hour of the period that ends now, as the city's clocks show it."""

    def __init__(
        self, now: datetime, years: float, zone: ZoneInfo, *, rhythm: Rhythm, random: np.random.Generator
    ) -> None:
        """Read the calendar once; draw how busy each day is."""
        self.rhythm = rhythm
        self.hours = round(years * 365 * 24)
        self.end = int(now.timestamp())
        self.start = self.end - self.hours * HOUR
        first = pd.Timestamp(now - timedelta(hours=self.hours)).tz_convert(zone)
        local = pd.date_range(first, periods=self.hours, freq="h")
        self.month, self.weekday, self.hour = (
            np.asarray(part) for part in (local.month - 1, local.day_of_week, local.hour)
        )
        day = np.arange(self.hours) // 24
        busy = random.lognormal(0.0, rhythm.unrest, day[-1] + 1)[day]
        self.busy = busy * (1.0 + rhythm.growth) ** (np.arange(self.hours) / (365 * 24))

    @property
    def days(self) -> float:
        """How long the period is."""
        return self.hours / 24

    def weights(self, kind: Kind, week: tuple[float, ...]) -> Numbers:
        """Return how likely each hour is for a kind of incident."""
        season, hours = self.rhythm.seasons[kind.season], self.rhythm.hours[kind.hours]
        return np.asarray(
            np.array(season)[self.month] * np.array(week)[self.weekday] * np.array(hours)[self.hour] * self.busy
        )

    def draw(self, kind: Kind, week: tuple[float, ...], *, count: int, random: np.random.Generator) -> Integers:
        """Return instants in seconds since 1970, none later than now."""
        steps = np.cumsum(self.weights(kind, week))
        hour = np.searchsorted(steps, random.uniform(0.0, steps[-1], count), side="right")
        return np.asarray(self.start + np.minimum(hour, self.hours - 1) * HOUR + random.integers(0, HOUR, count))
