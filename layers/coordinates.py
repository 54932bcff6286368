"""Coordinates as people type or paste them: which point of the earth each reading of them means.

Degrees say neither which number comes first nor which datum they are of. The order is told by letters, by what is
possible and by where the city lies; the datum cannot be told at all, since the three in use lie within a kilometre of
each other, so every one that was not ruled out is a reading of its own.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pyproj import Geod, Transformer

from layers.datum import Pair, bd09_to_wgs84, gcj02_to_wgs84
from layers.errors import SameAxisError
from layers.filters import Box

Datum = Literal["wgs84", "gcj02", "bd09", "cgcs2000"]
Shift = Callable[[float, float], Pair]
ELLIPSOID = Geod(ellps="WGS84")
NEAR = 0.3
"""Degrees around the city's box within which numbers still mean the city's surroundings."""
ZONES = range(25, 46)
"""The 3-degree zones of China; a zone's central meridian is three times its number."""
EPSG_OF_ZONE_0 = 4488
FALSE_EASTING = 500_000
HALF_ZONE = 250_000
NORTHINGS = (300_000, 6_000_000)
SHIFTED: tuple[tuple[Datum, Shift], ...] = (("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84))
NO_SHIFT = 1.0
"""Metres below which another datum would be the same point."""
CALLED: dict[Datum, str] = {
    "wgs84": r"wgs[-_ ]?84|gps|4326",
    "gcj02": r"gcj[-_ ]?02|火星|高德|腾讯|amap",
    "bd09": r"bd[-_ ]?09(?:ll)?|百度|baidu",
    "cgcs2000": r"cgcs[-_ ]?2000|国家2000|2000国家大地坐标系?|2000坐标系|天地图|4490",
}
NOISE = re.compile(
    r"坐标系?|经度|纬度|longitude|latitude|lon|lng|lat|point|[xy]\s*[:=：]|[()（）\[\]【】{}:=：\"]", re.IGNORECASE
)
NUMBER = r"[-+]?\d+(?:\.\d+)?"
SIDE = "[NSEW](?![a-z])|[东西南北][经纬]"
SEXAGESIMAL = re.compile(
    rf"""(?P<before>{SIDE})?\s*
    (?P<degrees>\d{{1,3}}(?:\.\d+)?)\s*(?:°|度|º)\s*
    (?:(?P<minutes>\d{{1,2}}(?:\.\d+)?)(?![\d.°度º]|\s*(?:["\u2033\u201d]|''|\u2032\u2032|秒))\s*
       (?:['\u2032\u2019]|分)?\s*)?
    (?:(?P<seconds>\d{{1,2}}(?:\.\d+)?)(?![\d.°度º])\s*(?:["\u2033\u201d]|''|\u2032\u2032|秒)?\s*)?
    (?(before)|(?P<after>{SIDE})?)""",
    re.IGNORECASE | re.VERBOSE,
)
SIGNED = re.compile(rf"(?P<before>{SIDE})?\s*(?P<number>{NUMBER})(?(before)|\s*(?P<after>{SIDE})?)", re.IGNORECASE)
BARE = re.compile(rf"(?P<side>{SIDE})|(?P<number>{NUMBER})", re.IGNORECASE)
"""Degrees, minutes and seconds without their marks, and letters between them."""
BETWEEN = " \t,;，；、/&"
WIDE = {0xFF01 + at: 0x21 + at for at in range(94)}
"""Letters and digits as Chinese keyboards may write them."""


@dataclass(frozen=True)
class Reading:
    """One point that what was typed may mean, in WGS 84."""

    datum: Datum
    lon: float
    lat: float
    outside: bool = False
    """Whether it lies far from the city."""


@dataclass(frozen=True)
class Angle:
    """A number of degrees, and whether it was said to be a longitude or a latitude."""

    value: float
    axis: Literal["lon", "lat"] | None


def read(text: str, box: Box) -> list[Reading]:
    """Return every point that a text may mean in a city with that box, the likeliest first; none if it is no place.

    Raises:
        SameAxisError: It says two latitudes, or two longitudes.
    """
    rest, said = _datum(text.translate(WIDE))
    if metres := _two_numbers(rest):
        return [reading for reading in _gauss_kruger(*metres, box) if said in {None, "cgcs2000"}]
    angles = _angles(rest)
    found = [] if angles is None else _readings(_orders(*angles, box), said, box)
    # Two small whole numbers are more likely anything else than a place in the ocean.
    return found if re.search(r"[.°度º]", rest) or not all(reading.outside for reading in found) else []


def metres_between(one: Reading, other: Reading) -> float:
    """Return the distance of two readings on the ellipsoid."""
    return float(ELLIPSOID.inv(one.lon, one.lat, other.lon, other.lat)[2])


def _datum(text: str) -> tuple[str, Datum | None]:
    """Take the name of a datum out of a text."""
    for datum, names in CALLED.items():
        # No part of a number is a name, but a Chinese letter may touch one.
        pattern = re.compile(rf"(?:(?<![\d.])|(?=[^\W\da-z]))(?:{names})(?:(?<![\da-z])|(?![\d.]))", re.IGNORECASE)
        if pattern.search(text):
            return pattern.sub(" ", text), datum
    return text, None


def _two_numbers(text: str) -> tuple[float, float] | None:
    """Return two numbers too large for degrees."""
    found = re.findall(NUMBER, NOISE.sub(" ", text))
    left = re.sub(NUMBER, "", NOISE.sub(" ", text)).strip(BETWEEN + "mM米")
    if len(found) != 2 or left.strip(BETWEEN):  # noqa: PLR2004 - a pair
        return None
    first, second = float(found[0]), float(found[1])
    return (first, second) if min(first, second) > 1_000 else None  # noqa: PLR2004 - no angle is so large


def _gauss_kruger(first: float, second: float, box: Box) -> Iterator[Reading]:
    """Read metres of a 3-degree zone: northing and easting in either order, the zone said or told by the city."""
    for north, east in ((first, second), (second, first)):
        if not NORTHINGS[0] <= north <= NORTHINGS[1]:
            continue
        zone, offset = divmod(east, 1_000_000)
        for number in [int(zone)] if zone else ZONES:
            if number in ZONES and abs(offset - FALSE_EASTING) <= HALF_ZONE:
                lon, lat = _from_zone(number).transform(number * 1_000_000 + offset, north)
                if zone or _near(lon, lat, box):
                    yield Reading("cgcs2000", lon, lat, outside=not _near(lon, lat, box))


@cache
def _from_zone(number: int) -> Transformer:
    """Return the way from a zone's metres, its number before the easting, to degrees of the same datum."""
    return Transformer.from_crs(EPSG_OF_ZONE_0 + number, 4490, always_xy=True)


def _angles(text: str) -> tuple[Angle, Angle] | None:
    """Return two angles, whichever way they are written; nothing if there is anything else.

    Raises:
        SameAxisError: Both are said to be latitudes, or longitudes.
    """
    for pattern in (SEXAGESIMAL, SIGNED):
        plain = text if pattern is SEXAGESIMAL else NOISE.sub(" ", text)
        found = list(pattern.finditer(plain))
        left = re.sub(r"经度|纬度|[:：]", "", pattern.sub("", plain))
        if len(found) == 2 and not left.strip(BETWEEN):  # noqa: PLR2004 - a pair
            return _pair([_marked(item) for item in found])
    return _pair([_angle(numbers, side) for numbers, side in _bare(NOISE.sub(" ", text))])


def _pair(found: Sequence[Angle | None]) -> tuple[Angle, Angle] | None:
    """Return two angles of a place, if there are two; what is said to be one and is not a place is refused."""
    if len(found) != 2 or found[0] is None or found[1] is None:  # noqa: PLR2004 - a pair
        return None
    one, other = found[0], found[1]
    if one.axis and one.axis == other.axis:
        raise SameAxisError(one.axis)
    return one, other


def _bare(text: str) -> list[tuple[list[str], str]]:
    """Return degrees, minutes and seconds without marks with their letters: `121 33 00 29 52 12`, `N29 52.2 E121 33`.

    Where no letter tells which numbers belong together, both angles have as many.
    """
    if BARE.sub("", text).strip(BETWEEN):
        return []
    found: list[tuple[list[str], str]] = []
    parts = [(item["number"], item["side"]) for item in BARE.finditer(text)]
    before = bool(parts) and bool(parts[0][1])
    numbers: list[str] = []
    for number, side in reversed(parts) if before else parts:
        numbers += [number] if number else []
        if side:
            found.append((numbers[::-1] if before else numbers, side))
            numbers = []
    if not found and len(numbers) in {4, 6}:
        half = len(numbers) // 2
        return [(numbers[:half], ""), (numbers[half:], "")]
    return [] if numbers else found[::-1] if before else found


def _marked(found: re.Match[str]) -> Angle | None:
    said = found.groupdict()
    degrees, minutes, seconds = (said.get(name) for name in ("degrees", "minutes", "seconds"))
    numbers = [degrees or said.get("number"), minutes or (seconds and "0"), seconds]
    return _angle([number for number in numbers if number], said["before"] or said["after"] or "")


def _angle(numbers: Sequence[str], side: str) -> Angle | None:
    """Return the angle of degrees, minutes and seconds; nothing if they are none."""
    # Only the first may have a sign, and only the last a fraction.
    odd = any(number[0] in "+-" for number in numbers[1:]) or any("." in number for number in numbers[:-1])
    if odd or not 1 <= len(numbers) <= 3:  # noqa: PLR2004 - degrees, minutes and seconds
        return None
    degrees, *parts = map(float, numbers)
    if max(parts, default=0) >= 60:  # noqa: PLR2004 - minutes of a degree
        return None
    value = math.copysign(abs(degrees) + sum(part / 60**at for at, part in enumerate(parts, start=1)), degrees)
    side = side.upper()
    axis: Literal["lon", "lat"] | None = None
    if side:
        axis = "lat" if side[0] in "NS南北" else "lon"
        value = -abs(value) if side[0] in "SW南西" else value
    return Angle(value, axis)


def _orders(one: Angle, other: Angle, box: Box) -> list[tuple[float, float]]:
    """Return longitude and latitude in the orders that make sense: those near the city, if any is."""
    possible = [
        (lon.value, lat.value)
        for lon, lat in ((one, other), (other, one))
        if lon.axis != "lat" and lat.axis != "lon" and abs(lon.value) <= 180 and abs(lat.value) <= 90  # noqa: PLR2004
    ]
    return [pair for pair in possible if _near(*pair, box)] or possible


def _readings(pairs: Sequence[tuple[float, float]], said: Datum | None, box: Box) -> list[Reading]:
    found: list[Reading] = []
    for lon, lat in pairs:
        plain = Reading(said if said == "cgcs2000" else "wgs84", lon, lat, outside=not _near(lon, lat, box))
        if said in {None, "wgs84", "cgcs2000"}:
            found.append(plain)
        for datum, undo in SHIFTED:
            x, y = (float(value) for value in undo(lon, lat))
            shifted = Reading(datum, x, y, outside=plain.outside)
            if said == datum or (said is None and not plain.outside and metres_between(plain, shifted) > NO_SHIFT):
                found.append(shifted)
    return found


def _near(lon: float, lat: float, box: Box) -> bool:
    west, south, east, north = box
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.1)
    wide = NEAR / squeeze
    return west - wide <= lon <= east + wide and south - NEAR <= lat <= north + NEAR
