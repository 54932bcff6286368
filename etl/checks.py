"""Which rows may in: verdicts with a short reason for programs and a sentence for people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.hashes import Seen, key_hashes, places
from etl.rows import Mask, Numbers, Rows
from etl.texts import BEGINNINGS, GB, MARK, UNREADABLE, meant

SHOWN = 20
"""How many known names a message lists."""
SHORTENED = r"^\d[.]\d{1,14}E[+]\d{2}$"
"""What a spreadsheet makes of a number too long for its cell."""
REMEMBERED = 2_000_000
"""Rows of a load of which is remembered where they stood, 16 bytes each."""


@dataclass(frozen=True)
class Verdict:
    """Why a row stays out."""

    reason: str
    message: str


class Verdicts:
    """The verdicts on a piece of a file; the first reason found for a row stays."""

    def __init__(self, rows: Rows) -> None:
        """Let every row in."""
        self.rows = rows
        self.good: Mask = np.ones(len(rows), dtype=np.bool_)
        self.unknown_units: dict[int, str] = {}
        """Rows that may in, but name a unit that nobody knows and have no better place: its code."""
        self._found: dict[int, Verdict] = {}

    def reject(self, wrong: Mask, reason: str, message: str | Callable[[int], str]) -> None:
        """Keep rows out; a message that depends on the row is asked for by the row's position."""
        for at in np.flatnonzero(wrong & self.good).tolist():
            self._found[at] = Verdict(reason, message if isinstance(message, str) else message(at))
        self.good &= ~wrong

    def leave_out(self, rows: Mask) -> int:
        """Treat rows as if the file did not have them, whatever is wrong with them; return how many."""
        self.good &= ~rows
        for at in np.flatnonzero(rows).tolist():
            self._found.pop(at, None)
        return int(np.count_nonzero(rows))

    @property
    def settled(self) -> Mask:
        """The rows that may in, with nothing more to be said of them."""
        settled = self.good.copy()
        settled[list(self.unknown_units)] = False
        return settled

    def __iter__(self) -> Iterator[tuple[int, Verdict]]:
        """Yield the position and verdict of every row that stays out, in the file's order."""
        yield from sorted(self._found.items())


def list_some(names: list[str]) -> str:
    """Return names for a message, not too many."""
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def readable(verdicts: Verdicts, encoding: str | None = None) -> None:
    """Reject rows with bytes that are no text in the declared encoding, and lines of column names among the rows."""
    message = "the row is the line of column names again, as where files were joined end to end"
    verdicts.reject(_header_again(verdicts.rows), "repeated-header", message)
    for name in verdicts.rows.names:
        column = verdicts.rows.columns.column(name)
        if not pa.types.is_string(column.type):
            continue
        if str(encoding).lower().replace("-", "") in GB:
            _in_utf8(name, column, verdicts)
        if not _may_hold_other_than_text(column):
            continue
        wrong = np.asarray(pc.fill_null(pc.match_substring_regex(column, UNREADABLE), fill_value=False))
        if wrong.any():
            message = f"{name} holds bytes that are no text in the declared encoding"
            marked = np.asarray(pc.fill_null(pc.match_substring(column, MARK), fill_value=False))
            verdicts.reject(wrong & marked, "bad-text", message)
            verdicts.reject(wrong, "bad-text", f"{name} holds a NUL character, which no text may")


def _in_utf8(name: str, column: pa.Array, verdicts: Verdicts) -> None:
    """Reject rows in UTF-8 in a file of a GB encoding, as where files were joined end to end."""
    wrong = np.asarray(pc.fill_null(pc.match_substring_regex(column, BEGINNINGS), fill_value=False)).copy()
    wrong[wrong] = [meant(text) is not None for text in column.filter(pa.array(wrong)).to_pylist()]
    verdicts.reject(
        wrong,
        "bad-text",
        lambda row: f"{name} is in UTF-8, {meant(column[row].as_py())!r}, and not in the declared encoding",
    )


def _header_again(rows: Rows) -> Mask:
    columns = rows.columns
    # A single name may be a value, too.
    again = np.full(len(rows), len(rows.names) > 1 and all(pa.types.is_string(kind) for kind in columns.schema.types))
    for name in rows.names:
        if again.any():
            again &= np.asarray(pc.fill_null(pc.equal(columns.column(name), name), fill_value=False))
    return again


