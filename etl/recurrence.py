"""Rejects that come again as they were: they stand in the table already, and a load's record points at them."""

from collections.abc import Sequence

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from etl.copying import numbers_from
from etl.hashes import places, row_hashes
from etl.rows import Mask
from etl.staging import statement

Reject = tuple[int, str, str, str, str | None]
"""Row number, reason, message, the row as JSON, and its key where that can be told."""
POINT = "UPDATE load SET detail = detail || jsonb_build_object('same_rejects', %s::jsonb) WHERE id = %s"


class Recurrence:
    """The rejects that the source's last loads had, 16 bytes each, and which of them one load has again."""

    def __init__(self, driver: psycopg.Connection, source: int) -> None:
        """Ask for the rejects that still wait to be mended."""
        self.driver = driver
        found = numbers_from(driver, statement("reject_hashes"), {"source": source}, hash="i8", id="i8")
        found = found[np.argsort(found["hash"], kind="stable")]
        self._hashes, self._ids = np.ascontiguousarray(found["hash"]), np.ascontiguousarray(found["id"])
        self._came: Mask = np.zeros(len(found), dtype=np.bool_)

    def again(self, hashes: NDArray[np.int64]) -> Mask:
        """Say which of some rejects are there as they are, and remember that they came; one stands for one."""
        if not len(self._hashes):
            return np.zeros(len(hashes), dtype=np.bool_)
        place, there = places(self._hashes, hashes)
        once = np.zeros(len(hashes), dtype=np.bool_)
        once[np.unique(hashes, return_index=True)[1]] = True
        there &= once & ~self._came[place]
        self._came[place[there]] = True
        return there

    def point(self, load: int) -> None:
        """Point at the rejects that came again, in the record of the load: it is theirs as well from now on."""
        ids = np.sort(self._ids[self._came])
        if not len(ids):
            return
        parts = np.split(ids, np.flatnonzero(np.diff(ids) != 1) + 1)
        runs = [[int(part[0]), int(part[-1])] for part in parts]
        self.driver.execute(POINT, [Jsonb(runs), load])


def reject_hashes(file: str, rejects: Sequence[Reject]) -> NDArray[np.int64]:
    """Return a hash of all that is said of each reject."""
    numbers, reasons, messages, rows, keys = zip(*rejects, strict=True)
    texts = [pa.array(values, pa.string()) for values in (reasons, messages, rows, keys)]
    hashes: NDArray[np.int64] = row_hashes([pa.repeat(file, len(rejects)), pa.array(numbers), *texts]).to_numpy()
    return hashes
