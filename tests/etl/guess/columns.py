"""Short ways to say what a file holds."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from etl.guess.columns import Column, Sample
from etl.rows import Rows, Shapes

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def column(name: str, *values: object) -> Column:
    """Return a column of texts, or of what else the values are."""
    return Column.of(name, pa.array(list(values)))


def sample(**columns: Sequence[object]) -> Sample:
    """Return a file of these columns; a blank in a name is written `__`."""
    batch = pa.RecordBatch.from_pydict({name.replace("__", " "): list(values) for name, values in columns.items()})
    return Sample.of(Rows("file.csv", batch, np.arange(1, len(batch) + 1)))


def drawn(shapes: Shapes, crs: str | None) -> Sample:
    """Return a file of shapes in a reference system, numbered."""
    numbers = np.arange(1, len(shapes) + 1)
    batch = pa.RecordBatch.from_pydict({"n": pa.array(numbers)})
    return Sample.of(Rows("file.geojson", batch, numbers, shapes=shapes, crs=crs))
