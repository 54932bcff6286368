"""What a person asks of a load beyond "load this source"."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.checks import Verdicts
from etl.fields import INSTANT, Fields, Vocabulary
from etl.rows import Mask, Rows


@dataclass(frozen=True)
class Request:
    """Which part of a source to load; without anything said, all of it."""

    file: Path | None = None
    """One file in the source's shape, instead of those its pattern finds."""
    since: datetime | None = None
    """Incidents reported, and files of anything else written, at or after this."""
    limit: int | None = None
    """How many rows to look at, from the first of those asked for."""
    accept_drift: bool = False
    """Take files whose columns are other than before, and remember them."""
    accept_suspicion: bool = False
    """Publish rows whose places look wrong."""
    scheduler: str | None = None
    """The address of a Dask cluster that reads and places the rows, instead of this machine."""

    @property
    def partial(self) -> bool:
        """Whether a row may be absent because nobody asked for it: then nothing is known to be gone."""
        return self.file is not None or self.since is not None or self.limit is not None


def reported_since(rows: Rows, since: datetime, words: Vocabulary) -> Rows:
    """Return a piece without incidents reported before a time; what is no incident, or has no readable time, stays."""
    if words.source.feeds != "incidents":
        return rows
    reported = Fields(rows, words, Verdicts(rows)).instant("reported_at")
    return rows.those(~reported_before(reported, since))


def reported_before(reported: pa.Array, since: datetime) -> Mask:
    """Say which incidents nobody asked for."""
    return np.asarray(pc.fill_null(pc.less(reported, pa.scalar(since, INSTANT)), fill_value=False))


def first(rows: Rows, many: int) -> Rows:
    """Return the first rows of a piece, in the file's order, those that could not be taken apart among them."""
    numbers = np.sort(np.concatenate([rows.numbers, np.array([item.number for item in rows.broken], dtype=np.int64)]))
    if len(numbers) <= many:
        return rows
    end = numbers[many]
    good = int(np.searchsorted(rows.numbers, end))
    return replace(
        rows,
        columns=rows.columns.slice(0, good),
        numbers=rows.numbers[:good],
        shapes=None if rows.shapes is None else rows.shapes[:good],
        broken=tuple(item for item in rows.broken if item.number < end),
    )
