"""What a link may choose of how the page looks. `link.js` passes over anything else, and the page says so."""

from collections.abc import Collection, Mapping

from dashboard.classes import METHODS
from dashboard.leaflet import RAMPS
from layers import orders

STRIPS = ("trend", "hours", "kinds", "beside", "table")
"""What the strip below the map may show; the first is usual."""
SORTS = ("high", "low")
"""Which end of a ranking comes first."""
MOVES = ("rise", "fall")
"""Where periods are compared, what rose or fell the most may come first."""
GROUPS = ("theme", "owner")
"""What the list of layers is grouped by."""
RADII = (200, 500, 1000)
"""Metres around a chosen place that may be asked about."""
CHOICES: Mapping[str, Collection[str]] = {
    "strip": STRIPS,
    "sort": (*SORTS, *MOVES),
    "group": GROUPS,
    "classes": METHODS,
    "ramp": tuple(RAMPS),
    "by": (*orders.NAMES, *(f"-{name}" for name in orders.NAMES)),
    "around": tuple(map(str, RADII)),
    "unplaced": ("1",),
    "lang": ("zh", "en"),
    "theme": ("dark", "light"),
}