def _may_hold_other_than_text(column: pa.Array) -> bool:
    """Look at the bytes of a whole column at once: a NUL, or the first byte of `MARK`, which begins little else."""
    text = column.buffers()[2]
    found = np.frombuffer(text, dtype=np.uint8) if text is not None else np.empty(0, dtype=np.uint8)
    return bool((found == 0).any() or (found == MARK.encode()[0]).any())


class Keys:
    """The keys of one load, so that a second row with the same is noticed however far behind."""

    def __init__(self, staged: Callable[[list[str]], set[str]]) -> None:
        """Remember how to ask which of some keys are truly staged."""
        self._staged = staged
        self._seen = Seen()
        self._unchanged = Seen()
        self._origins = Origins()

    def check(self, keys: pa.Array, verdicts: Verdicts, label: str) -> None:
        """Reject rows whose key is empty, or stands in an accepted row before them."""
        verdicts.reject(
            ~np.asarray(keys.is_valid()), "missing-key", f"{label} is empty; every row needs a key of its own"
        )
        shortened = np.asarray(pc.fill_null(pc.match_substring(keys, "E+"), fill_value=False)).copy()
        some = keys.filter(pa.array(shortened))
        shortened[shortened] = np.asarray(pc.match_substring_regex(some, SHORTENED))
        verdicts.reject(
            shortened,
            "rounded-key",
            lambda row: (
                f"{label} is {keys[row].as_py()!r}: a spreadsheet shortened a long number, so several rows may have "
                "the same; have the column written as text and send it again"
            ),
        )
        at = np.flatnonzero(verdicts.good)
        good = keys.take(pa.array(at))
        accepted = good.to_numpy(zero_copy_only=False)
        again = pd.Series(accepted, dtype=object).duplicated().to_numpy(dtype=np.bool_, copy=True)
        hashed = key_hashes(good)
        # Equal hashes only raise a suspicion; the staging table decides.
        suspects = np.flatnonzero(~again & (self._seen.among(hashed) | self._unchanged.among(hashed)))
        truly = self._staged(accepted[suspects].tolist()) if len(suspects) else set()
        again[suspects] = [key in truly for key in accepted[suspects]]
        wrong = np.zeros(len(verdicts.good), dtype=np.bool_)
        wrong[at[again]] = True
        self._seen.add(hashed[~again])
        rows = verdicts.rows
        self._origins.add(rows.file, rows.numbers[at[~again]], hashed[~again])
        first = dict(zip(at[again].tolist(), self._origins.named(hashed[again], rows.file), strict=True))
        verdicts.reject(
            wrong,
            "duplicate-key",
            lambda row: f"{label} {keys[row].as_py()!r} stands in an earlier row of this load{first[row]}",
        )

    def doubtful(self, hashes: NDArray[np.uint64], others: NDArray[np.uint64]) -> Mask:
        """Say which hashes, of keys, may be of one that a row checked before has, or one of `others`."""
        return self._seen.among(hashes) | np.isin(hashes, others)

    def unchanged(self, file: str, numbers: Numbers, hashes: NDArray[np.uint64]) -> None:
        """Remember the keys of rows that need no check, none of them twice."""
        self._unchanged.add(hashes)
        self._origins.add(file, numbers, hashes)


class Origins:
    """Where the first rows of a load stood, so that a row that repeats one of them can name it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._pieces: list[tuple[str, Numbers, NDArray[np.uint64]]] = []

    def add(self, file: str, numbers: Numbers, hashes: NDArray[np.uint64]) -> None:
        """Remember the rows of a piece by the hashes of their keys, as long as there are not too many."""
        if sum(len(some) for _, some, _ in self._pieces) < REMEMBERED:
            self._pieces.append((file, numbers, hashes))

    def named(self, hashes: NDArray[np.uint64], file: str) -> list[str]:
        """Return `, row 7` for each hash, with the file where it is another one; nothing where it is not known."""
        found = [""] * len(hashes)
        for name, numbers, known in self._pieces if len(hashes) else []:
            order = np.argsort(known)
            place, there = places(known[order], hashes)
            for at in np.flatnonzero(there).tolist():
                found[at] = f", row {numbers[order[place[at]]]}" + (f" of {name}" if name != file else "")
        return found
