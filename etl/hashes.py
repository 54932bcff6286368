"""A 64-bit hash of each row, the same at every run, so that a re-load writes only what changed; sets of hashes."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.rows import Mask

END = b"\x1f"
"""Between values."""
NULL = b"\x00"
"""Stands for a missing value; no text holds it."""

Hash = TypeVar("Hash", np.int64, np.uint64)


def row_hashes(columns: list[pa.Array]) -> pa.Array:
    """Return the hash of each row over all columns, in order."""
    joined: Any = pc.binary_join_element_wise(*(_bytes(column) for column in columns), END)
    hashed = pd.util.hash_array(joined.to_numpy(zero_copy_only=False), categorize=False)
    return pa.array(np.asarray(hashed, dtype=np.uint64).view(np.int64))


def stamped_hashes(columns: Mapping[str, pa.Array]) -> pa.Array:
    """Return the hash of each row of a table, in which the unit can be exchanged by `unit_hashes` of both."""
    others = row_hashes([column for name, column in columns.items() if name != "unit_id"])
    return pa.array(others.to_numpy() ^ unit_hashes(columns["unit_id"].to_numpy()))


def unit_hashes(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what the unit of each row adds to its hash, by exclusive or."""
    return pd.util.hash_array(units, categorize=False).view(np.int64)


def key_hashes(keys: pa.Array) -> NDArray[np.uint64]:
    """Return the hash of each key, none of which is missing."""
    return pd.util.hash_array(keys.to_numpy(zero_copy_only=False), categorize=False)


def _bytes(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if not pa.types.is_binary(column.type):
        column = column.cast(pa.string()).cast(pa.binary())
    return pc.fill_null(column, NULL)


def distinct(ordered: NDArray[Hash]) -> NDArray[Hash]:
    """Return hashes in order, each of them once."""
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def places(ordered: NDArray[Hash], asked: NDArray[Hash]) -> tuple[NDArray[np.int64], Mask]:
    """Return where hashes stand among others in order, and which of them do.

    They are looked for in their order: a search that leaps about in a large array waits for memory at every step.
    """
    place = np.zeros(len(asked), dtype=np.int64)
    if not len(ordered):
        return place, np.zeros(len(asked), dtype=np.bool_)
    order = np.argsort(asked)
    place[order] = np.minimum(np.searchsorted(ordered, asked[order]), len(ordered) - 1)
    return place, np.asarray(ordered[place] == asked)


class Seen:
    """A set of hashes that grows: a few arrays in order, each at least twice as long as the next."""

    def __init__(self) -> None:
        """Begin with none."""
        self._parts: list[NDArray[np.uint64]] = []

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Add some."""
        new = np.sort(hashes)
        while self._parts and len(self._parts[-1]) < 2 * len(new):
            new = np.sort(np.concatenate([self._parts.pop(), new]), kind="stable")
        self._parts.append(new)

    def among(self, hashes: NDArray[np.uint64]) -> Mask:
        """Say which of some hashes were added."""
        found = np.zeros(len(hashes), dtype=np.bool_)
        for part in self._parts:
            found |= places(part, hashes)[1]
        return found
