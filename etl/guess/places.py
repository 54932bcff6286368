"""Where rows are: which columns are coordinates, in which datum, and what speaks for it."""

import re
from dataclasses import replace
from itertools import permutations

import numpy as np
import pyarrow as pa

from etl.coordinates import Axis, coordinates_in, pairs_in
from etl.fields import Floats
from etl.guess import datums
from etl.guess.belonging import belonging
from etl.guess.columns import NUMERIC, Column, Sample
from etl.guess.ground import Ground
from etl.guess.guess import Guess, Sure
from etl.guess.words import LAT, LON, called
from etl.place import near_city, shift_to_wgs84
from layers.pack import City
from layers.plural import counted
from layers.specs import PlaceSpec

LOOKED_AT = 5_000
"""Rows whose places are tried."""
MOST = 0.5
"""The share of places inside the city without which two columns of numbers are no place."""
NEAR = 300
OUTLINES = r"(SRID=\d+;)?\s*(MULTI)?(LINESTRING|POLYGON)|010[23]0000[0-9a-f]{2}|00[0-9a-f]{2}00000[23]"
"""How the text of lines and polygons begins."""
AXES: dict[Axis, tuple[str, ...]] = {"lon": LON, "lat": LAT}
ANY = "gcj02"
"""A datum that says nothing against what a shape says of itself."""
Pair = tuple[Column, Column]
Axes = tuple[Column, Column, str]
"""East, north, and what speaks for it."""


def place(sample: Sample, city: City, ground: Ground | None) -> dict[str, Guess]:
    """Return the keys of `[place]`."""
    found: dict[str, Guess] = {}
    if sample.geometry is not None:
        x, y = sample.places()
    elif axes := _axes(sample, ground):
        east, north, why = axes
        found = {"lon": Guess(east.name, why, "likely"), "lat": Guess(north.name, why, "likely")}
        x, y = east.numbers, north.numbers
        if datums.exchanged(x[:LOOKED_AT], y[:LOOKED_AT], ground):
            why = "exchanged: as surveyors have it, the northing is called x; only so do the places lie in the city"
            found = {"lon": Guess(north.name, why, "likely"), "lat": Guess(east.name, why, "likely")}
            x, y = y, x
    elif both := _in_one(sample, ground):
        found, x, y = both
    else:
        unit = belonging(sample, city, ground)
        return unit.entries() if unit else _nowhere(sample)
    x, y = x[:LOOKED_AT], y[:LOOKED_AT]
    unit = belonging(sample, city, ground, datums.spots(x, y, sample.crs))
    codes = unit.codes(sample, LOOKED_AT) if unit else None
    found |= datums.datum(x, y, codes=codes, declared=sample.crs, ground=ground)
    if sample.strange is not None:
        why = f"the file names {sample.strange!r}, which nobody knows, so this must be said; {found['datum'].why}"
        found["datum"] = replace(found["datum"], why=why, sure="unsure")
    if ground is not None:
        found |= _near(x, y, found, sample.crs, ground)
    return found | (unit.entries() if unit else {})


def _in_one(sample: Sample, ground: Ground | None) -> tuple[dict[str, Guess], Floats, Floats] | None:
    """Return the column that holds both numbers, or a shape, and the places; exchanged where only that makes sense."""
    for column in sample.columns:
        straight, turned = (pairs_in(column.text[:LOOKED_AT], order, ANY) for order in ("lon lat", "lat lon"))
        given = len(straight[0]) - column.text[:LOOKED_AT].null_count
        if not given or np.count_nonzero(np.isfinite(straight[0])) < NUMERIC * given:
            continue
        share = [ground.share(*pair) if ground else datums.degrees(*pair) for pair in (straight, turned)]
        if not max(share):
            continue
        why = (
            f"it holds both numbers, or a shape; {max(share):.1%} of the places lie in the city"
            if ground
            else "it looks so"
        )
        sure: Sure = "likely"
        if re.match(OUTLINES, next(iter(column.counts)), re.IGNORECASE):
            why, sure = (
                f"{why}; of an outline only a point is kept: for all of it, send a GeoPackage or GeoJSON",
                "unsure",
            )
        found = {"lon": Guess(column.name, why, sure), "lat": Guess(column.name, why, sure)}
        if share[1] > share[0]:
            found["order"] = Guess("lat lon", "only so do most places make sense", "likely")
        return found, *(turned if share[1] > share[0] else straight)
    return None


