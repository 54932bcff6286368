"""From the staging table into the table: what is equal is not touched, what is gone is retired, the rest is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray

from etl.checks import Verdicts
from etl.copying import copy
from etl.known import Known
from etl.staging import Staging, statement
from layers.errors import LoadError
from layers.model import Status
from layers.pins import PINNING
from layers.plural import counted
from layers.specs import SourceSpec

STATUSES = [status.name.lower() for status in sorted(Status)]
UNKNOWN = "might each be one that seems to be gone; none was retired"


@dataclass(frozen=True)
class Merged:
    """How many rows were written, were equal, and were retired."""

    loaded: int
    unchanged: int
    retired: int
    unsure: str | None = None
    """Why a snapshot retired nothing."""


class Merge:
    """Brings the rows of one load in, in the way its source declares."""

    def __init__(self, staging: Staging, source: SourceSpec, *, whole: bool, now: datetime) -> None:
        """Take the staging table; a load that is not `whole` retires nothing, whatever its mode."""
        self.staging = staging
        self.source = source
        self.retires = whole and source.mode == "snapshot"
        self.values: Mapping[str, object] = {**staging.values, "now": now, "statuses": STATUSES}
        self.known = Known(staging.driver, staging.table, staging.values)
        self.unchanged = 0
        self.broken = 0
        self.nameless = 0
        if self.retires:
            staging.driver.execute("CREATE TEMPORARY TABLE withheld (key text) ON COMMIT DROP")

    def holding(self, keys: list[str]) -> set[str]:
        """Return which of some keys this load has brought already."""
        held = self._execute("held", {"keys": keys}).fetchall()
        again = self.known.came(np.array([row_hash for _, row_hash in held], dtype=np.int64))
        return self.staging.holding(keys) | {key for (key, _), came in zip(held, again, strict=True) if came}

    def again(self, places: NDArray[np.int64]) -> None:
        """Take note of rows that are there as they are, by the places of their hashes among those known."""
        self.known.seen[places] = True
        self.unchanged += len(places)

    def stage(self, batch: pa.RecordBatch, verdicts: Verdicts) -> None:
        """Stage what is not there as it is; where a source may only append, rows that contradict it stay out."""
        fresh = ~self.known.there(batch)
        self.unchanged += int(np.count_nonzero(~fresh))
        if not fresh.any():
            return
        batch = batch.filter(pa.array(fresh))
        self.staging.add(batch)
        if self.source.mode != "append":
            return
        keys = batch.column("key")
        found = self._execute("contradicted", {"keys": keys.to_pylist()}).fetchall()
        if found:
            label = self.source.fields["key"].column or "key"
            wrong = np.zeros(len(verdicts.good), dtype=np.bool_)
            rejected = np.isin(keys.to_numpy(zero_copy_only=False), [row[0] for row in found])
            wrong[np.flatnonzero(verdicts.good)[fresh][rejected]] = True
            message = (
                f"an earlier load brought this {label} with other values, and the source may only append; "
                'say mode = "upsert" where rows may change'
            )
            verdicts.reject(wrong, "changed-row", message)

    def withhold(self, keys: pa.Array, verdicts: Verdicts) -> None:
        """Remember the keys of rows that stay out: they are wrong, not gone."""
        self.broken += len(verdicts.rows.broken)
        if self.retires:
            stays_out = keys.filter(pa.array(~verdicts.good))
            self.nameless += stays_out.null_count
            copy(self.staging.driver, "withheld", pa.RecordBatch.from_pydict({"key": stays_out.drop_null()}))

    def withdraw(self) -> None:
        """Do nothing: what is staged is gone when the transaction ends."""

    def run(self) -> Merged:
        """Write what is new or differs, retire what is gone; nobody pins an incident of the source meanwhile.

        Raises:
            LoadError: More rows would be retired than the source allows.
        """
        self.staging.driver.execute("ANALYZE staged")
        self.staging.driver.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PINNING, self.values["source"]])
        unsure = self._unsure() if self.retires else None
        retired = self._retire() if self.retires and unsure is None else 0
        self._execute("resolved", table=False)
        unchanged = self.unchanged + self._execute("unchanged").rowcount
        if self.staging.table == "incident":
            for step in ("unpinned", "pinned", "history"):
                self._execute(step)
        return Merged(self._execute("merge").rowcount, unchanged, retired, unsure)

    def _unsure(self) -> str | None:
        """Return why it cannot be said which rows are gone: some stay out and do not say which they are."""
        broken = f"{counted(self.broken, 'row')} that could not be taken apart" if self.broken else None
        nameless = f"{counted(self.nameless, 'row')} without a key" if self.nameless else None
        rows = " and ".join(filter(None, (broken, nameless)))
        return f"{rows} {UNKNOWN}" if rows else None

    def _retire(self) -> int:
        self.staging.driver.execute("CREATE TEMPORARY TABLE missing (row_hash bigint) ON COMMIT DROP")
        missing = pa.RecordBatch.from_pydict({"row_hash": pa.array(self.known.missing)})
        copy(self.staging.driver, "missing", missing)
        self.staging.driver.execute("ANALYZE missing")
        counted = self._execute("gone").fetchone()
        held, gone = len(self.known), counted[0] if counted else 0
        if gone > held * self.source.retire_limit:
            msg = (
                f"{self.source.id}: {gone} of the {held} rows there are would be retired, more than the share of "
                f"{self.source.retire_limit:g} that the source allows; send the whole snapshot, or raise retire_limit"
            )
            raise LoadError(msg)
        return self._execute("retire").rowcount if gone else 0

    def _execute(self, name: str, more: Mapping[str, object] | None = None, *, table: bool = True) -> psycopg.Cursor:
        text = statement(f"{self.staging.table}_{name}" if table else name)
        return self.staging.driver.execute(text, {**self.values, **(more or {})})
