"""Rows that stayed out, kept whole: written by the load that found them first, listed and exported afterwards."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from sqlalchemy import Connection, Row, func, select

from etl.checks import Verdicts
from etl.mended import ABOUT
from etl.recurrence import Recurrence, Reject, reject_hashes
from etl.rows import Rows
from etl.spreadsheets import guarded
from etl.texts import shown
from layers import model
from layers.errors import LoadError, UnknownNameError

COPY = "COPY reject (load_id, hash, file, row_number, reason, message, row, key) FROM STDIN"
SHOWN = ("id", "file", "row_number", "reason", "message", "row")


class Rejects:
    """The rejects of one load."""

    def __init__(self, driver: psycopg.Connection, *, load: int, source: int) -> None:
        """Begin with none; ask which earlier ones may come again."""
        self.driver = driver
        self.load = load
        self.count = 0
        self.reasons: Counter[str] = Counter()
        self._recurrence = Recurrence(driver, source)

    def add(self, verdicts: Verdicts, keys: pa.Array | None = None) -> None:
        """Write the rejects of one piece, in its order, with their keys, save those that came again as they were."""
        found = sorted(_rejected(verdicts, keys), key=itemgetter(0))
        if not found:
            return
        self.count += len(found)
        self.reasons.update(reason for _, reason, *_ in found)
        file = verdicts.rows.file
        hashes = reject_hashes(file, found)
        new = np.flatnonzero(~self._recurrence.again(hashes)).tolist()
        if not new:
            return
        with self.driver.cursor() as cursor, cursor.copy(COPY) as target:
            for at in new:
                target.write_row((self.load, int(hashes[at]), file, *found[at]))

    def close(self) -> None:
        """Make those that came again this load's as well, now that all are there."""
        self._recurrence.point(self.load)


def _rejected(verdicts: Verdicts, keys: pa.Array | None) -> Iterator[Reject]:
    rows = verdicts.rows
    for broken in rows.broken:
        yield broken.number, broken.reason, str(shown(broken.message)), _json(dict(broken.row)), None
    found = list(verdicts)
    sent = rows.columns.take([at for at, _ in found]).to_pylist() if found else []
    for (at, verdict), row in zip(found, sent, strict=True):
        key = None if keys is None else shown(keys[at].as_py())
        message = str(shown(verdict.message))
        yield int(rows.numbers[at]), verdict.reason, message, _json(row | _geometry(rows, at)), key


def _geometry(rows: Rows, at: int) -> dict[str, Any]:
    if rows.shapes is None or rows.shapes[at] is None:
        return {}
    return {"geometry": json.loads(shapely.to_geojson(rows.shapes[at]))}


def _json(row: dict[str, Any]) -> str:
    return json.dumps({name: shown(value) for name, value in row.items()}, ensure_ascii=False, default=str)


def of_load(connection: Connection, load: int, *, limit: int | None = None) -> list[Row[Any]]:
    """Return the rejects of a load as (id, file, row_number, reason, message, row), in the order of files and rows.

    Those that came in with a later load are no longer among them.

    Raises:
        UnknownNameError: There is no such load.
    """
    _require(connection, load)
    table = func.rejects_of(load).table_valued(*(model.reject.c[name] for name in (*SHOWN, "resolved_by")))
    waiting = select(*(table.c[name] for name in SHOWN)).where(table.c.resolved_by.is_(None))
    order = (table.c.file.collate("C"), table.c.row_number, table.c.id)
    return list(connection.execute(waiting.order_by(*order).limit(limit)))


def export(connection: Connection, load: int, file: Path) -> int:
    """Write the rejects of a load as CSV in the source's own columns, the reason behind them; return how many.

    Raises:
        LoadError: The file cannot be written.
    """
    found = of_load(connection, load)
    columns = list(dict.fromkeys(name for item in found for name in item.row))
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow([*columns, *ABOUT])
            for item in found:
                values = (*(item.row.get(name) for name in columns), item.id, item.file, item.row_number)
                writer.writerow([_cell(value) for value in (*values, item.reason, item.message)])
    except OSError as mistake:
        msg = f"{file}: {mistake.strerror}; name a file that may be written, in a folder that is there"
        raise LoadError(msg) from mistake
    return len(found)


def _cell(value: Any) -> Any:  # noqa: ANN401 - any value of a row
    """Return a value as it is written: no text that a spreadsheet would run."""
    value = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
    return guarded(value) if isinstance(value, str) else value


def _require(connection: Connection, load: int) -> None:
    number = model.load.c.id
    if connection.execute(select(number).where(number == load)).scalar() is None:
        known = connection.execute(select(number).order_by(number.desc()).limit(20)).scalars()
        raise UnknownNameError(kind="load", name=str(load), known=[str(item) for item in known])
