"""Where a row is: its point or shape in WGS 84, and the unit it belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.exceptions import ProjError

from etl.checks import Verdicts
from etl.codes import codes_in
from etl.coordinates import coordinates_in, pairs_in
from etl.fields import Floats, trimmed
from etl.rows import Mask, Rows, Shapes
from etl.shapes import METRES_PER_DEGREE, polygons
from etl.stamp import OUTSIDE, Stamp
from layers.datum import bd09_to_wgs84, gcj02_to_wgs84
from layers.errors import LoadError
from layers.specs import PlaceSpec

Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]
WRONG_PLACE = "mend it, or place.datum where this is said of many rows"
BEFORE = "before "
"""Begins the names of columns that are not the table's own: the units of the rows before an edition, by its day."""


@dataclass(frozen=True)
class Placed:
    """Where the rows of a piece are."""

    lon: Floats
    lat: Floats
    """In WGS 84: a point of each row, or one on its shape; not finite where a row has no place of its own."""
    sent: Shapes | None
    """The shapes that the file has, in WGS 84; nothing where a place is two numbers."""
    units: NDArray[np.int64]
    former: Mapping[str, pa.Array]
    """The units as they were before each edition of the boundaries."""

    @property
    def shapes(self) -> Shapes:
        """The place of each row, `None` where it has none; made here where the file has no shapes."""
        return self.sent if self.sent is not None else _points_at(self.lon, self.lat)


def place(rows: Rows, spec: PlaceSpec, *, stamp: Stamp, verdicts: Verdicts) -> Placed:
    """Find every row's place and unit; what lies outside the city stays out."""
    shift = shift_to_wgs84(spec, rows.crs)
    x, y = coordinates(rows, spec, verdicts)
    if spec.lon is not None:
        sent = None
        lon, lat = shift(x, y)
    else:
        sent = moved(_sent(rows), shift)
        lon, lat = _points_on(sent)
    units = stamp.at(lon, lat)
    there = np.isfinite(x) & np.isfinite(y)
    zero = "the coordinates are 0, 0; leave them empty where there is no place"
    verdicts.reject(there & (x == 0) & (y == 0), "zero-coordinates", zero)
    units[near_city(lon, lat, stamp=stamp, metres=spec.near, asked=there & (units == OUTSIDE))] = stamp.top
    out = there & (units == OUTSIDE)
    within = np.zeros(len(rows), dtype=np.bool_)
    within[out] = stamp.at(*shift(y[out], x[out])) != OUTSIDE
    datum = datum_of(spec, rows.crs)

    def message(row: int) -> str:
        hint = "with longitude and latitude exchanged it would lie inside" if within[row] else WRONG_PLACE
        return f"the place {x[row]:.10g}, {y[row]:.10g} ({datum}) lies outside {stamp.city.spec.name.en}; {hint}"

    verdicts.reject(out, "outside-city", message)
    nowhere = np.flatnonzero(~there)
    codes = unit_codes(rows.columns.take(pa.array(nowhere)), spec)
    units[nowhere] = stamp.known(codes)
    if spec.unit is not None:
        verdicts.unknown_units = {
            row: code
            for row, unit, code in zip(nowhere.tolist(), units[nowhere].tolist(), codes, strict=True)
            if unit == stamp.top and code is not None and code not in stamp.units.by_code
        }
    former = {
        f"{BEFORE}{day}": _formerly(old, lon, lat, nowhere=nowhere, codes=codes) for day, old in stamp.former.items()
    }
    return Placed(lon, lat, sent, units, former)


def _formerly(old: Stamp, lon: Floats, lat: Floats, *, nowhere: NDArray[np.int64], codes: list[str | None]) -> pa.Array:
    """Return the units that former boundaries would give; what may come in now was of the city at least."""
    units = old.at(lon, lat)
    units[units == OUTSIDE] = old.top
    units[nowhere] = old.known(codes)
    return pa.array(units)


def near_city(lon: Floats, lat: Floats, *, stamp: Stamp, metres: float, asked: Mask) -> Mask:
    """Say which of the places asked for lie no more than some metres outside the city."""
    found = np.zeros(len(lon), dtype=np.bool_)
    at = np.flatnonzero(asked)
    if metres and len(at):
        city = stamp.outline
        squeeze = np.array([np.cos(np.radians(city.centroid.y)), 1.0])
        flat = shapely.transform(city, lambda places: places * squeeze)
        shapely.prepare(flat)
        found[at] = shapely.dwithin(flat, shapely.points(lon[at] * squeeze[0], lat[at]), metres / METRES_PER_DEGREE)
    return found


def unit_codes(columns: pa.RecordBatch, spec: PlaceSpec) -> list[str | None]:
    """Return the unit code of each row, as far as the source tells."""
    if spec.unit is None:
        return [None] * len(columns)
    codes: list[str | None] = codes_in(columns.column(spec.unit)).to_pylist()
    return [spec.unit_map.get(code, code) if code is not None else None for code in codes]


