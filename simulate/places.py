"""Points inside units: anywhere in a cell, around a spot, and the way back from a point to its cell."""

import numpy as np
import shapely
from numpy.typing import NDArray

from simulate.density import Numbers
from simulate.partition import Partition
from simulate.tessellation import Integers


class Ground:
    """The cells of a partition, ready for many points."""

    def __init__(self, partition: Partition) -> None:
        """Prepare the cells once."""
        self.partition = partition
        self.polygons = partition.cells.polygons
        shapely.prepare(self.polygons)
        self.bounds = shapely.bounds(self.polygons)
        self.middle = partition.plane.to_km(shapely.get_coordinates(shapely.centroid(self.polygons)))
        self.density = partition.cells.people / shapely.area(self.polygons)
        self.tree = shapely.STRtree(self.polygons)

    def scatter(self, cells: Integers, random: np.random.Generator) -> Numbers:
        """Return one random point in each of the cells asked for, as rows of longitude and latitude."""
        xy = np.empty((len(cells), 2))
        left = np.arange(len(cells))
        while len(left):
            west, south, east, north = self.bounds[cells[left]].T
            tried = random.uniform(np.column_stack([west, south]), np.column_stack([east, north]))
            xy[left] = tried
            left = left[~shapely.contains_xy(self.polygons[cells[left]], tried[:, 0], tried[:, 1])]
        return xy

    def cells_at(self, xy: Numbers) -> Integers:
        """Return the cell each point lies in, -1 outside the city."""
        found = np.full(len(xy), -1, dtype=np.int64)
        point, cell = self.tree.query(shapely.points(xy), predicate="within")
        found[point] = cell
        return found

    def around(self, spot: Numbers, away: Numbers) -> tuple[Numbers, Integers]:
        """Return points at offsets in kilometres from a spot, and their cells; what falls outside falls on the spot."""
        plane = self.partition.plane
        xy = plane.to_degrees(plane.to_km(spot) + away)
        cells = self.cells_at(xy)
        outside = cells < 0
        xy[outside] = spot
        cells[outside] = self.cells_at(spot[None])[0]
        return xy, cells

    def near(self, spot: Numbers, radius_km: float) -> NDArray[np.bool_]:
        """Say which cells have their middle within a distance of a spot."""
        away = self.middle - self.partition.plane.to_km(spot)
        return np.asarray(np.hypot(*away.T) <= radius_km)
