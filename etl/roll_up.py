"""The counts of a source's first load, level by level, in the order of their key.

A trigger has to look for every count before it adds to it. Of a source that had none, all counts are new: they are
summed up here and copied in as the index wants them, which takes a third of the time and leaves the index half as big.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray

from etl.copying import copy, numbers_from
from etl.staging import statement
from layers.model import KINDS_BY_DAY, KINDS_BY_MONTH, TOTALS_BY_DAY, Grain, Status, level_bits, level_shift

Numbers = NDArray[np.int64]
NUMBERS: Mapping[str, tuple[str, Callable[[Numbers], Any]]] = {
    "n": ("n", lambda status: status > 0),
    "accepted": ("n", lambda status: status == Status.ACCEPTED),
    "dispatched": ("n", lambda status: status == Status.DISPATCHED),
    "resolved": ("n", lambda status: status == Status.RESOLVED),
    "closed": ("n", lambda status: status == Status.CLOSED),
    "on_time": ("on_time", lambda status: status == Status.CLOSED),
    "late": ("late", lambda status: status < Status.CLOSED),
    "late_accepted": ("late", lambda status: status == Status.ACCEPTED),
    "late_dispatched": ("late", lambda status: status == Status.DISPATCHED),
    "late_resolved": ("late", lambda status: status == Status.RESOLVED),
}
"""The numbers of `incident_count`: of what was counted, and in which statuses."""
DAY_ZERO = np.datetime64("2000-01-01", "D")


def roll_up(driver: psycopg.Connection, values: Mapping[str, Any]) -> None:
    """Count the rows of a source that has no counts yet."""
    # Nobody judges anew what is late before this transaction is over.
    levels = driver.execute("SELECT levels FROM settings FOR SHARE").fetchone()
    kinds = {"unit": "i8", "day": "i4", "category": "i2", "status": "i2", "n": "i4", "on_time": "i4", "late": "i4"}
    counted = numbers_from(driver, statement("incident_counted"), values, **kinds)
    if len(counted) and levels:
        for batch in counts(counted, levels=levels[0], source=values["source"]):
            copy(driver, "incident_count", batch)


def counts(counted: NDArray[np.void], *, levels: int, source: int) -> Iterator[pa.RecordBatch]:
    """Yield the counts of every level and grain, in the order of their key."""
    days = DAY_ZERO + counted["day"].astype("timedelta64[D]")
    months = days.astype("datetime64[M]").astype("datetime64[D]")
    every = np.zeros(len(counted), dtype=np.int16)
    numbers = {name: counted[of] * is_in(counted["status"]) for name, (of, is_in) in NUMBERS.items()}
    for rank in range(levels):
        shift = level_shift(rank, levels)
        there = (counted["unit"] >> shift) & ((1 << level_bits(levels)) - 1) != 0
        if not there.any():
            continue
        units, unit = np.unique(counted["unit"][there] >> shift << shift, return_inverse=True)
        size = len(unit)
        for grain, periods, totals, by_kind in (
            (Grain.DAY, days, TOTALS_BY_DAY, KINDS_BY_DAY),
            (Grain.MONTH, months, levels, KINDS_BY_MONTH),
        ):
            # All categories together and each by itself in one, since that is how they stand in the key.
            kinds = [every] * (rank <= totals) + [counted["category"]] * (rank <= by_kind)
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


def sums(numbers: Numbers, starts: Numbers) -> NDArray[np.int32]:
    """Return the sum of each run."""
    return np.add.reduceat(numbers, starts).astype(np.int32)


def constant(value: int, size: int) -> pa.Array:
    """Return a small number, repeated."""
    return pa.repeat(pa.scalar(int(value), pa.int16()), size)
