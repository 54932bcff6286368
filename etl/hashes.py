"""A 64-bit hash of each row, the same at every run, so that a re-load writes only what changed."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

END = b"\x1f"
"""Between values."""
NULL = b"\x00"
"""Stands for a missing value; no text holds it."""


def row_hashes(columns: list[pa.Array]) -> pa.Array:
    """Return the hash of each row over all columns, in order."""
    joined: Any = pc.binary_join_element_wise(*(_bytes(column) for column in columns), END)
    hashed = pd.util.hash_array(joined.to_numpy(zero_copy_only=False), categorize=False)
    return pa.array(np.asarray(hashed, dtype=np.uint64).view(np.int64))


def _bytes(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if not pa.types.is_binary(column.type):
        column = column.cast(pa.string()).cast(pa.binary())
    return pc.fill_null(column, NULL)
