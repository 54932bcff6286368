"""The counts of a summary as others would find them: a spatial join in PostGIS, and DuckDB on a Parquet file."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import duckdb
import psycopg
from sqlalchemy import Connection, text

from layers.units import Unit

JOINED = text("""
    SELECT u.id, i.status, count(*), count(*) FILTER (WHERE i.status = 5 AND i.closed_at <= i.due_at)
    FROM unit AS u JOIN incident AS i ON ST_Contains(u.geom, i.geom)
    WHERE u.parent_id = :unit AND i.reported_at >= :start AND i.reported_at < :end AND i.retired_at IS NULL
    GROUP BY 1, 2
""")
SENT = """
    COPY (SELECT unit_id, (reported_at AT TIME ZONE time_zone)::date, category_id, status, source_id,
                 status = 5 AND closed_at <= due_at, status < 5 AND due_at < now()
          FROM incident, settings WHERE retired_at IS NULL) TO STDOUT (FORMAT csv)
"""
READ = """
    COPY (SELECT * FROM read_csv($1, header = false, columns = {
        'unit': 'BIGINT', 'day': 'DATE', 'category': 'SMALLINT', 'status': 'TINYINT', 'source': 'TINYINT',
        'on_time': 'BOOLEAN', 'late': 'BOOLEAN'})) TO $2 (FORMAT parquet)
"""
DUCK = """
    SELECT unit >> $2 AS child, category, status, source, day, count(*), count_if(on_time), count_if(late)
    FROM read_parquet($1) WHERE unit BETWEEN $3 AND $4 AND day >= $5 AND day < $6
    GROUP BY GROUPING SETS ((child, status), (category, status, source), (day))
"""


def joined(connection: Connection, of: Unit, start: date, end: date) -> int:
    """Count by child and status, every point compared with the polygons; return how many there are."""
    rows = connection.execute(JOINED, {"unit": of.id, "start": start, "end": end})
    return sum(int(row[2]) for row in rows)


class Duck:
    """The incidents in a Parquet file, as DuckDB reads them."""

    def __init__(self, url: str) -> None:
        """Write the file."""
        self._folder = TemporaryDirectory()
        sent, self._file = (Path(self._folder.name) / name for name in ("incidents.csv", "incidents.parquet"))
        with (
            psycopg.connect(url) as driver,
            driver.cursor() as cursor,
            cursor.copy(SENT) as rows,
            sent.open("wb") as file,
        ):
            file.writelines(rows)
        self._duck = duckdb.connect()
        self._duck.execute(READ, [str(sent), str(self._file)])
        sent.unlink()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the file."""
        self._duck.close()
        self._folder.cleanup()

    def counted(self, of: Unit, shift: int, start: date, end: date) -> int:
        """Count all that a summary says; return how many there are."""
        values = [str(self._file), shift, of.id, of.last_id, start, end]
        return sum(int(row[5]) for row in self._duck.execute(DUCK, values).fetchall() if row[4] is not None)
