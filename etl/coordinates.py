"""Coordinates as people write them: with degrees, minutes and seconds, with hemispheres, both in one column."""

import math
import re
import unicodedata
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from etl.fields import Floats, numbers_in, trimmed
from layers.specs import Order

Axis = Literal["lon", "lat"]
Pair = tuple[float, float]
HEMISPHERES = {"E": 1, "W": -1, "N": 1, "S": -1, "东经": 1, "西经": -1, "北纬": 1, "南纬": -1}
AXES: dict[Axis, str] = {"lon": "E|W|东经|西经", "lat": "N|S|北纬|南纬"}
NUMBER = r"\d+(?:\.\d+)?"
ANGLE = (
    rf"(?P<before>{{side}})?:?\s*(?P<sign>-?)(?P<degrees>{NUMBER})\s*"
    rf"(?:[°度:]\s*(?:(?P<minutes>{NUMBER})\s*(?:['分:]\s*(?:(?P<seconds>{NUMBER})\s*(?:\"|''|秒)?)?)?)?)?"
    r"\s*(?P<after>{side})?"
)
SIGNS = str.maketrans({"\u2018": "'", "\u2019": "'", "\u2032": "'", "\u201d": '"', "\u3001": ","})
"""Signs of keyboards and documents, and what is meant by them."""
WRITTEN = {axis: re.compile(ANGLE.format(side=side)) for axis, side in AXES.items()}
TWO = rf"^[(\[]?\s*(?P<first>-?{NUMBER})\s*[,;\s]\s*(?P<second>-?{NUMBER})\s*[)\]]?$"
"""Two plain numbers, which is what most columns hold that hold both."""
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
NAMED = re.compile(r"(?<=[^,])(?=[东西]经|[北南]纬)")
DRAWN = re.compile(
    r"(?:SRID=(?P<srid>\d{1,6});)?\s*(?P<wkt>(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*[ZM]{0,2}\s*\([^a-z]*\))",
    re.IGNORECASE,
)
"""A shape as text. What may hold others in others is no place, and may be nested deeper than a library can read."""
BINARY = re.compile(r"01(?P<little>[0-9a-f]{8})[0-9a-f]{32,}|00(?P<big>[0-9a-f]{8})[0-9a-f]{32,}", re.IGNORECASE)
"""A shape as databases write it, in hexadecimal digits: the order of its bytes, its kind, and the rest."""
KINDS = {1, 2, 3}
"""Points, lines and polygons."""
SAME = {4326, 4490}
"""Degrees that differ by less than anything here is exact to."""
NOWHERE = (math.nan, math.nan)


def coordinates_in(column: pa.Array, axis: Axis) -> Floats:
    """Return a column of one axis as numbers, NaN where there is none; an angle is one in degrees."""
    numbers = numbers_in(column)
    at = np.flatnonzero(np.isnan(numbers))
    text = trimmed(column.take(pa.array(at)))
    if text.null_count < len(text):
        numbers = numbers.copy()
        numbers[at] = [math.nan if sent is None else _number(_plain(sent), axis) for sent in text.to_pylist()]
    return numbers


def pairs_in(column: pa.Array, order: Order, datum: str) -> tuple[Floats, Floats]:
    """Return both axes of a column that holds both, NaN where it does not."""
    text = trimmed(column)
    plain = pc.extract_regex(text, TWO)
    both = np.column_stack([numbers_in(pc.struct_field(plain, name)) for name in ("first", "second")])
    if order == "lat lon":
        both = both[:, ::-1].copy()
    at = np.flatnonzero(np.isnan(both).any(axis=1) & np.asarray(text.is_valid()))
    if len(at):
        sent = text.take(pa.array(at)).to_pylist()
        read = {one: _pair(_plain(one), order, datum) for one in set(sent)}
        both[at] = [read[one] for one in sent]
    return both[:, 0], both[:, 1]


def _plain(sent: str) -> str:
    """Return text with the digits and signs of every keyboard as those of one."""
    # The sign of a masculine ordinal, which keyboards have and documents take for degrees, would become a letter.
    return unicodedata.normalize("NFKC", sent.replace("\u00ba", "°")).translate(SIGNS).strip()


def _number(sent: str, axis: Axis) -> float:
    if THOUSANDS.fullmatch(sent):
        return float(sent.replace(",", ""))
    found = WRITTEN[axis].fullmatch(sent.upper())
    if found is None or (found["before"] and found["after"]):
        return math.nan
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if max(minutes, seconds) >= 60:  # noqa: PLR2004 - of an hour
        return math.nan
    side = HEMISPHERES[found["before"] or found["after"] or "E"]
    return side * (-1 if found["sign"] else 1) * (float(found["degrees"]) + minutes / 60 + seconds / 3600)


def _pair(sent: str, order: Order, datum: str) -> Pair:
    if binary := BINARY.fullmatch(sent):
        kind = int.from_bytes(bytes.fromhex(binary["little"] or binary["big"]), "little" if binary["little"] else "big")
        shape = shapely.from_wkb(sent, on_invalid="ignore") if kind % (1 << 16) % 1000 in KINDS else None
        return _spot(shape, None, datum)
    if drawn := DRAWN.fullmatch(sent):
        return _spot(shapely.from_wkt(drawn["wkt"], on_invalid="ignore"), drawn["srid"], datum)
    inner = NAMED.sub(",", sent.strip("()[]{} "))
    parts = [part for part in re.split(r"[,;]\s*" if re.search("[,;]", inner) else r"\s+", inner) if part]
    if len(parts) != len(NOWHERE):
        return NOWHERE
    straight = _number(parts[0], "lon"), _number(parts[1], "lat")
    turned = _number(parts[1], "lon"), _number(parts[0], "lat")
    first, second = (straight, turned) if order == "lon lat" else (turned, straight)
    # A hemisphere that is named says more than the order.
    return second if any(map(math.isnan, first)) else first


def _spot(shape: shapely.Geometry | None, srid: str | None, datum: str) -> Pair:
    """Return a point on a shape; one that says that it is in another system than the source is none."""
    if shape is None or shapely.is_empty(shape):
        return NOWHERE
    said = int(srid or shapely.get_srid(shape))
    if said and datum.isdigit() and said != int(datum) and not {said, int(datum)} <= SAME:
        return NOWHERE
    point = shapely.point_on_surface(shape)
    return point.x, point.y
