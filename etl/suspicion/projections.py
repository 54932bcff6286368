"""Which projected reference systems put places into the city that lie elsewhere as declared: another zone, say."""

import numpy as np
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
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


def projections(x: Floats, y: Floats, stamp: Stamp) -> dict[str, str]:
    """Return the EPSG codes and names of systems that fit; of those that differ little, the latest first."""
    at = np.unique(np.linspace(0, len(x) - 1, ASKED).astype(int))
    area = AreaOfInterest(*stamp.outline.buffer(AROUND).bounds)
    known = query_crs_info("EPSG", PJType.PROJECTED_CRS, area_of_interest=area)
    latest_first = sorted(known, key=lambda item: -int(item.code))
    return {item.code: item.name for item in latest_first if _inside(item.code, x[at], y[at], stamp) >= MOST}


def _inside(code: str, x: Floats, y: Floats, stamp: Stamp) -> float:
    try:
        lon, lat = shift_to_wgs84(PlaceSpec(datum=code), None)(x, y)
    except LoadError:  # PROJ knows the system, but no way from it
        return 0.0
    return float(np.mean(stamp.at(lon, lat) != OUTSIDE))
