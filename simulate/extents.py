"""Features that are no points: a way through a unit, a plot of ground within a cell."""

import numpy as np
import shapely

from simulate.density import Numbers
from simulate.partition import Units
from simulate.places import Ground
from simulate.tessellation import Integers
from simulate.values import Column

STOPS = 4
"""A way has at least so many corners."""
PART = (0.2, 0.55)
"""How wide a plot is, as parts of its cell's width."""


def ways(units: Units, ground: Ground, random: np.random.Generator) -> Column:
    """Return a way through each of the units, by a place in every one of its cells, once around its middle."""
    order = np.argsort(units.of_cell, kind="stable")
    first = np.searchsorted(units.of_cell[order], np.arange(len(units.entries) + 1))
    found = np.empty(len(units.entries), dtype=object)
    for at in range(len(found)):
        cells = order[first[at] : first[at + 1]]
        stops = ground.scatter(np.resize(cells, max(len(cells), STOPS)), random)
        away = stops - stops.mean(axis=0)
        found[at] = shapely.linestrings(stops[np.argsort(np.arctan2(away[:, 1], away[:, 0]))])
    return found


def plots(cells: Integers, spots: Numbers, ground: Ground, random: np.random.Generator) -> Column:
    """Return a plot around each spot: its cell's own outline made smaller, with round corners."""
    outlines, of = shapely.get_coordinates(ground.polygons[cells], return_index=True)
    part = random.uniform(*PART, len(cells))[:, None]
    nearer = spots[of] + (outlines - spots[of]) * part[of]
    small = shapely.set_coordinates(ground.polygons[cells].copy(), nearer)
    corner = 0.2 * np.sqrt(shapely.area(small))
    rounded = shapely.buffer(shapely.buffer(small, -corner), corner, quad_segs=3)
    usable = shapely.get_type_id(rounded) == shapely.GeometryType.POLYGON
    usable &= ~shapely.is_empty(rounded)
    return np.where(usable, rounded, small)
