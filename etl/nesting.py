"""Which unit another lies in, by area: for levels whose codes do not tell, and to check what codes and files say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from etl.rows import Shapes

Areas = NDArray[np.float64]
WHOLE = 0.99
"""The share of a unit that must lie in its parent for nobody to be told."""


@dataclass(frozen=True)
class Nested:
    """A unit, its parent, and how much of it lies there."""

    code: str
    parent: str
    share: float


def by_area(units: Mapping[str, shapely.Geometry], above: Mapping[str, shapely.Geometry]) -> dict[str, str]:
    """Return for every unit the one above that holds most of it; of equal shares the smaller code."""
    codes, others = list(units), sorted(above)
    shapes, holders = _array(units, codes), _array(above, others)
    child, holder = STRtree(holders).query(shapes, predicate="intersects")
    held = _held(shapes[child], holders[holder])
    found: dict[str, str] = {}
    for at in np.lexsort((holder, -held)).tolist():
        if held[at] > 0:
            found.setdefault(codes[child[at]], others[holder[at]])
    return found


def shares(
    units: Mapping[str, shapely.Geometry], parents: Mapping[str, str], above: Mapping[str, shapely.Geometry]
) -> list[Nested]:
    """Return how much of every unit lies in its parent, in the order of the units."""
    codes = list(units)
    shapes = _array(units, codes)
    held = _held(shapes, _array(above, [parents[code] for code in codes])) / shapely.area(shapes)
    return [
        Nested(code, parents[code], round(min(float(share), 1.0), 6)) for code, share in zip(codes, held, strict=True)
    ]


def _array(shapes: Mapping[str, shapely.Geometry], codes: Sequence[str]) -> Shapes:
    return np.array([shapes[code] for code in codes], dtype=object)


def _held(shapes: Shapes, holders: Shapes) -> Areas:
    """Return the area that each shape shares with its holder, in square degrees: only to be compared."""
    areas = shapely.area(shapes)
    cut = ~shapely.covered_by(shapes, holders)
    areas[cut] = shapely.area(shapely.intersection(shapes[cut], holders[cut]))
    return np.asarray(areas)
