"""Whether the units of a level cover their parents once: gaps and overlaps of more than a square metre."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from etl.rows import Shapes
from etl.shapes import METRES_PER_DEGREE

LEAST = 1.0
"""Square metres that nobody needs to know about."""


@dataclass(frozen=True)
class Overlap:
    """Ground that two units of a level both claim."""

    code: str
    other: str
    square_metres: float


@dataclass(frozen=True)
class Gap:
    """Ground of a unit that none of the units below it claims."""

    code: str
    square_metres: float


def overlaps(units: Mapping[str, shapely.Geometry]) -> list[Overlap]:
    """Return the pairs that overlap, the largest first."""
    codes = sorted(units)
    shapes: Shapes = np.array([units[code] for code in codes], dtype=object)
    if not codes or shapely.coverage_is_valid(shapes):
        return []
    one, other = STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    common = _metres(shapely.intersection(shapes[one], shapes[other]))
    found = [
        Overlap(codes[first], codes[second], round(float(area), 1))
        for first, second, area in zip(one, other, common, strict=True)
        if area > LEAST
    ]
    return sorted(found, key=lambda item: (-item.square_metres, item.code, item.other))


def gaps(parents: Mapping[str, shapely.Geometry], children: Mapping[str, list[shapely.Geometry]]) -> list[Gap]:
    """Return the parents that their children leave uncovered in part, the largest gap first."""
    codes = sorted(code for code in parents.keys() & children.keys() if not _filled(parents[code], children[code]))
    if not codes:
        return []
    whole: Shapes = np.array([parents[code] for code in codes], dtype=object)
    below: Shapes = np.array([shapely.union_all(children[code]) for code in codes], dtype=object)
    open_ground = _metres(shapely.difference(whole, below))
    found = [Gap(code, round(float(area), 1)) for code, area in zip(codes, open_ground, strict=True) if area > LEAST]
    return sorted(found, key=lambda item: (-item.square_metres, item.code))


def _filled(parent: shapely.Geometry, children: list[shapely.Geometry]) -> bool:
    """Say whether the children share every edge and make up the parent's area: then there is no gap to measure."""
    shapes: Shapes = np.array(children, dtype=object)
    missing = abs(float(shapely.area(parent) - shapely.area(shapes).sum())) * METRES_PER_DEGREE**2
    return missing < LEAST and bool(shapely.coverage_is_valid(shapes))


def _metres(shapes: Shapes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return areas in square metres, each measured at its own latitude; good to half a per cent."""
    bounds = shapely.bounds(shapes)
    narrow = np.cos(np.radians(np.nan_to_num((bounds[:, 1] + bounds[:, 3]) / 2)))
    return np.asarray(shapely.area(shapes) * narrow * METRES_PER_DEGREE**2)
