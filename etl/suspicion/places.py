"""Places that look wrong by themselves: stand-ins for a place nobody knew, exchanged axes, points outside the city."""

import re
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from etl.place import near_city
from etl.rows import Mask
from etl.stamp import OUTSIDE, Stamp
from etl.suspicion.doubts import Suspicion, per_cent
from etl.suspicion.sample import Sample
from layers.plural import counted
from layers.specs import PlaceSpec

FEWEST, LEAST = 10, 0.01
"""Rows, and their share, below which nothing outside the city is worth a word: its rejects tell of it."""
CROWD, CROWDED = 20, 0.05
"""Rows at a point within the city that may be suspected, and the share that is suspect if nothing else is known."""
STANDS_OUT = 5
"""How many times as many rows as at any other point."""
ALIKE = 0.3
"""Of the way from addresses drawn at random (0) to equal ones (1): a building's or a crossing's are beyond it."""
COMPARED = 60
"""Addresses that are compared with each other."""
POINTS = 10
"""Points looked at, those with most rows first."""


@dataclass(frozen=True)
class Doubtful:
    """The suspicions, and the rows of the sample that may be asked about their datum."""

    suspicions: list[Suspicion]
    rest: pd.DataFrame


def doubtful(sample: Sample, spec: PlaceSpec, stamp: Stamp) -> Doubtful:
    """Find what looks wrong by itself; each row counts for the first suspicion it falls under."""
    rows = sample.rows()
    rows = rows[np.isfinite(rows["x"].astype(float)) & np.isfinite(rows["y"].astype(float))].reset_index(drop=True)
    if rows.empty:
        return Doubtful([], rows)
    return _Question(rows, sample, spec, stamp).answer()


class _Question:
    def __init__(self, rows: pd.DataFrame, sample: Sample, spec: PlaceSpec, stamp: Stamp) -> None:
        lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
        self.rows = rows
        self.datum = sample.datum
        self.city = stamp.city.spec.name.zh
        self.sampled = sample.seen > len(sample.rows())
        outside = stamp.at(lon, lat) == OUTSIDE
        self.outside = outside & ~near_city(lon, lat, stamp=stamp, metres=spec.near, asked=outside)
        turned = stamp.at(rows["turned_lon"].to_numpy(), rows["turned_lat"].to_numpy()) != OUTSIDE
        self.turned = self.outside & turned
        self.named = stamp.known(rows["code"].tolist())
        self.named_at_all = self.named != stamp.top
        self.claimed = np.zeros(len(rows), dtype=np.bool_)
        self.found: list[Suspicion] = []

    def answer(self) -> Doubtful:
        self._repeated()
        turned, outside = self.turned & ~self.claimed, self.outside & ~self.turned & ~self.claimed
        if self._many(turned):
            sentence = f"{self._of(turned)} lie in {self.city} only with longitude and latitude exchanged"
            self._claim("swapped-axes", turned, sentence)
        rest = self.rows[~self.claimed & ~self.turned].reset_index(drop=True)
        if self._many(outside):
            self._claim("outside-city", outside, f"{self._of(outside)} lie outside {self.city}")
        return Doubtful(self.found, rest)

    def _repeated(self) -> None:
        """Suspect points that too many rows share, unless these have something else in common."""
        x, y = self.rows["x"].to_numpy(dtype=np.float64), self.rows["y"].to_numpy(dtype=np.float64)
        points, of_row, counts = np.unique(x + 1j * y, return_inverse=True, return_counts=True)
        out = np.zeros(len(points), dtype=np.bool_)
        out[of_row] = self.outside & ~self.turned
        order = np.argsort(-counts, kind="stable")[:POINTS]
        # Where most points lie outside, it is not the point that is wrong.
        astray = out.mean() > 1 / 2 and len(points) > POINTS
        for place in order.tolist():
            here = of_row == place
            origin = points[place] == 0
            if out[place]:
                why = f", outside {self.city}" if self._many(here) and (origin or not astray) else None
            else:
                others = np.delete(counts, place)
                why = self._crowded(here, most_elsewhere=int(others[~np.delete(out, place)].max(initial=0)))
            if why is not None:
                where = f"{points[place].real:.10g}, {points[place].imag:.10g}"
                self._claim("repeated-point", here, f"{self._of(here)} stand at {where} exactly{why}")

    def _crowded(self, here: Mask, *, most_elsewhere: int) -> str | None:
        """Return what makes a point within the city suspect, or nothing."""
        many = int(here.sum())
        if many < CROWD or here.mean() < LEAST:
            return None
        units = np.unique(self.named[here & self.named_at_all])
        if len(units) >= FEWEST:
            return f", but name {len(units)} different units"
        addresses = self.rows["address"][here].dropna()
        if len(addresses) >= many / 2:
            apart = unlike(addresses, self.rows["address"].dropna())
            return ", though their addresses have nothing in common" if apart else None
        if here.mean() < CROWDED or many < STANDS_OUT * max(most_elsewhere, 1):
            return None
        return f", at any other point {most_elsewhere or 'none'}"

    def _many(self, rows: Mask) -> bool:
        return int(rows.sum()) >= FEWEST and float(rows.mean()) >= LEAST

    def _of(self, rows: Mask) -> str:
        found = f"{int(rows.sum()):,} of {counted(len(rows), 'row')} with a place ({per_cent(float(rows.mean()))})"
        return f"of a sample, {found}" if self.sampled else found

    def _claim(self, kind: str, rows: Mask, because: str) -> None:
        self.claimed |= rows
        self.found.append(Suspicion(kind, float(rows.mean()), because))


def unlike(some: "pd.Series[str]", others: "pd.Series[str]") -> bool:
    """Say whether texts differ from each other as texts drawn at random from the whole do."""
    within, at_random = _likeness(some), _likeness(others)
    return within - at_random < ALIKE * (1 - at_random) and at_random < 1


def _likeness(texts: "pd.Series[str]") -> float:
    """Return the mean share of pairs of letters that two of the texts have in common, their numbers left out."""
    chosen = texts if len(texts) <= COMPARED else texts.iloc[np.linspace(0, len(texts) - 1, COMPARED).astype(int)]
    words = [re.sub(r"\d+", "", text) for text in chosen]
    letters = [{word[at : at + 2] for at in range(max(len(word) - 1, 1))} for word in words]
    return float(np.mean([len(one & other) / len(one | other) for one, other in combinations(letters, 2)]))
