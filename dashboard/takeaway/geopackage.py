"""GeoPackage: one layer in EPSG:4326 with typed fields, written by GDAL from Arrow; rows without a place included."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

import pyarrow as pa
from pyogrio.raw import write_arrow

from dashboard.takeaway.tables import Column, Record
from dashboard.takeaway.writing import Job, sent

ROWS = 10_000
"""Rows that are written at a time: opening a file again costs about as much as a thousand rows."""
TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "time": pa.timestamp("ms", tz="UTC")}
"""A GeoPackage's times are UTC, which GDAL writes as such under no other name."""
SHAPE = "geom"
LAYER = "rows"


def gpkg(job: Job) -> Iterator[bytes]:
    """Make a GeoPackage in the job's folder, some rows at a time, then return it."""
    file = job.folder / "rows.gpkg"
    columns = [column for column in job.table.columns if column.id not in {"lon", "lat"}]
    said = dict(job.notes)
    begun = False
    for rows in chain(_gathered(job), [()]):
        if begun and not rows:
            continue
        write_arrow(
            arrow(rows, columns),
            file,
            layer=LAYER,
            driver="GPKG",
            geometry_name=SHAPE,
            geometry_type=job.table.geometry,
            crs="EPSG:4326",
            append=begun,
            **({} if begun else {"layer_metadata": said}),
        )
        begun = True
        yield b""
    yield from sent(file)


def arrow(rows: Sequence[Record], columns: Sequence[Column]) -> pa.Table:
    """Return rows as typed columns, geometry as WKB."""
    made = {column.id: pa.array([fit(column, row) for row in rows], TYPES[column.kind]) for column in columns}
    return pa.table({**made, SHAPE: pa.array([row.shape for row in rows], pa.binary())})


def fit(column: Column, row: Record) -> object:
    """Return a value as its column's type holds it: what a source calls a number and isn't one is left out."""
    value = column.value(row)
    if column.kind == "number":
        return value if isinstance(value, int | float) else None
    if column.kind == "text" and value is not None:
        return value.isoformat() if isinstance(value, datetime) else str(value)
    return value


def _gathered(job: Job) -> Iterator[Sequence[Record]]:
    held: list[Record] = []
    for batch in job.batches():
        held += batch
        if len(held) >= ROWS:
            yield held
            held = []
    if held:
        yield held