def shift_to_wgs84(spec: PlaceSpec, crs: str | None) -> Shift:
    """Return what turns a source's coordinates into WGS 84; what the pack says goes before what the file says."""
    datum = datum_of(spec, crs)
    if datum == "gcj02":
        return gcj02_to_wgs84
    if datum == "bd09":
        return bd09_to_wgs84
    return _projected(datum)


def datum_of(spec: PlaceSpec, crs: str | None) -> str:
    """Return the datum that is declared: `gcj02`, `bd09`, or a reference system."""
    if spec.datum in {"gcj02", "bd09"}:
        return spec.datum
    if crs is not None and "datum" not in spec.model_fields_set:
        return crs
    return f"EPSG:{spec.datum}"


@lru_cache
def _projected(crs: str) -> Shift:
    try:
        transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except ProjError as unknown:
        right = "say 'gcj02', 'bd09' or an EPSG code such as '4490'"
        msg = f"place.datum {crs!r} is no reference system that PROJ knows; {right}"
        raise LoadError(msg) from unknown

    def shift(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = transformer.transform(x, y)
        wrong = ~(np.isfinite(lon) & np.isfinite(lat))
        return np.where(wrong, np.nan, lon), np.where(wrong, np.nan, lat)

    return shift


def moved(shapes: Shapes, shift: Shift) -> Shapes:
    """Return shapes shifted, flat and valid, every vertex by itself."""
    flat = shapely.force_2d(shapes)

    def each(places: Floats) -> Floats:
        return np.column_stack(shift(places[:, 0], places[:, 1]))

    result: Shapes = shapely.transform(flat, each)
    finite = np.isfinite(shapely.bounds(result)).all(axis=-1)
    invalid = ~shapely.is_valid(result) & finite & (shapely.get_type_id(result) > shapely.GeometryType.POINT)
    result[invalid] = _mended(result[invalid])
    return result


def _mended(shapes: Shapes) -> Shapes:
    """Return shapes made valid; a polygon stays one, without the lines and points that parts of it fall together to."""
    valid: Shapes = shapely.make_valid(shapes)
    kinds = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON]
    mixed = np.isin(shapely.get_type_id(shapes), kinds) & ~np.isin(shapely.get_type_id(valid), kinds)
    kept = polygons(valid[mixed])
    valid[mixed] = np.where(shapely.is_missing(kept), valid[mixed], kept)
    return valid


def coordinates(rows: Rows, spec: PlaceSpec, verdicts: Verdicts) -> tuple[Floats, Floats]:
    """Return a point of each row as sent, NaN where there is none: of its columns, or on the file's own geometry."""
    return _points_on(_sent(rows)) if spec.lon is None else _columns(rows, spec, verdicts)


def _sent(rows: Rows) -> Shapes:
    return rows.shapes if rows.shapes is not None else np.full(len(rows), None, dtype=object)


def _columns(rows: Rows, spec: PlaceSpec, verdicts: Verdicts) -> tuple[Floats, Floats]:
    columns = [rows.columns.column(name) for name in (spec.lon, spec.lat)]
    given = [np.asarray(trimmed(column).is_valid()) for column in columns]
    if spec.lon == spec.lat:
        x, y = pairs_in(columns[0], spec.order, spec.datum)
    else:
        x, y = coordinates_in(columns[0], "lon"), coordinates_in(columns[1], "lat")
    usable = np.isfinite(x) & np.isfinite(y)

    def message(row: int) -> str:
        sent = [column[row].as_py() for column in columns]
        if spec.lon == spec.lat:
            return f"{spec.lon} is {sent[0]!r}; it must hold two numbers, WKT or WKB in EPSG:{spec.datum}, or be empty"
        return f"{spec.lon} and {spec.lat} are {sent[0]!r} and {sent[1]!r}; both must be numbers, or both empty"

    verdicts.reject((given[0] | given[1]) & ~usable, "not-a-number", message)
    return np.where(usable, x, np.nan), np.where(usable, y, np.nan)


def _points_at(lon: Floats, lat: Floats) -> Shapes:
    shapes = np.full(len(lon), None, dtype=object)
    usable = np.isfinite(lon) & np.isfinite(lat)
    shapes[usable] = shapely.points(lon[usable], lat[usable])
    return shapes


def _points_on(shapes: Shapes) -> tuple[Floats, Floats]:
    """Return a point on each shape, NaN where there is none."""
    points = shapes.copy()
    extended = shapely.get_type_id(shapes) > shapely.GeometryType.POINT
    points[extended] = shapely.point_on_surface(shapes[extended])
    return shapely.get_x(points), shapely.get_y(points)
