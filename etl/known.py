"""The hashes of a source's rows in force: a row whose hash is among them is there as it is."""

from collections.abc import Mapping

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.copying import numbers_from
from etl.hashes import distinct, places
from etl.rows import Mask
from etl.staging import statement

WAITING = """
SELECT DISTINCT reject.key FROM reject JOIN load ON load.id = reject.load_id
WHERE load.source_id = %(source)s AND reject.resolved_by IS NULL AND reject.key IS NOT NULL
"""


class Known:
    """Eight bytes for every row, so that ten million of them fit beside the load."""

    def __init__(self, driver: psycopg.Connection, table: str, values: Mapping[str, object]) -> None:
        """Ask for the hashes, and for the keys of rejects that wait to be mended."""
        hashes = numbers_from(driver, statement(f"{table}_hashes"), values, row_hash="i8")["row_hash"]
        self.hashes: NDArray[np.int64] = distinct(np.sort(hashes))
        self.seen: Mask = np.zeros(len(self.hashes), dtype=np.bool_)
        self.waiting = pa.array([row[0] for row in driver.execute(WAITING, values)], pa.string())
        """Keys that wait among the rejects to be mended."""

    def __len__(self) -> int:
        """Return how many rows are in force."""
        return len(self.hashes)

    def there(self, batch: pa.RecordBatch) -> Mask:
        """Say which rows of a batch are there as they are, and remember that they came.

        One whose key waits among the rejects is not said to be: it may be what they wait for.
        """
        place, there = places(self.hashes, batch.column("row_hash").to_numpy())
        self.seen[place[there]] = True
        waited_for: Mask = np.asarray(pc.is_in(batch.column("key"), value_set=self.waiting))
        return there & ~waited_for

    def twice(self, place: NDArray[np.int64]) -> Mask:
        """Say of which of these places there is another, or one that came before."""
        order = np.sort(place)
        return self.seen[place] | np.isin(place, order[1:][order[1:] == order[:-1]])

    def came(self, hashes: NDArray[np.int64]) -> Mask:
        """Say which of some hashes this load has brought again."""
        place, there = places(self.hashes, hashes)
        there[there] = self.seen[place[there]]
        return there

    @property
    def missing(self) -> NDArray[np.int64]:
        """The hashes that this load has not brought again: of rows that changed, and of rows that are gone."""
        return self.hashes[~self.seen]
