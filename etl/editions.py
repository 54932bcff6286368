"""Boundaries come in editions: what a new one leaves out is retired, what it changes is kept, points find their units.

Ids stay with codes. A unit whose polygon changes keeps its id, so only points near a changed edge are written again;
`unit_past` holds what it was. A unit under another parent gets a new id, because the id says where it stands. Where
rows were that an edition moves is kept beside them, in `incident_was` and `feature_was`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
from psycopg import sql
from sqlalchemy import Connection

from etl.copying import copy
from etl.hashes import unit_hashes
from etl.hierarchy import Hierarchy
from etl.staging import statement
from etl.stamp import OUTSIDE, Stamp, units_in_force
from layers.errors import LoadError
from layers.model import level_shift
from layers.pack import City

PIECE = 200_000
"""Points that are placed at a time."""
TABLES = ("incident", "feature")
MOVE = "UPDATE {} r SET unit_id = m.unit_id, row_hash = r.row_hash # m.turn FROM moved m WHERE r.id = m.id"
"""The hash goes with the unit, so that the next load of the source finds the row as it would make it."""


@dataclass(frozen=True)
class Edition:
    """One edition of boundaries on its way in."""

    driver: psycopg.Connection
    begins: date
    load: int

    def require_begun(self, today: date, *, source: str) -> None:
        """Make sure that the edition is in force: what is loaded holds from then on, whatever day it says.

        Raises:
            LoadError: It is yet to come.
        """
        if self.begins > today:
            msg = (
                f"{source}: the edition {self.begins} is yet to come into force, today is {today}; nothing was "
                f"published; load it on {self.begins} or later, or mend the day under edition"
            )
            raise LoadError(msg)

    def require_newer(self) -> None:
        """Make sure that no later edition is in force.

        Raises:
            LoadError: One is.
        """
        row = self.driver.execute("SELECT max(valid_from) FROM unit WHERE valid_to IS NULL").fetchone()
        if row and row[0] and row[0] > self.begins:
            msg = f"the edition {self.begins} is older than {row[0]}, which is in force; load editions in their order"
            raise LoadError(msg)

    def retire(self, hierarchy: Hierarchy, *, levels: Collection[str], sent: Iterable[str]) -> list[dict[str, str]]:
        """Retire what the levels of a file no longer have, and what stands elsewhere now; return codes and names."""
        values = {
            "edition": self.begins,
            "load": self.load,
            "levels": list(levels),
            "sent": list(sent),
            "moved": hierarchy.moved,
        }
        rows = self.driver.execute(statement("unit_retire"), values).fetchall()
        gone = [code for _, code, _ in rows if code not in hierarchy.brought]
        for code in gone:
            hierarchy.known.pop(code, None)
        return [{"code": code, "name": name} for _, code, name in sorted(rows, key=lambda row: str(row[1]))]

    def note(self) -> None:
        """Write that the edition is there, so that one can ask what was before it."""
        self.driver.execute("INSERT INTO edition VALUES (%s, %s) ON CONFLICT DO NOTHING", [self.begins, self.load])

    def keep_past(self) -> None:
        """Keep what the staged units are about to replace."""
        self.driver.execute(statement("unit_past"), {"edition": self.begins})

    def date(self) -> None:
        """Write since when the units of this load are as they are."""
        self.driver.execute(
            "UPDATE unit SET valid_from = %s WHERE load_id = %s AND valid_to IS NULL", [self.begins, self.load]
        )

    def orphans(self) -> list[dict[str, str]]:
        """Return units in force below one that is not."""
        asked = """
            SELECT u.code, p.code FROM unit u JOIN unit p ON p.id = u.parent_id
            WHERE u.valid_to IS NULL AND p.valid_to IS NOT NULL ORDER BY 1
        """
        return [{"code": code, "parent": parent} for code, parent in self.driver.execute(asked)]


def restamp(connection: Connection, city: City, *, driver: psycopg.Connection, load: int) -> list[dict[str, Any]]:
    """Give every incident and feature that a load of units may have moved the unit it is in now; say how many moved."""
    stamp = Stamp(units_in_force(connection), city)
    driver.execute(statement("unit_touched"), {"load": load})
    return [found for table in TABLES if (found := _restamp(driver, table, stamp, city))["rows"]]


def _restamp(driver: psycopg.Connection, table: str, stamp: Stamp, city: City) -> dict[str, Any]:
    driver.execute("CREATE TEMPORARY TABLE moved (id bigint, unit_id bigint, turn bigint) ON COMMIT DROP")
    name = sql.Identifier(table)
    outside = 0
    with driver.cursor(name="restamp") as cursor:
        cursor.execute(sql.SQL(statement("restamp_asked")).format(table=name))
        pieces = iter(lambda: cursor.fetchmany(PIECE), [])
        batches = [_moved(rows, stamp, city) for rows in pieces]
    for batch, lost in batches:
        outside += lost
        copy(driver, "moved", batch)
    was = sql.Identifier(f"{table}_was")
    driver.execute(sql.SQL(statement("restamp_was")).format(table=name, was=was))
    if table == "incident":
        # The hash is of what its source says, and a pin is not the source's.
        driver.execute("UPDATE moved SET turn = 0 FROM pin WHERE pin.incident_id = moved.id")
    changed = driver.execute(sql.SQL(MOVE).format(name)).rowcount
    driver.execute("DROP TABLE moved")
    return {"table": table, "rows": changed} | ({"outside": outside} if outside else {})


def _moved(rows: list[Any], stamp: Stamp, city: City) -> tuple[pa.RecordBatch, int]:
    """Return the rows whose unit is another now, and how many lie in none any more: those belong to the city."""
    ids, units, homes, points = (list(column) for column in zip(*rows, strict=True))
    shapes = shapely.from_wkb(np.array([None if point is None else bytes(point) for point in points], dtype=object))
    found = stamp.at(shapely.get_x(shapes), shapely.get_y(shapes))
    there = ~shapely.is_missing(shapes)
    before = np.array(units, dtype=np.int64)
    lost = there & (found == OUTSIDE)
    found = np.where(lost, stamp.top, found)
    found[~there] = [_home(homes[at], stamp, city) for at in np.flatnonzero(~there)]
    other = np.flatnonzero(found != before)
    turn = unit_hashes(before[other]) ^ unit_hashes(found[other])
    moved = (np.array(ids, dtype=np.int64)[other], found[other], turn)
    return pa.RecordBatch.from_arrays([*map(pa.array, moved)], ["id", "unit_id", "turn"]), int(lost[other].sum())


def _home(unit: int, stamp: Stamp, city: City) -> int:
    """Return a unit, or the deepest above it that is in force."""
    levels = len(city.levels)
    in_force = set(stamp.units.by_code.values())
    shifts = [level_shift(rank, levels) for rank in reversed(range(levels))]
    above = [unit >> shift << shift for shift in shifts]
    return next((item for item in (unit, *above) if item in in_force), stamp.top)
