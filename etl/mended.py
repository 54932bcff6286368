"""Rejects that a person exported, mended and sends again: the source's own columns, and which reject each row was."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely

from etl.encodings import encoding_of_file
from etl.readers import reader
from etl.rows import Broken, Rows, Shapes
from etl.spreadsheets import restored
from layers.specs import ReadSpec

ID = "reject_id"
ABOUT = (ID, "reject_file", "reject_row", "reject_reason", "reject_message")
"""The columns that an export adds to those of the source."""
GEOMETRY = "geometry"
HEAD = 1 << 16
"""Bytes that the line of column names may have."""
DELIMITERS = (",", ";", "\t")
"""What stands between values: a spreadsheet takes that of its own language."""


def export_spec(file: Path) -> ReadSpec | None:
    """Tell how to read a file that `onemap rejects --export` wrote, whatever program it went through since.

    Any other file is none of its business.
    """
    with file.open("rb") as raw:
        head = raw.read(HEAD)
    if not any(ID.encode(form) in head for form in ("utf-8", "utf-16-le", "utf-16-be")):
        return None
    encoding = encoding_of_file(file) or "utf-8"
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    for delimiter in DELIMITERS:
        try:
            names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        if set(ABOUT) <= set(names):
            return ReadSpec(format="csv", path="*.csv", encoding=encoding, delimiter=delimiter)
    return None


class Mended:
    """Reads an export again, and remembers which rejects its rows were."""

    def __init__(self, driver: psycopg.Connection, *, source: int) -> None:
        """Begin with none."""
        self.driver = driver
        self.source = source
        self.rejects: dict[int, int] = {}
        """By row of the file."""

    def read(self, file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
        """Read the file under the source's columns, its geometry and what a spreadsheet lost put back."""
        for rows in reader("csv")(file, name=name, spec=spec):
            ids = [int(sent) if sent.isdecimal() else 0 for sent in rows.columns.column(ID).to_pylist()]
            self.rejects |= {number: id_ for number, id_ in zip(rows.numbers.tolist(), ids, strict=True) if id_}
            shaped, shapes = _shaped(rows)
            kept = [column for column in rows.names if column not in ABOUT and column != GEOMETRY]
            columns = self._restored(
                shaped.columns.select(kept), [self.rejects.get(n) for n in shaped.numbers.tolist()]
            )
            yield replace(shaped, columns=columns, shapes=shapes)

    def resolve(self, *, load: int) -> None:
        """Take the rejects off the list whose rows did not stay out again."""
        if not self.rejects:
            return
        again = {row[0] for row in self.driver.execute("SELECT row_number FROM rejects_of(%s)", [load])}
        found = [reject for number, reject in self.rejects.items() if number not in again]
        self.driver.execute(
            "UPDATE reject SET resolved_by = %s FROM load WHERE reject.id = ANY(%s) AND resolved_by IS NULL"
            " AND load.id = reject.load_id AND load.source_id = %s",
            [load, found, self.source],
        )

    def _restored(self, columns: pa.RecordBatch, rejects: list[int | None]) -> pa.RecordBatch:
        """Return the columns with the text that was sent wherever a spreadsheet alone changed it."""
        question = (
            "SELECT reject.id, row FROM reject JOIN load ON load.id = load_id"
            " WHERE reject.id = ANY(%s) AND source_id = %s"
        )
        sent: dict[int | None, dict[str, Any]] = dict(
            self.driver.execute(question, [list(filter(None, rejects)), self.source]).fetchall()
        )
        return pa.RecordBatch.from_pydict(
            {
                name: pa.array(
                    [
                        restored(now, was) if isinstance(was := sent.get(id_, {}).get(name), str) else now
                        for now, id_ in zip(columns.column(name).to_pylist(), rejects, strict=True)
                    ],
                    pa.string(),
                )
                for name in columns.schema.names
            }
        )


def _shaped(rows: Rows) -> tuple[Rows, Shapes | None]:
    """Return the rows whose geometry can be read, and the geometry; the others as broken."""
    if GEOMETRY not in rows.names:
        return rows, None
    sent = [text or None for text in rows.columns.column(GEOMETRY).to_pylist()]
    shapes = np.asarray(shapely.from_geojson(sent, on_invalid="ignore"), dtype=object)
    wrong = shapely.is_missing(shapes) & np.array([text is not None for text in sent])
    message = "the geometry is not GeoJSON, or was cut (a cell of a spreadsheet holds 32,767 letters); export it anew"
    broken = tuple(
        Broken(int(rows.numbers[at]), "bad-geometry", message, rows.columns.slice(at, 1).to_pylist()[0])
        for at in np.flatnonzero(wrong)
    )
    left = replace(
        rows,
        columns=rows.columns.filter(pa.array(~wrong)),
        numbers=rows.numbers[~wrong],
        broken=tuple(sorted((*rows.broken, *broken), key=lambda item: item.number)),
    )
    return left, shapes[~wrong]
