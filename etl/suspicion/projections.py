"""Which projected reference systems put places into the city that lie elsewhere as declared: another zone, say."""

import numpy as np
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import CRSInfo, query_crs_info
from pyproj.enums import PJType

from etl.fields import Floats
from etl.place import shift_to_wgs84
from etl.stamp import OUTSIDE, Stamp
from layers.errors import LoadError
from layers.specs import PlaceSpec

ASKED = 100
"""Rows that are tried in each system made for the city's part of the world."""
AROUND = 1.0
"""Degrees: a city at the edge of a zone may use the next one."""
MOST = 0.9
"""The share of them that must lie in the city."""
EARTH = 6_378_137
"""Metres from the middle of the earth to its equator, as datums have it that satellites measured."""


def projections(x: Floats, y: Floats, stamp: Stamp) -> dict[str, str]:
    """Return the EPSG codes and names of systems that fit, the likeliest first; several differ by metres only."""
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0)))
    if not len(there):
        return {}
    at = there[np.unique(np.linspace(0, len(there) - 1, ASKED).astype(int))]
    area = AreaOfInterest(*stamp.outline.buffer(AROUND).bounds)
    known = query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=area)
    fits = [item for item in known if _inside(item.code, x[at], y[at], stamp) >= MOST]
    return {item.code: item.name for item in sorted(fits, key=_unlikely)}


def _unlikely(item: CRSInfo) -> tuple[bool, float, int]:
    """Return what is greater for a datum from before satellites, and for a system made for a wider zone."""
    west, _, east, _ = item.area_of_use.bounds if item.area_of_use else (-180.0, -90.0, 180.0, 90.0)
    ellipsoid = CRS.from_epsg(int(item.code)).ellipsoid
    old = ellipsoid is None or ellipsoid.semi_major_metre != EARTH
    return old, (east - west) % 360, int(item.code)


def _inside(code: str, x: Floats, y: Floats, stamp: Stamp) -> float:
    try:
        lon, lat = shift_to_wgs84(PlaceSpec(datum=code), None)(x, y)
    except LoadError:  # PROJ knows the system, but no way from it
        return 0.0
    return float(np.mean(stamp.at(lon, lat) != OUTSIDE))
