"""The counts of a source's first load, level by level, in the order of their key.

A trigger has to look for every count before it adds to it. Of a source that had none, all counts are new: they are
summed up here and copied in as the index wants them, which takes a third of the time and leaves the index half as big.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.copying import copy
from layers.model import COUNTED, KINDS_BY_DAY, KINDS_BY_MONTH, TOTALS_BY_DAY, Grain, Status, level_bits, level_shift

Numbers = NDArray[np.int64]
Rows = NDArray[np.void]
ROW = np.dtype(
    [("unit", "i8"), ("reported", "i8"), ("due", "i8"), ("category", "i2"), ("status", "i1"), ("on_time", "?")]
)
"""What counting needs to know of an incident; times in microseconds since 1970."""
AT_ONCE = 2_000_000
"""Incidents that are summed up at once, which takes 250 bytes for each."""
DAY_ZERO = np.datetime64("2000-01-01", "D")
QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: since 1972, no zone has begun a day between two of them."""
DAYS = """
    SELECT array_agg((to_timestamp(quarter * 900) AT TIME ZONE time_zone)::date - date '2000-01-01' ORDER BY at)
    FROM settings, unnest(%s::bigint[]) WITH ORDINALITY AS asked (quarter, at)
"""


def noted(batch: pa.RecordBatch) -> Rows:
    """Return what counting needs to know of a batch of incidents."""
    rows = np.empty(len(batch), dtype=ROW)
    rows["unit"] = batch.column("unit_id").to_numpy()
    rows["category"] = batch.column("category_id").to_numpy()
    rows["status"] = batch.column("status").to_numpy()
    rows["reported"] = batch.column("reported_at").cast(pa.int64()).to_numpy()
    rows["due"] = batch.column("due_at").cast(pa.int64()).to_numpy()
    in_time = pc.fill_null(pc.less_equal(batch.column("closed_at"), batch.column("due_at")), fill_value=False)
    rows["on_time"] = (rows["status"] == Status.CLOSED) & np.asarray(in_time)
    return rows


