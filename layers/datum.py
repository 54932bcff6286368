"""The offset coordinates Chinese maps use, GCJ-02 and BD-09, to and from WGS 84; arrays of degrees, longitude first.

Neither datum is published. The forward formulas are the ones every open implementation shares: GCJ-02 after the
`EvilTransform` listing of 2010 (Krasovsky 1940 ellipsoid), BD-09 after the transformation Baidu's own map API shows.
Their inverses have no closed form, so they are iterated until a step is far below a millimetre.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]
Pair = tuple[Degrees, Degrees]

SEMI_MAJOR = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
BD09_TURN = np.pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box the formulas are used in."""
STEPS = 12
ENOUGH = 1e-10
"""Degrees; a hundredth of a millimetre."""


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 to GCJ-02; what lies outside China stays where it is."""
    x, y = _degrees(lon), _degrees(lat)
    east, north = _offset(x, y)
    return x + east, y + north


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_gcj02` by iteration."""
    x, y = _degrees(lon), _degrees(lat)
    return _inverse(wgs84_to_gcj02, x, y, start=(x, y))


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift GCJ-02 to BD-09; what lies outside China stays where it is."""
    x, y = _degrees(lon), _degrees(lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD09_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD09_TURN)
    inside = _in_china(x, y)
    return (
        np.where(inside, radius * np.cos(angle) + 0.0065, x),
        np.where(inside, radius * np.sin(angle) + 0.006, y),
    )


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `gcj02_to_bd09` by iteration."""
    x, y = _degrees(lon), _degrees(lat)
    inside = _in_china(x, y)
    return _inverse(gcj02_to_bd09, x, y, start=(np.where(inside, x - 0.0065, x), np.where(inside, y - 0.006, y)))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 to BD-09, by way of GCJ-02."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_bd09`, by way of GCJ-02."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _degrees(values: ArrayLike) -> Degrees:
    return np.asarray(values, dtype=np.float64)


def _in_china(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Say which points the formulas move; NaN is outside."""
    return np.asarray((lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH))


def _inverse(forward: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees, *, start: Pair) -> Pair:
    """Walk from a first guess by what the forward shift misses; the shift is so smooth that each step gains digits."""
    x, y = start
    for _ in range(STEPS):
        there_x, there_y = forward(x, y)
        miss_x, miss_y = lon - there_x, lat - there_y
        x, y = x + miss_x, y + miss_y
        if not (np.abs(miss_x) + np.abs(miss_y) > ENOUGH).any():
            break
    return x, y


def _offset(lon: Degrees, lat: Degrees) -> Pair:
    """Return how far GCJ-02 lies east and north of WGS 84, in degrees; nothing outside China."""
    east, north = _metres(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    w2 = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    w = np.sqrt(w2)
    inside = _in_china(lon, lat)
    with np.errstate(divide="ignore", invalid="ignore"):
        dlon = np.degrees(east * w / (SEMI_MAJOR * np.cos(phi)))
        dlat = np.degrees(north * w2 * w / (SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED)))
    return np.where(inside, dlon, 0.0), np.where(inside, dlat, 0.0)


def _metres(x: Degrees, y: Degrees) -> tuple[Any, Any]:
    """Evaluate the two polynomials with their waves, from degrees off 105° E 35° N."""
    root = np.sqrt(np.abs(x))
    both = (20.0 * _wave(6.0, x) + 20.0 * _wave(2.0, x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += (20.0 * _wave(1.0, y) + 40.0 * _wave(1 / 3, y)) * 2.0 / 3.0
    north += (160.0 * _wave(1 / 12, y) + 320.0 * _wave(1 / 30, y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += (20.0 * _wave(1.0, x) + 40.0 * _wave(1 / 3, x)) * 2.0 / 3.0
    east += (150.0 * _wave(1 / 12, x) + 300.0 * _wave(1 / 30, x)) * 2.0 / 3.0
    return east, north


def _wave(turns: float, degrees: Degrees) -> Degrees:
    return np.asarray(np.sin(turns * np.pi * degrees))
