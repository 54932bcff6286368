"""The reference system that a file names: one that leads to WGS 84, a name that nobody knows, or none."""

import json
import mmap
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from etl.rows import Rows
from layers.errors import SourceDataError
from layers.specs import PlaceSpec

WGS84 = "EPSG:4326"
SHOWN = 80
"""Letters of a name that are told; some are a page of text."""
EDGE = 1 << 16
"""Bytes at either end of a file in which the members around its features are looked for."""
MEMBER, FEATURES = b'"crs"', re.compile(rb'"(?:features|objects)"\s*:')


def recognised(rows: Rows) -> Rows:
    """Return rows whose reference system leads to WGS 84; a name that nobody knows is kept aside as `strange`."""
    if rows.crs is None or rows.shapes is None or _leads(rows.crs):
        return rows
    return replace(rows, crs=None, strange=_short(rows.crs))


def require(rows: Rows, spec: PlaceSpec) -> None:
    """Make sure that somebody says what the coordinates of a file are in that names what nobody knows.

    Raises:
        SourceDataError: Nobody does.
    """
    if rows.strange is not None and "datum" not in spec.model_fields_set:
        found = f"its reference system is {rows.strange!r}, which nobody knows"
        right = "say under place.datum what its coordinates are in, such as '4490', '4326' or 'gcj02', or mend the file"
        raise SourceDataError(rows.file, found=found, right=right)


def member(file: Path, understood: str | None) -> str | None:
    """Return the reference system of a GeoJSON or TopoJSON: one that GDAL does not know, it takes for WGS 84."""
    if understood not in {None, WGS84}:
        return understood
    around = _around(file)
    if "crs" not in around:
        return WGS84
    if around["crs"] is None:
        return None
    name = _name(around["crs"])
    return WGS84 if _is_wgs84(name) else name


def _name(said: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(said, dict) and isinstance(properties := said.get("properties"), dict):
        if said.get("type") == "EPSG" and "code" in properties:
            return f"EPSG:{properties['code']}"
        said = properties.get("name", properties.get("href", said))
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _around(file: Path) -> dict[str, Any]:
    """Return the members before the features of a file, or those behind, where its `crs` is among them."""
    if not file.stat().st_size:
        return {}
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
        if text.find(MEMBER) < 0:
            return {}
        head, tail = text[:EDGE], text[-EDGE:]
    if (features := FEATURES.search(head)) and MEMBER in head[: features.start()]:
        return _parsed(head[: features.start()] + b'"features":0}')
    # What stands behind the last one reads as an object only where it is of the outermost.
    at = tail.rfind(MEMBER)
    return _parsed(b"{" + tail[at:]) if at >= 0 else {}


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_wgs84(name: str) -> bool:
    try:
        return name == "CRS84" or CRS.from_user_input(name).equals(WGS84, ignore_axis_order=True)
    except ProjError:
        return False


@cache
def _leads(crs: str) -> bool:
    try:
        Transformer.from_crs(crs, WGS84)
    except ProjError:
        return False
    return True


def _short(name: str) -> str:
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
