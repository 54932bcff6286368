"""Files in the shape a source's TOML describes: its headers, its words, its datum, its encoding, its format."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyarrow import csv
from pyproj import Transformer

from layers.datum import wgs84_to_bd09, wgs84_to_gcj02
from layers.errors import PackError
from layers.pack import City
from layers.specs import FieldSpec, ReadSpec, SourceSpec
from simulate.density import Numbers
from simulate.values import Column

Table = dict[str, Column]
DRIVERS = {
    "geojson": "GeoJSON",
    "gpkg": "GPKG",
    "flatgeobuf": "FlatGeobuf",
    "shapefile": "ESRI Shapefile",
    "kml": "KML",
}
DECIMALS = 6
DEGREES = {"4326", "4490"}
"""Datums that differ by less than anything here is exact to."""
ISO = "%Y-%m-%dT%H:%M:%S%Ez"


def render(city: City, source: SourceSpec, columns: Mapping[str, Column]) -> Table:
    """Return the columns as the source sends them, under its own headers; times and mapped words are texts."""
    table: Table = {}
    for name, spec in source.fields.items():
        if spec.column is None or name not in columns:
            continue
        table[spec.column] = _texts(city, source, name, spec, columns[name])
    if source.place.unit is not None:
        table[source.place.unit] = columns["unit"]
    if source.place.lon is not None and source.place.lat is not None:
        lon, lat = to_datum(source.place.datum, columns["lon"], columns["lat"])
        table[source.place.lon], table[source.place.lat] = _decimals(lon), _decimals(lat)
    return table


def points(source: SourceSpec, columns: Mapping[str, Column]) -> Column:
    """Return points in the source's datum, none where there is none."""
    lon, lat = to_datum(source.place.datum, columns["lon"], columns["lat"])
    found = np.full(len(lon), None, dtype=object)
    there = np.isfinite(lon)
    found[there] = shapely.points(lon[there].round(DECIMALS), lat[there].round(DECIMALS))
    return found


def shapes(source: SourceSpec, wgs84: Column) -> Column:
    """Return lines or polygons in the source's datum."""

    def moved(places: Numbers) -> Numbers:
        lon, lat = to_datum(source.place.datum, places[:, 0], places[:, 1])
        return np.column_stack([lon, lat]).round(DECIMALS)

    return np.asarray(shapely.transform(wgs84, moved))


def to_datum(datum: str, lon: Column, lat: Column) -> tuple[Numbers, Numbers]:
    """Return WGS 84 degrees in another datum."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if datum == "gcj02":
        return wgs84_to_gcj02(x, y)
    if datum == "bd09":
        return wgs84_to_bd09(x, y)
    if datum in DEGREES:
        return x, y
    east, north = Transformer.from_crs(4326, int(datum), always_xy=True).transform(x, y)
    return np.asarray(east), np.asarray(north)


def write(file: Path, source: SourceSpec, table: Table, geometry: Column | None = None) -> None:
    """Write one file of a source."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if source.read.format == "csv":
        _write_csv(file, source.read, table)
    elif geometry is not None:
        _write_vector(file, source, table, geometry)


def _texts(city: City, source: SourceSpec, name: str, spec: FieldSpec, values: Column) -> Column:
    words = city.mapping(spec)
    if words is not None:
        theirs: dict[str, str] = {}
        for word, ours in words.items():
            theirs.setdefault(ours, word)
        kinds, which = np.unique(values.astype(str), return_inverse=True)
        unknown = [kind for kind in kinds.tolist() if kind not in theirs]
        if unknown:
            file = city.folder / "sources" / f"{source.id}.toml"
            raise PackError(
                file, where=f"fields.{name}.map", found=unknown[0], right="needs a word for every value made up"
            )
        return np.array([theirs[kind] for kind in kinds.tolist()], dtype=object)[which]
    if values.dtype.kind == "M":
        return _times(values, next(iter(spec.formats), None), city.time_zone)
    return values


def _times(values: Column, pattern: str | None, zone: ZoneInfo) -> Column:
    """Return local times as texts, nothing where there is no time; days alone stay days."""
    if values.dtype == np.dtype("datetime64[D]"):
        return np.datetime_as_string(values).astype(object)
    local = pa.array(values, pa.timestamp("s", tz="UTC")).cast(pa.timestamp("s", tz=zone.key))
    return np.asarray(pc.fill_null(pc.strftime(local, format=pattern or ISO), "").to_numpy(zero_copy_only=False))


def _decimals(values: Numbers) -> Column:
    texts = np.char.mod(f"%.{DECIMALS}f", values).astype(object)
    texts[~np.isfinite(values)] = ""
    return np.asarray(texts)


def _write_csv(file: Path, read: ReadSpec, table: Table) -> None:
    whole = pa.table({name: pa.array(column) for name, column in table.items()})
    sink = pa.BufferOutputStream()
    csv.write_csv(whole, sink, csv.WriteOptions(delimiter=read.delimiter))
    file.write_bytes(sink.getvalue().to_pybytes().decode("utf-8").encode(read.encoding or "utf-8"))


def _write_vector(file: Path, source: SourceSpec, table: Table, geometry: Column) -> None:
    """Write through GDAL; empty texts become nothing, as programs that make such files do."""
    frame = pd.DataFrame({name: pd.Series(column) for name, column in table.items()})
    frame = frame.replace({"": None})
    places = gpd.GeoDataFrame(frame, geometry=geometry, crs=int(source.place.datum))
    driver = DRIVERS[source.read.format]
    options: dict[str, str] = {}
    if driver == "FlatGeobuf":
        options = {"SPATIAL_INDEX": "NO"}
    elif driver == "GeoJSON":
        options = {"COORDINATE_PRECISION": str(DECIMALS)}
    pyogrio.write_dataframe(
        places, file, driver=driver, layer=source.read.layer or source.id, use_arrow=True, **options
    )
