"""Whether another datum than the declared one fits what is known of the rows better.

A wrong datum moves every row by half a kilometre or so, and most of them stay in the city. Where rows say what unit
they are in, by code or by name, the units tell; where they say nothing, the city's edge may. Each kind of evidence
compares the declared datum with each other one row by row: rows that fit both equally well say nothing. The first
evidence that decides, either way, is the last that is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.fields import Floats
from etl.place import shift_to_wgs84
from etl.raster import Integers
from etl.rows import Mask
from etl.stamp import OUTSIDE, Stamp
from etl.suspicion.doubts import Suspicion, per_cent
from etl.suspicion.earlier import Earlier
from etl.suspicion.names import Names
from etl.suspicion.projections import projections
from layers.model import level_shift
from layers.plural import counted
from layers.specs import PlaceSpec

OFFSET = ("4326", "gcj02", "bd09")
"""Datums in degrees that are mistaken for each other; where they are the same, outside China, nothing is compared."""
SAME = ("EPSG:4326", "OGC:CRS84", "EPSG:4490")
"""What differs from WGS 84 by less than anything here is exact to."""
NEAR = 2e-4
"""Degrees, some twenty metres, within which a row is where it was."""
APART = 1e-5
"""Degrees, a metre, below which two datums put a row into the same place."""
FEWEST = 20
"""Rows that must fit another datum better than the declared one."""
ONE_SIDED = 5
"""How many of them there must be for each that fits the declared one better."""


@dataclass(frozen=True)
class Placing:
    """Where the rows are under one datum."""

    datum: str
    lon: Floats
    lat: Floats
    units: Integers


@dataclass(frozen=True)
class Evidence:
    """How well each row fits each placing, the declared one first; 0 is not at all."""

    what: str
    """What rows that fit do."""
    known: Mask
    """Rows of which the evidence says anything."""
    fits: list[Integers]
    least: float
    """By how much the share of rows that fit must differ."""


def misfit(rows: pd.DataFrame, *, declared: str, stamp: Stamp, names: Names, earlier: Earlier) -> Suspicion | None:
    """Return the suspicion that the places are in another datum than declared, nothing without enough evidence."""
    if len(rows) < FEWEST:
        return None
    own = _placing(declared, rows["lon"].to_numpy(), rows["lat"].to_numpy(), stamp)
    others = [other for other in _others(rows, own, stamp) if _apart(own, other)]
    if not others:
        return None
    for evidence in _evidence(rows, [own, *others], stamp, names, earlier):
        decided, better = _weighed(evidence, others)
        if decided:
            return None if better is None else _suspicion(evidence, declared, others, better)
    return None


def alternatives(declared: str) -> list[str]:
    """Return the datums in degrees that are others than the declared one."""
    return [datum for datum in OFFSET if datum != ("4326" if declared in SAME else declared)]


def _placing(datum: str, lon: Floats, lat: Floats, stamp: Stamp) -> Placing:
    return Placing(datum, lon, lat, stamp.at(lon, lat))


def _others(rows: pd.DataFrame, own: Placing, stamp: Stamp) -> Iterator[Placing]:
    """Yield where the rows would be under other datums in degrees; in metres, under projections that fit."""
    x, y = rows["x"].to_numpy(dtype=np.float64), rows["y"].to_numpy(dtype=np.float64)
    if np.mean((np.abs(x) <= 180) & (np.abs(y) <= 90)) > 1 / 2:  # noqa: PLR2004 - degrees of the globe
        for datum in alternatives(own.datum):
            yield _placing(datum, *shift_to_wgs84(PlaceSpec(datum=datum), None)(x, y), stamp)
    elif np.mean(own.units == OUTSIDE) > 1 / 2:
        straight = projections(x, y, stamp)
        how = "" if straight else ", with place.lon and place.lat exchanged,"
        x, y = (x, y) if straight else (y, x)
        for code, name in (straight or projections(x, y, stamp)).items():
            place = shift_to_wgs84(PlaceSpec(datum=code), None)(x, y)
            yield _placing(f"EPSG:{code} ({name}){how}", *place, stamp)


def _apart(own: Placing, other: Placing) -> bool:
    return not bool(np.all(np.hypot(own.lon - other.lon, own.lat - other.lat) <= APART))


def _evidence(
    rows: pd.DataFrame, placings: list[Placing], stamp: Stamp, names: Names, earlier: Earlier
) -> Iterator[Evidence]:
    """Yield what is known of the rows, the strongest first."""
    yield _coded(rows, placings, stamp)
    yield _named(rows, placings, names)
    yield _there_before(rows, placings, earlier)
    yield _inside(placings, stamp)


def _coded(rows: pd.DataFrame, placings: list[Placing], stamp: Stamp) -> Evidence:
    named = stamp.known(rows["code"].tolist())
    ranks = stamp.units.ranks[np.searchsorted(stamp.units.ids, named)]
    levels = len(stamp.city.levels)
    shifts = np.array([level_shift(rank, levels) for rank in range(levels)])[ranks]
    within = [((item.units >> shifts) == (named >> shifts)).astype(np.int64) for item in placings]
    return Evidence("lie in the unit whose code they carry", named != stamp.top, within, least=0.03)


def _named(rows: pd.DataFrame, placings: list[Placing], names: Names) -> Evidence:
    depths = [names.depths(item.units, rows["text"]) for item in placings]
    deepest = np.max(depths, axis=0)
    fits = [(depth == deepest).astype(np.int64) for depth in depths]
    return Evidence("lie in the unit whose name they mention", deepest > 0, fits, least=0.03)


def _there_before(rows: pd.DataFrame, placings: list[Placing], earlier: Earlier) -> Evidence:
    lon, lat = earlier.places(rows["key"].tolist())
    near = [(np.hypot(item.lon - lon, item.lat - lat) < NEAR).astype(np.int64) for item in placings]
    return Evidence("lie where an earlier load put them", np.isfinite(lon), near, least=0.03)


def _inside(placings: list[Placing], stamp: Stamp) -> Evidence:
    inside = [(item.units != OUTSIDE).astype(np.int64) for item in placings]
    known = np.max(inside, axis=0) > 0
    # Where some rows lie outside under any datum, a few more at the city's edge prove nothing.
    least = max(0.005, 2 * float(1 - known.mean()))
    return Evidence(f"lie in {stamp.city.spec.name.zh}", known, inside, least=least)


def _weighed(evidence: Evidence, others: list[Placing]) -> tuple[bool, Placing | None]:
    """Say whether the evidence decides, and for which other datum if not for the declared one."""
    own, *fits = (item * evidence.known for item in evidence.fits)
    best = int(np.argmax([item.sum() for item in fits]))
    gained, lost = int((fits[best] > own).sum()), int((fits[best] < own).sum())
    grown = (gained - lost) / max(int(evidence.known.sum()), 1)
    if gained >= max(FEWEST, ONE_SIDED * lost) and grown >= evidence.least:
        return True, others[best]
    return lost >= FEWEST and lost > gained, None


def _suspicion(evidence: Evidence, declared: str, others: list[Placing], better: Placing) -> Suspicion:
    known = int(evidence.known.sum())
    own, other = (evidence.fits[at] * evidence.known for at in (0, others.index(better) + 1))
    return Suspicion(
        "wrong-datum",
        1.0,
        f"the places fit {better.datum} better than {declared}, which is declared: {per_cent(other.sum() / known)} of "
        f"{counted(known, 'row')} {evidence.what}, against {per_cent(own.sum() / known)} as declared",
    )
