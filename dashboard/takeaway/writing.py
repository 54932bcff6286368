"""What the formats have in common: a writer makes a file of a table, piece by piece, and can be stopped between two.

A writer yields bytes as soon as it has some, and nothing (`b""`) where it only wants to be asked again: whoever waits
for the file may have left. `count` is told how many rows each step wrote.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dashboard.takeaway.notes import Note
from dashboard.takeaway.tables import Order, Record, Table

PIECE = 2**20


@dataclass(frozen=True)
class Job:
    """One file to be made: the rows, what is said about them, and a folder for what can't be streamed."""

    order: Order
    table: Table
    notes: Sequence[Note]
    folder: Path
    count: Callable[[int], None]

    def batches(self) -> Iterator[Sequence[Record]]:
        """Return the rows, some at a time, and count them."""
        for batch in self.table.batches(self.order.connection):
            yield batch
            self.count(len(batch))


class Writer(Protocol):
    """A format: makes the bytes of a file."""

    def __call__(self, job: Job) -> Iterator[bytes]:
        """Return the file in pieces."""


def sent(file: Path) -> Iterator[bytes]:
    """Return a finished file in pieces."""
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
