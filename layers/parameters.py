"""Single values as they stand in an address: times, boxes, polygons, texts, each refused with its remedy."""

import math
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import FilterError

YEARS = range(1900, 2201)
POLYGON_POINTS = 5_000
TEXT_LENGTH = 100
WIDEST = 100_000
"""Metres of a circle's radius."""
HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")
DAY_HOURS = 24
EAST_END, NORTH_END = 180, 90
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
OFFSET_UNESCAPED = re.compile(r" (\d{2}:\d{2})$")


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return a local day's first instant."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def moment(name: str, value: str | None, zone: ZoneInfo) -> date | None:
    """Read a local day, or an instant: without an offset it is the city's time."""
    if value is None:
        return None
    # A plus sign that nobody escaped arrives as a space.
    spelled = OFFSET_UNESCAPED.sub(r"+\1", value) if "T" in value else value
    try:
        found = date.fromisoformat(spelled) if DAY.fullmatch(spelled) else datetime.fromisoformat(spelled)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise FilterError(
            name, value, right="write a day such as 2025-01-31 or a time such as 2025-01-31T08:00:00+08:00"
        )
    if not isinstance(found, datetime):
        return found
    return found.replace(tzinfo=zone).astimezone(UTC) if found.tzinfo is None else found.astimezone(UTC)


def numbers(name: str, value: str) -> list[float]:
    """Read numbers with commas between them."""
    try:
        found = [float(part) for part in value.split(",") if part.strip()]
    except ValueError:
        found = [math.nan]
    if not all(math.isfinite(number) for number in found):
        raise FilterError(name, value, right="write numbers with commas between them, such as 10,20,50")
    return found


def day(name: str, value: str | None) -> date | None:
    """Read a day and nothing finer."""
    if value is None:
        return None
    try:
        found = date.fromisoformat(value) if DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise FilterError(name, value, right="write a day such as 2025-01-31")
    return found


def box(name: str, value: str | None) -> tuple[float, float, float, float] | None:
    """Read west, south, east, north in degrees."""
    if value is None:
        return None
    try:
        west, south, east, north = (round(float(part), 7) for part in value.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (west < east and south < north and _on_earth(west, south, east, north)):
        raise FilterError(name, value, right="write west,south,east,north in degrees, such as 121.4,29.8,121.6,29.9")
    return west, south, east, north


def polygon(name: str, value: str | None) -> str | None:
    """Read a polygon as GeoJSON or WKT in degrees; return it as WKT."""
    if value is None:
        return None
    shown = value if len(value) <= TEXT_LENGTH else f"{value[:TEXT_LENGTH]}…"
    shape = _shape(value)
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise FilterError(name, shown, right="write a polygon as GeoJSON or WKT in degrees")
    if shapely.get_num_coordinates(shape) > POLYGON_POINTS:
        raise FilterError(name, shown, right=f"draw it with at most {POLYGON_POINTS:,} points")
    if not _on_earth(*shape.bounds):
        raise FilterError(name, shown, right="its coordinates must be degrees, longitude before latitude")
    written = shapely.to_wkt(shapely.force_2d(shape), rounding_precision=7, trim=True)
    again = shapely.from_wkt(written)
    if not again.is_valid:
        raise FilterError(name, shown, right=f"mend it: {shapely.is_valid_reason(again).lower()}")
    return str(written)


def circle(name: str, value: str | None) -> tuple[float, float, float] | None:
    """Read longitude and latitude in degrees, and a radius in metres."""
    if value is None:
        return None
    try:
        lon, lat, metres = (round(float(part), 7) for part in value.split(","))
    except ValueError:
        lon = lat = metres = math.nan
    if not (_on_earth(lon, lat, lon, lat) and 0 < metres <= WIDEST):
        right = f"write lon,lat,metres such as 121.55,29.87,500, with at most {WIDEST:,} metres"
        raise FilterError(name, value, right=right)
    return lon, lat, metres


def hours(name: str, value: str | None) -> tuple[int, int] | None:
    """Read the hours of the day from the first to the one that is not included; 22-6 goes over midnight."""
    if value is None:
        return None
    found = HOURS.fullmatch(value)
    first, last = (int(part) for part in found.groups()) if found else (0, 0)
    if not (0 <= first < DAY_HOURS and 0 <= last <= DAY_HOURS and first != last):
        raise FilterError(name, value, right="write two whole hours such as 8-20, or 22-6 over midnight")
    return first, last


def number(value: str) -> float | None:
    """Return a finite number, or nothing where the text is none."""
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def text(name: str, value: str | None) -> str | None:
    """Read words to look for."""
    words = " ".join(value.split()) if value else ""
    if len(words) > TEXT_LENGTH:
        raise FilterError(name, f"{words[:TEXT_LENGTH]}…", right=f"at most {TEXT_LENGTH} characters")
    return words or None


def _shape(value: str) -> BaseGeometry | None:
    try:
        with np.errstate(invalid="ignore"):
            return shapely.from_geojson(value) if value.lstrip().startswith("{") else shapely.from_wkt(value)
    # GEOS repeats what it can't read, cut off between bytes that belong together.
    except (shapely.GEOSException, UnicodeDecodeError):
        return None


def _on_earth(west: float, south: float, east: float, north: float) -> bool:
    return max(abs(west), abs(east)) <= EAST_END and max(abs(south), abs(north)) <= NORTH_END
