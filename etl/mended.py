"""Rejects that a person exported, mended and sends again: the source's own columns, and which reject each row was."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.compute as pc
import shapely

from etl.readers import reader
from etl.rows import Rows, Shapes
from layers.specs import ReadSpec

ID = "reject_id"
ABOUT = (ID, "reject_file", "reject_row", "reject_reason", "reject_message")
"""The columns that an export adds to those of the source."""
GEOMETRY = "geometry"
READ = ReadSpec(format="csv", path="*.csv", encoding="utf-8")


def is_export(file: Path) -> bool:
    """Tell whether a file was written by `onemap rejects --export`, whatever program it went through since."""
    with file.open("rb") as raw:
        line = raw.readline(1 << 16).removeprefix(codecs.BOM_UTF8).decode(errors="replace")
    return set(ABOUT) <= set(next(csv.reader([line.rstrip("\r\n")]), []))


class Mended:
    """Reads an export again, and remembers which rejects its rows were."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rejects: dict[int, int] = {}
        """By row of the file."""

    def read(self, file: Path, *, name: str) -> Iterator[Rows]:
        """Read the file under the source's columns, its geometry put back."""
        for rows in reader("csv")(file, name=name, spec=READ):
            for number, sent in zip(rows.numbers.tolist(), rows.columns.column(ID).to_pylist(), strict=True):
                if sent.isdigit():
                    self.rejects[number] = int(sent)
            shapes = _shapes(rows)
            kept = [column for column in rows.names if column not in ABOUT and column != GEOMETRY]
            yield Rows(
                rows.file, rows.columns.select(kept), rows.numbers, shapes=shapes, broken=rows.broken, done=rows.done
            )

    def resolve(self, driver: psycopg.Connection, *, source: int, load: int) -> None:
        """Take the rejects off the list whose rows did not stay out again."""
        if not self.rejects:
            return
        again = {row[0] for row in driver.execute("SELECT row_number FROM reject WHERE load_id = %s", [load])}
        found = [reject for number, reject in self.rejects.items() if number not in again]
        driver.execute(
            "UPDATE reject SET resolved_by = %s FROM load WHERE reject.id = ANY(%s) AND resolved_by IS NULL"
            " AND load.id = reject.load_id AND load.source_id = %s",
            [load, found, source],
        )


def _shapes(rows: Rows) -> Shapes | None:
    if GEOMETRY not in rows.names:
        return None
    sent = rows.columns.column(GEOMETRY)
    shapes = shapely.from_geojson(pc.if_else(pc.equal(sent, ""), None, sent).to_pylist())
    return np.asarray(shapes, dtype=object)
