"""Where people live, as a smooth field; and the plane in kilometres it is measured on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from simulate.plan import Plan

Numbers = NDArray[np.float64]
KM_PER_DEGREE = 111.2
STEP = 0.4
MARGIN = 2.0
"""Kilometres."""


@dataclass(frozen=True)
class Plane:
    """Kilometres east and north of a point: true enough over one city."""

    lon: float
    lat: float

    @property
    def scale(self) -> Numbers:
        """Return the kilometres of a degree, east and north."""
        return np.array([KM_PER_DEGREE * np.cos(np.radians(self.lat)), KM_PER_DEGREE])

    def to_km(self, degrees: Numbers) -> Numbers:
        """Return rows of longitude and latitude as kilometres."""
        return np.asarray((degrees - [self.lon, self.lat]) * self.scale)

    def to_degrees(self, km: Numbers) -> Numbers:
        """Undo `to_km`."""
        return np.asarray(km / self.scale + [self.lon, self.lat])


class Density:
    """People per square kilometre anywhere: the countryside's, and more around each centre."""

    def __init__(self, plan: Plan, plane: Plane, bounds: tuple[float, float, float, float]) -> None:
        """Evaluate the field once on a raster over the bounds; questions are answered from it."""
        self.plane = plane
        corners = plane.to_km(np.array(bounds).reshape(2, 2))
        self._origin = corners[0] - MARGIN
        size = np.ceil((corners[1] + MARGIN - self._origin) / STEP).astype(int) + 1
        axes = [self._origin[axis] + STEP * np.arange(size[axis]) for axis in (0, 1)]
        km = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        self._field = np.full(km.shape[:2], plan.people.countryside)
        for lon, lat, people, radius in _sources(plan):
            away = km - plane.to_km(np.array([lon, lat]))
            self._field += (
                1000.0 * people / (2.0 * np.pi * radius**2) * np.exp(-np.hypot(*away.transpose(2, 0, 1)) / radius)
            )

    def at(self, km: Numbers) -> Numbers:
        """Return the density at points of the plane."""
        return np.asarray(map_coordinates(self._field, ((km - self._origin) / STEP).T, order=1, mode="nearest"))


def _sources(plan: Plan) -> Iterator[tuple[float, float, float, float]]:
    for centre in plan.people.centres:
        yield centre.lon, centre.lat, centre.people, centre.radius
    if plan.people.seat is not None:
        for lon, lat in plan.anchors.values():
            yield lon, lat, plan.people.seat.people, plan.people.seat.radius
