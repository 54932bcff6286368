"""What a reader hands on: a piece of a file as columns, with the number of every row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BATCH = 100_000
"""Rows in a piece, about: memory stays bounded however long the file is."""

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Shapes = NDArray[np.object_]
"""Shapely geometries; `None` where a row has none."""


@dataclass(frozen=True)
class Broken:
    """A row that a reader could not take apart."""

    number: int
    reason: str
    message: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Rows:
    """A piece of a file: its columns as sent, and where in the file each row stood."""

    file: str
    columns: pa.RecordBatch
    numbers: Numbers
    """1 is the first row of data."""
    shapes: Shapes | None = None
    """The file's own geometry, where its format has any."""
    crs: str | None = None
    """The reference system the file itself declares."""
    strange: str | None = None
    """The one it declares that nobody knows; then there is no `crs`."""
    broken: tuple[Broken, ...] = ()
    done: float = 1.0
    """The share of the file that has been read so far."""
    failed: int = 0
    """Cells of a workbook whose formula came to an error, read as empty; told with the first piece."""
    rounded: int = 0
    """Cells of a workbook with a number of more digits than it keeps; told with the first piece."""

    def __len__(self) -> int:
        """Return how many rows could be taken apart."""
        return len(self.numbers)

    def those(self, wanted: Mask) -> "Rows":
        """Return some of the rows, and whatever could not be taken apart."""
        shapes = None if self.shapes is None else self.shapes[wanted]
        return replace(self, columns=self.columns.filter(pa.array(wanted)), numbers=self.numbers[wanted], shapes=shapes)

    @property
    def names(self) -> list[str]:
        """The columns of the file."""
        return list(self.columns.schema.names)