def _nowhere(sample: Sample) -> dict[str, Guess]:
    """Return that rows come in without a place, and what seems to hold one all the same."""
    why = "no column holds coordinates, and none names a unit, so rows come in without a place"
    for name in called((column.name for column in sample.columns), LON + LAT):
        if example := next(iter(sample[name].counts), ""):
            why += f"; {name} holds {example!r}, which is no number or angle: send such as 121.55, or 121\u00b033'0\""
            return {"lon": Guess(name, why, "unsure", off=True)}
    return {"lon": Guess("?", why, "unsure", off=True)}


def _axes(sample: Sample, ground: Ground | None) -> Axes | None:
    columns = {column.name: column for column in sample.columns}
    angles = {name: _angles(columns[name], axis) for axis, words in AXES.items() for name in called(columns, words)}
    numbers = {name: angles.get(name, column) for name, column in columns.items()}
    numbers = {name: column for name, column in numbers.items() if column.numeric}
    named = [(numbers[lon], numbers[lat]) for lon in called(numbers, LON) for lat in called(numbers, LAT) if lon != lat]
    either = [pair for pair in named if datums.degrees(*_values(pair)) or datums.degrees(*reversed(_values(pair)))]
    if either:
        return _best(either, ground, "their names say so")
    if ground is not None:
        pairs = [pair for pair in permutations(numbers.values(), 2) if datums.degrees(*_values(pair))]
        if inside := [pair for pair in pairs if ground.share(*_values(pair)) > MOST]:
            return _best(inside, ground, "the names do not say so, but the values do")
    return (*named[0], "their names say so, though their values are no degrees") if named else None


def _angles(column: Column, axis: Axis) -> Column:
    """Return a column with its angles, and numbers written otherwise, as plain numbers."""
    if column.numeric:
        return column
    numbers = coordinates_in(column.text, axis)
    return (
        Column(column.name, pa.array(numbers, from_pandas=True).cast(pa.string()), column.kind)
        if np.count_nonzero(np.isfinite(numbers)) >= NUMERIC * (column.rows - column.text.null_count)
        else column
    )


def _best(pairs: list[Pair], ground: Ground | None, why: str) -> Axes:
    """Return the pair of which most places lie in the city, exchanged where only that makes sense."""
    if ground is None:
        east, north = pairs[0]
        if not datums.degrees(*_values(pairs[0])):
            return north, east, "the names say it the other way round, but only so can the values be degrees"
        return east, north, f"{why}; whether they lie in the city only a database with units can tell"
    best = max(
        pairs, key=lambda pair: round(max(ground.share(*_values(pair)), ground.share(*reversed(_values(pair)))), 2)
    )
    x, y = _values(best)
    straight, exchanged = ground.share(x, y), ground.share(y, x)
    if exchanged > straight:
        return best[1], best[0], f"exchanged, {exchanged:.1%} of the places lie in the city; as the names say, fewer do"
    return *best, f"{why}; {straight:.1%} of the places lie in the city"


def _values(pair: Pair) -> tuple[Floats, Floats]:
    return pair[0].numbers[:LOOKED_AT], pair[1].numbers[:LOOKED_AT]


def _near(x: Floats, y: Floats, found: dict[str, Guess], crs: str | None, ground: Ground) -> dict[str, Guess]:
    """Return `near` where places lie a little outside the city."""
    said = found.get("datum")
    spec = PlaceSpec(datum=said.value) if said and not said.off else PlaceSpec()
    lon, lat = shift_to_wgs84(spec, crs)(x, y)
    outside = np.isfinite(lon) & np.isfinite(lat) & ~ground.inside(lon, lat)
    close = np.count_nonzero(near_city(lon, lat, stamp=ground.stamp, metres=NEAR, asked=outside))
    if not close:
        return {}
    why = (
        f"{close} of {counted(int(np.count_nonzero(outside)), 'place')} outside the city within {NEAR} m of it: "
        "bridges, piers; with this they belong to the city, without it they are rejected"
    )
    return {"near": Guess(NEAR, why, "unsure")}
