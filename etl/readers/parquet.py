"""Parquet, and GeoParquet where the file says which column is its geometry."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from etl.records import Kind, array_of
from etl.rows import BATCH, Broken, Rows
from layers.errors import SourceDataError
from layers.specs import ReadSpec

WGS84 = "OGC:CRS84"
"""What GeoParquet means where it says nothing."""


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:  # noqa: ARG001 - as every reader
    """Read a file piece by piece; times and decimals become text, lists and records JSON."""
    try:
        with pq.ParquetFile(file) as table:
            geometry, crs = _geometry(table.schema_arrow, name)
            total, row = table.metadata.num_rows, 1
            for batch in table.iter_batches(batch_size=BATCH, use_threads=False):
                done = (row - 1 + len(batch)) / max(total, 1)
                yield _rows(batch, name=name, geometry=geometry, crs=crs, first=row, done=done)
                row += len(batch)
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as mistake:
        raise SourceDataError(name, found=str(mistake), right="send the file again as Parquet") from mistake


def _geometry(schema: pa.Schema, name: str) -> tuple[str | None, str | None]:
    said = (schema.metadata or {}).get(b"geo")
    if said is None:
        return None, None
    geo = json.loads(said)
    column = geo["primary_column"] if isinstance(geo, dict) and "primary_column" in geo else None
    about = geo.get("columns", {}).get(column, {}) if column else {}
    if column not in schema.names or about.get("encoding", "").upper() != "WKB":
        found = f"its geometry is {about.get('encoding')!r} in a column {column!r}"
        raise SourceDataError(name, found=found, right="send GeoParquet with geometry as WKB")
    return column, _crs(about)


def _crs(about: dict[str, Any]) -> str | None:
    crs = about.get("crs", WGS84)
    if not isinstance(crs, dict):
        return None if crs is None else str(crs)
    code = crs.get("id", {})
    return f"{code['authority']}:{code['code']}" if {"authority", "code"} <= code.keys() else json.dumps(crs)


def _rows(  # noqa: PLR0913 - all by name
    batch: pa.RecordBatch, *, name: str, geometry: str | None, crs: str | None, first: int, done: float
) -> Rows:
    numbers = np.arange(first, first + len(batch), dtype=np.int64)
    plain = {column: _plain(batch.column(column)) for column in batch.schema.names if column != geometry}
    columns = pa.RecordBatch.from_pydict(plain)
    if geometry is None:
        return Rows(name, columns, numbers, done=done)
    encoded = batch.column(geometry).cast(pa.binary())
    shapes = shapely.from_wkb(encoded.to_numpy(zero_copy_only=False), on_invalid="ignore")
    unreadable = np.asarray(encoded.is_valid()) & shapely.is_missing(shapes)
    shapes[~unreadable & shapely.is_empty(shapes)] = None
    message = "the geometry cannot be decoded"
    broken = tuple(
        Broken(int(numbers[at]), "bad-geometry", message, columns.slice(at, 1).to_pylist()[0])
        for at in np.flatnonzero(unreadable)
    )
    good = ~unreadable
    kept = columns.filter(pa.array(good)) if broken else columns
    return Rows(name, kept, numbers[good], shapes=shapes[good], crs=crs, broken=broken, done=done)


def _plain(column: pa.Array) -> pa.Array:
    """Return a column as one of the few types that rows are made of."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64()) if pa.types.is_float16(kind) else column
    if pa.types.is_timestamp(kind):
        # A fraction of nothing is no part of a time that people write.
        return pc.replace_substring_regex(column.cast(pa.timestamp("us", kind.tz)).cast(pa.string()), "[.]0+", "")
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = [value.hex() if isinstance(value, bytes) else value for value in column.to_pylist()]
        return array_of(values, Kind.TEXT)
    return column.cast(pa.string())
