"""Incidents as columns: what a department's cases become in the table `incident`."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from etl.attributes import objects
from etl.checks import Verdicts
from etl.fields import INSTANT, LATEST, Fields, Floats, Vocabulary
from etl.instants import NEVER, microseconds, moment
from etl.place import place
from etl.rows import Mask, Rows, Shapes
from etl.stamp import Stamp
from layers.errors import LoadError
from layers.model import Status

STATUSES = {status.name.lower(): int(status) for status in Status}
TIMES = ("reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at")
"""In the order of `Status`: a row without a status has reached the last one it has a time for."""
OWN = frozenset({"key", *TIMES, "due_at", "category", "status", "channel", "severity", "title", "address"})
SEVEREST = 32767
EWKB = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")])
"""A point as PostGIS takes it."""
NEEDED = "every incident needs the time when it was reported"
WITH_SRID = 0x20000000


class Incidents:
    """Makes columns of the rows of one source."""

    table = "incident"

    def __init__(self, words: Vocabulary, *, stamp: Stamp, categories: Mapping[str, int], now: datetime) -> None:
        """Take what the columns depend on.

        Raises:
            LoadError: The source leaves out a field that every incident needs.
        """
        missing = {"key", "reported_at", "category"} - set(words.source.fields)
        if missing:
            msg = f"{words.source.id}: incidents need the fields key, reported_at and category; add {sorted(missing)}"
            raise LoadError(msg)
        self.words = words
        self.stamp = stamp
        self.categories = categories
        self.now = now
        hours = {categories[code]: item.hours for code, item in stamp.city.categories.items()}
        self.limits = np.array([hours.get(number, 0) for number in range(max(hours) + 1)]) * 3_600_000_000
        self.channels = {item.id: at for at, item in enumerate(stamp.city.spec.channels)}

    def columns(self, rows: Rows, verdicts: Verdicts) -> dict[str, pa.Array]:
        """Return the columns of the table for every row; those of rejected rows mean nothing."""
        fields = Fields(rows, self.words, verdicts)
        times = {name: fields.instant(name, before=self.now + LATEST) for name in TIMES}
        verdicts.reject(~valid(times["reported_at"]), "bad-time", f"{fields.label('reported_at')} is empty; {NEEDED}")
        category = fields.known("category", reason="unknown-category", ids=self.categories, required=True)
        placed = place(rows, self.words.source.place, stamp=self.stamp, verdicts=verdicts)
        return {
            "key": fields.text("key"),
            "unit_id": pa.array(placed.units),
            "category_id": category,
            "status": self._status(fields, times),
            "channel": self._channel(fields),
            "severity": self._severity(fields),
            **times,
            "due_at": self._due(fields, times["reported_at"], category),
            "title": fields.text("title"),
            "address": fields.text("address"),
            "geom": _at(placed.lon, placed.lat) if placed.sent is None else points(placed.sent, verdicts),
            "attributes": objects(
                {name: fields.typed(name) for name in self.words.source.fields if name not in OWN}, len(rows)
            ),
            **placed.former,
        }

    def newest(self, columns: dict[str, pa.Array]) -> NDArray[np.int64]:
        """Return the newest time of each row."""
        found = [pc.fill_null(columns[name].cast(pa.int64()), NEVER).to_numpy() for name in TIMES]
        newest: NDArray[np.int64] = np.max(found, axis=0)
        return newest

    def data_time(self, newest: int) -> datetime | None:
        """Return the newest time of all; a report may lie a little ahead of our clock, what is known does not."""
        return moment(min(newest, microseconds(self.now)))

    def _status(self, fields: Fields, times: Mapping[str, pa.Array]) -> pa.Array:
        if "status" in fields:
            return fields.known("status", reason="unknown-status", ids=STATUSES, required=True)
        reached = [valid(times[name]) * (at + 1) for at, name in enumerate(TIMES)]
        return pa.array(np.max(reached, axis=0).astype(np.int16))

    def _channel(self, fields: Fields) -> pa.Array:
        words = fields.mapped("channel", "unknown-channel") if "channel" in fields else fields.text("channel")
        if self.channels and "channel" in fields:
            fields.known("channel", reason="unknown-channel", ids=self.channels, required=False)
        return words

    def _severity(self, fields: Fields) -> pa.Array:
        if "severity" not in fields:
            return pa.nulls(len(fields.rows), pa.int16())
        numbers = fields.number("severity")
        values = pc.fill_null(numbers, 0).to_numpy()
        wrong = (values != np.floor(values)) | (np.abs(values) > SEVEREST)
        label = fields.label("severity")
        fields.verdicts.reject(wrong, "bad-number", lambda row: f"{label} is {values[row]:g}, not a small whole number")
        return pa.array(np.where(wrong, 0, values).astype(np.int16), mask=~valid(numbers))

    def _due(self, fields: Fields, reported: pa.Array, category: pa.Array) -> pa.Array:
        limits = self.limits[pc.fill_null(category, 0).to_numpy()].astype(np.int64)
        by_limit = pc.add(reported.cast(pa.int64()), pa.array(limits)).cast(INSTANT)
        return pc.coalesce(fields.instant("due_at"), by_limit) if "due_at" in fields else by_limit


def valid(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say which rows have a value."""
    return np.asarray(column.is_valid())


def points(shapes: Shapes, verdicts: Verdicts) -> pa.Array:
    """Return points as PostGIS takes them; an incident that is no point stays out."""
    several = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    shapes = shapes.copy()
    shapes[several] = [shape.geoms[0] if len(shape.geoms) == 1 else shape for shape in shapes[several]]
    wrong = shapely.get_type_id(shapes) > shapely.GeometryType.POINT
    verdicts.reject(
        wrong, "wrong-geometry", lambda row: f"the place is a {shapes[row].geom_type}, incidents have points"
    )
    there = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    return _ewkb(shapely.get_x(shapes), shapely.get_y(shapes), there=there)


def _at(lon: Floats, lat: Floats) -> pa.Array:
    """Return points as PostGIS takes them, of two numbers each; to make shapes of them would take a quarter of all."""
    return _ewkb(lon, lat, there=np.isfinite(lon) & np.isfinite(lat))


def _ewkb(x: Floats, y: Floats, *, there: Mask) -> pa.Array:
    """Return what `geometry` does of points, all in one go; those that are not there are null."""
    written = np.zeros(len(x), dtype=EWKB)
    written["order"], written["kind"], written["srid"] = 1, WITH_SRID | 1, 4326
    written["x"], written["y"] = x, y
    offsets = np.arange(len(x) + 1, dtype=np.int32) * EWKB.itemsize
    validity = pa.py_buffer(np.packbits(there, bitorder="little"))
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(written)]
    return pa.Array.from_buffers(pa.binary(), len(x), buffers)


def geometry(shapes: Shapes) -> pa.Array:
    """Return shapes as the bytes that PostGIS reads without a parser."""
    return pa.array(shapely.to_wkb(shapely.set_srid(shapes, 4326), include_srid=True, byte_order=1), pa.binary())
