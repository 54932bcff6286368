"""Rows that stayed out, kept whole: written by a load, listed and exported afterwards."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import shapely
from sqlalchemy import Connection, Row, func, select

from etl.checks import Verdicts
from etl.mended import ABOUT
from etl.rows import Rows
from etl.spreadsheets import guarded
from etl.texts import shown
from layers import model
from layers.errors import LoadError, UnknownNameError

COPY = "COPY reject (load_id, file, row_number, reason, message, row, key) FROM STDIN"


class Rejects:
    """The rejects of one load."""

    def __init__(self, driver: psycopg.Connection, load: int) -> None:
        """Begin with none."""
        self.driver = driver
        self.load = load
        self.written = 0
        self.reasons: Counter[str] = Counter()

    def add(self, verdicts: Verdicts, keys: pa.Array | None = None) -> None:
        """Write the rejects of one piece, in the file's order, with their keys where there are any."""
        found = sorted(_rejected(verdicts, keys), key=itemgetter(0))
        if not found:
            return
        with self.driver.cursor() as cursor:
            with cursor.copy(COPY) as target:
                for number, reason, message, row, key in found:
                    target.write_row((self.load, verdicts.rows.file, number, reason, str(shown(message)), row, key))
                    self.reasons[reason] += 1
            self.written += cursor.rowcount


def _rejected(verdicts: Verdicts, keys: pa.Array | None) -> Iterator[tuple[int, str, str, str, str | None]]:
    rows = verdicts.rows
    for broken in rows.broken:
        yield broken.number, broken.reason, broken.message, _json(dict(broken.row)), None
    found = list(verdicts)
    sent = rows.columns.take([at for at, _ in found]).to_pylist() if found else []
    for (at, verdict), row in zip(found, sent, strict=True):
        key = None if keys is None else shown(keys[at].as_py())
        yield int(rows.numbers[at]), verdict.reason, verdict.message, _json(row | _geometry(rows, at)), key


def _geometry(rows: Rows, at: int) -> dict[str, Any]:
    if rows.shapes is None or rows.shapes[at] is None:
        return {}
    return {"geometry": json.loads(shapely.to_geojson(rows.shapes[at]))}


def _json(row: dict[str, Any]) -> str:
    return json.dumps({name: shown(value) for name, value in row.items()}, ensure_ascii=False, default=str)


def of_load(connection: Connection, load: int, *, limit: int | None = None) -> list[Row[Any]]:
    """Return the rejects of a load as (id, file, row_number, reason, message, row), in the order of the files.

    Those that came in with a later load are no longer among them.

    Raises:
        UnknownNameError: There is no such load.
    """
    table = model.reject
    asked = select(table.c.id, table.c.file, table.c.row_number, table.c.reason, table.c.message, table.c.row)
    waiting = asked.where(table.c.load_id == _origin(connection, load), table.c.resolved_by.is_(None))
    return list(connection.execute(waiting.order_by(table.c.id).limit(limit)))


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


def _origin(connection: Connection, load: int) -> int:
    """Return the load that holds the rejects: one that found its files unchanged points at the one that read them."""
    table = model.load
    same = func.coalesce(table.c.detail["same_as"].as_integer(), table.c.id)
    found = connection.execute(select(same).where(table.c.id == load)).scalar()
    if found is None:
        known = connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(20)).scalars()
        raise UnknownNameError(kind="load", name=str(load), known=[str(item) for item in known])
    return int(found)
