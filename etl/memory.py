"""What the rows of a source became when they were loaded: one that is sent as before need not be read again.

Checking and placing takes longer than all else that is done to a row that did not change. What a row becomes depends on
nothing but itself, the pack and the units, so it is remembered under a hash of what was sent. What is remembered is
believed only of rows that are in force as they were. The table is not logged: after a crash it is empty, and the next
load reads everything.
"""

from dataclasses import dataclass

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray

from etl.hashes import key_hashes, places, row_hashes
from etl.known import Known
from etl.rows import Mask, Rows

ROW = np.dtype([("sent", "<i8"), ("row_hash", "<i8"), ("key_hash", "<u8"), ("newest", "<i8")])
"""Hashes of a row as sent, as the table has it, and of its key; its newest time, in microseconds since 1970."""
STALE = 0.25
"""The share of what is remembered that may be of no more use before all of it is written anew."""
CHUNK = 1 << 22
"""Rows in one value of the table: 128 MiB."""


@dataclass(frozen=True)
class Recalled:
    """What is remembered of a piece."""

    sent: NDArray[np.int64]
    """Of every row, the hash of what was sent."""
    fresh: Mask
    """The rows of which nothing is remembered."""
    at: NDArray[np.int64]
    """Where each of the others is remembered,"""
    rows: NDArray[np.void]
    """what it became,"""
    places: NDArray[np.int64]
    """and the place of its hash among those known to be in force."""

    def others(self, rows: Rows) -> Rows:
        """Return the rows of the piece of which nothing is remembered."""
        return rows.those(self.fresh) if len(self.at) else rows

    def without(self, doubtful: Mask) -> "Recalled":
        """Return it as if nothing were remembered of some of the others."""
        fresh = self.fresh.copy()
        fresh[np.flatnonzero(~fresh)[doubtful]] = True
        kept = ~doubtful
        return Recalled(self.sent, fresh, self.at[kept], self.rows[kept], self.places[kept])


class Memory:
    """What is remembered of one source, for one load."""

    def __init__(self, driver: psycopg.Connection, *, source: int, recipe: str | None) -> None:
        """Recall what was made by the same recipe: all that a row's becoming depends on; by none, remember nothing."""
        self.driver = driver
        self.source = source
        self.recipe = recipe
        self._rows: NDArray[np.void] = np.empty(0, dtype=ROW)
        self._sent = self._places = np.empty(0, dtype=np.int64)
        self._used: Mask = np.zeros(0, dtype=np.bool_)
        self._before = 0
        self._new: list[NDArray[np.void]] = []

    def believe(self, known: Known) -> None:
        """Recall what is still true: of rows in force, whose keys do not wait among the rejects."""
        rows = self._chunks()
        self._before = len(rows)
        place, there = places(known.hashes, np.ascontiguousarray(rows["row_hash"]))
        there &= ~np.isin(rows["key_hash"], key_hashes(known.waiting))
        order = np.flatnonzero(there)
        order = order[np.argsort(rows["sent"][order])]
        self._rows, self._places = rows[order], place[order]
        self._sent = np.ascontiguousarray(self._rows["sent"])
        self._used = np.zeros(len(order), dtype=np.bool_)

    def recall(self, rows: Rows) -> Recalled | None:
        """Return what is remembered of a piece; nothing where it never will be. May be asked from several threads."""
        if self.recipe is None or rows.shapes is not None or any(map(pa.types.is_nested, rows.columns.schema.types)):
            return None
        sent = _sent(rows)
        place, there = places(self._sent, sent)
        at = place[there]
        return Recalled(sent, ~there, at, self._rows[at], self._places[at])

    def note(
        self, recalled: Recalled | None, accepted: Mask, columns: dict[str, pa.Array], newest: NDArray[np.int64]
    ) -> None:
        """Remember what the fresh rows of a piece became, those that were accepted, and that the others came again."""
        if recalled is None:
            return
        self._used[recalled.at] = True
        new = np.empty(np.count_nonzero(accepted), dtype=ROW)
        new["sent"] = recalled.sent[recalled.fresh][accepted]
        new["row_hash"] = columns["row_hash"].to_numpy()[accepted]
        new["key_hash"] = key_hashes(columns["key"].filter(pa.array(accepted)))
        new["newest"] = newest[accepted]
        self._new.append(new)

    def keep(self) -> None:
        """Write down what is new; all of it where much of what was there is of no more use."""
        if self.recipe is None:
            return
        rows = np.concatenate([np.empty(0, dtype=ROW), *self._new])
        used = np.count_nonzero(self._used)
        if not used or self._before - used > STALE * self._before:
            self.driver.execute("DELETE FROM remembered WHERE source_id = %s", [self.source])
            rows = np.concatenate([self._rows[self._used], rows])
        with self.driver.cursor() as cursor:
            for first in range(0, len(rows), CHUNK):
                cursor.execute(
                    "INSERT INTO remembered (source_id, recipe, rows) VALUES (%b, %b, %b)",
                    [self.source, self.recipe, rows[first : first + CHUNK].tobytes()],
                )

    def _chunks(self) -> NDArray[np.void]:
        if self.recipe is None:
            return np.empty(0, dtype=ROW)
        question = "SELECT rows FROM remembered WHERE source_id = %s AND recipe = %s"
        with self.driver.cursor(binary=True) as cursor:
            found = cursor.execute(question, [self.source, self.recipe]).fetchall()
        return np.concatenate([np.empty(0, dtype=ROW), *(np.frombuffer(chunk, dtype=ROW) for (chunk,) in found)])


def _sent(rows: Rows) -> NDArray[np.int64]:
    """Return the hash of each row as sent: under the same names, of the same types, in the same reference system."""
    shape = pa.array([f"{rows.crs} {rows.columns.schema.remove_metadata()}"])
    hashes: NDArray[np.int64] = row_hashes(rows.columns.columns).to_numpy() ^ row_hashes([shape]).to_numpy()
    return hashes