def roll_up(
    driver: psycopg.Connection, rows: Rows, *, source: int, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Count the incidents of a source that has no counts yet; `meanwhile` has the database while they are summed."""
    counting = Counting(driver, source)
    for first in range(0, len(rows), AT_ONCE):
        counting.add(rows[first : first + AT_ONCE])
    counting.write(meanwhile)


class Counting:
    """Counts the incidents of a source that has no counts yet, as they come: a few million at a time are held."""

    def __init__(self, driver: psycopg.Connection, source: int) -> None:
        """Begin with none."""
        self.driver = driver
        self.source = source
        self._rows: list[Rows] = []
        self._sums: dict[tuple[int, int], pa.RecordBatch] = {}
        """By rank and grain."""
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="counts")
        self._summing: Future[None] | None = None

    def add(self, rows: Rows) -> None:
        """Add some; where there are many, they are summed up while others come."""
        self._rows.append(rows)
        if sum(map(len, self._rows)) >= AT_ONCE:
            self._sum()

    def write(self, meanwhile: Callable[[], None]) -> None:
        """Write the counts of all; `meanwhile` has the database while the last are summed."""
        self._sum()
        meanwhile()
        self._settle()
        self._aside.shutdown()
        for _, batch in sorted(self._sums.items(), key=lambda item: item[0]):
            copy(self.driver, "incident_count", batch)

    def _sum(self) -> None:
        # Nobody judges anew what is late before this transaction is over.
        asked = "SELECT levels, (extract(epoch FROM judged_at) * 1000000)::bigint FROM settings FOR SHARE"
        settings = self.driver.execute(asked).fetchone()
        if settings is None or not self._rows:
            return
        levels, judged = settings
        rows = np.concatenate(self._rows)
        self._rows.clear()
        days = DAY_ZERO + local_days(self.driver, rows["reported"]).astype("timedelta64[D]")
        self._settle()
        found = counts(rows, days, numbers_of(rows, judged), levels=levels, source=self.source)
        self._summing = self._aside.submit(self._take, found)

    def _settle(self) -> None:
        if self._summing is not None:
            self._summing.result()

    def _take(self, found: Iterator[pa.RecordBatch]) -> None:
        for batch in found:
            key = (batch.column("rank")[0].as_py(), batch.column("grain")[0].as_py())
            self._sums[key] = together(self._sums[key], batch) if key in self._sums else batch


def numbers_of(rows: Rows, judged: int) -> dict[str, Any]:
    """Return the numbers of `incident_count` of each row by itself; late is what was due before it was judged."""
    status, late = rows["status"], (rows["status"] < Status.CLOSED) & (rows["due"] < judged)
    open_ = {name: status == Status[name.upper()] for name in ("accepted", "dispatched", "resolved")}
    return {
        "n": status > 0,
        **open_,
        "closed": status == Status.CLOSED,
        "on_time": rows["on_time"],
        "late": late,
        **{f"late_{name}": late & reached for name, reached in open_.items()},
    }


def local_days(driver: psycopg.Connection, instants: Numbers) -> Numbers:
    """Return the city's days, counted from 2000, on which some instants fall, as the database itself sees them."""
    quarters, which = np.unique(instants // QUARTER, return_inverse=True)
    found = driver.execute(DAYS, [quarters.tolist()]).fetchone()
    days: Numbers = np.array(found[0] if found else [], dtype=np.int64)[which]
    return days


def counts(
    rows: Rows, days: NDArray[np.datetime64], numbers: Mapping[str, Any], *, levels: int, source: int
) -> Iterator[pa.RecordBatch]:
    """Yield the counts of every level and grain, in the order of their key."""
    months = days.astype("datetime64[M]").astype("datetime64[D]")
    every = np.zeros(len(rows), dtype=np.int16)
    for rank in range(levels):
        shift = level_shift(rank, levels)
        there = (rows["unit"] >> shift) & ((1 << level_bits(levels)) - 1) != 0
        if not there.any():
            continue
        units, unit = np.unique(rows["unit"][there] >> shift << shift, return_inverse=True)
        size = len(unit)
        for grain, periods, totals, by_kind in (
            (Grain.DAY, days, TOTALS_BY_DAY, KINDS_BY_DAY),
            (Grain.MONTH, months, levels, KINDS_BY_MONTH),
        ):
            # All categories together and each by itself in one, since that is how they stand in the key.
            kinds = [every] * (rank <= totals) + [rows["category"]] * (rank <= by_kind)
            if not kinds:
                continue
            category = np.concatenate([kind[there] for kind in kinds])
            period = np.tile(periods[there], len(kinds))
            first, order, starts = runs([np.tile(unit, len(kinds)), category, period])
            yield pa.RecordBatch.from_pydict(
                {
                    "rank": constant(rank, len(first)),
                    "grain": constant(grain, len(first)),
                    "unit_id": units[unit[first % size]],
                    "category_id": category[first],
                    "period": pa.array(period[first], pa.date32()),
                    "source_id": constant(source, len(first)),
                    **{name: sums(number[there][order % size], starts) for name, number in numbers.items()},
                }
            )


def together(one: pa.RecordBatch, other: pa.RecordBatch) -> pa.RecordBatch:
    """Return the counts of two parts of a source's incidents, on one level and of one grain, as those of both."""
    both = pa.concat_batches([one, other])
    _, unit = np.unique(both.column("unit_id").to_numpy(), return_inverse=True)
    first, order, starts = runs(
        [unit, both.column("category_id").to_numpy(), both.column("period").to_numpy(zero_copy_only=False)]
    )
    added = {name: pa.array(sums(both.column(name).to_numpy()[order], starts)) for name in COUNTED}
    columns = [added.get(name, both.column(name).take(pa.array(first))) for name in both.schema.names]
    return pa.RecordBatch.from_arrays(columns, both.schema.names)


def runs(key: list[NDArray[Any]]) -> tuple[Numbers, Numbers, Numbers]:
    """Return where each different key stands first, the order of the keys, and where in it each begins.

    The parts of a key are whole numbers in a narrow range, or days, so that all of it is one integer.
    """
    whole = np.zeros(len(key[0]), dtype=np.int64)
    for column in key:
        part = column.astype(np.int64)
        lowest = part.min()
        whole = whole * (part.max() - lowest + 1) + part - lowest
    order = np.argsort(whole)
    starts = np.flatnonzero(np.diff(whole[order], prepend=-1))
    return order[starts], order, starts


def sums(numbers: NDArray[Any], starts: Numbers) -> NDArray[np.int32]:
    """Return the sum of each run."""
    return np.add.reduceat(numbers, starts, dtype=np.int32)


def constant(value: int, size: int) -> pa.Array:
    """Return a small number, repeated."""
    return pa.repeat(pa.scalar(int(value), pa.int16()), size)
