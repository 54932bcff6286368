"""The names of units in what rows say: a text that names a unit tells where its row should be."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import psycopg

from etl.raster import Integers
from etl.stamp import OUTSIDE
from layers.model import level_shift
from layers.pack import City

SHORTEST = 2
"""Letters of a name that can be looked for."""


class Names:
    """The names of units in force, read when they are first asked for."""

    def __init__(self, driver: psycopg.Connection, city: City) -> None:
        """Remember where to ask."""
        self.driver = driver
        self.shifts = [level_shift(rank, len(city.levels)) for rank in range(len(city.levels))]
        self._names: dict[int, tuple[str, ...]] | None = None

    def depths(self, units: Integers, texts: Iterable[str | None]) -> Integers:
        """Return how deep a unit, of those each row lies in, its text names; 0 where it names none below the city."""
        chains = {own: self._chain(own) for own in set(units.tolist())}
        pairs = zip(units.tolist(), texts, strict=True)
        return np.array([_depth(chains[own], text or "") for own, text in pairs], dtype=np.int64)

    def _chain(self, own: int) -> list[tuple[int, tuple[str, ...]]]:
        """Return the names of a unit and of those above it, the deepest first, the city left out."""
        if own == OUTSIDE:
            return []
        known = self._known()
        chain = [(rank, known.get(own >> shift << shift, ())) for rank, shift in enumerate(self.shifts) if rank]
        return [(rank, names) for rank, names in reversed(chain) if names]

    def _known(self) -> dict[int, tuple[str, ...]]:
        """Return the names by which a unit can be told from every other."""
        if self._names is None:
            found = self.driver.execute("SELECT id, name, name_en FROM unit WHERE valid_to IS NULL")
            names = {own: {name, english} for own, name, english in found}
            times = Counter(name for own in names.values() for name in own)
            self._names = {
                own: tuple(name for name in both if len(name) >= SHORTEST and times[name] == 1)
                for own, both in names.items()
            }
        return self._names


def _depth(chain: list[tuple[int, tuple[str, ...]]], text: str) -> int:
    return next((rank for rank, names in chain if any(name in text for name in names)), 0)
