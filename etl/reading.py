"""The files of one load as pieces: as many rows as asked for, of columns that are known."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from etl.ahead import Ahead
from etl.drift import Drift
from etl.fields import Vocabulary
from etl.files import Found
from etl.mended import Mended, export_spec
from etl.request import Request, first, reported_since
from etl.rows import Rows
from etl.sandbox.reading import read
from etl.systems import require

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Reading:
    """One pass over the files of a source."""

    words: Vocabulary
    request: Request
    drift: Drift
    report: Report
    mended: Mended

    def pieces(self, found: Sequence[Found]) -> Generator[Rows]:
        """Return the pieces, in the order of the files; the first file begins to be read before one is asked for."""
        return self._pieces(found, [self._begin(file) for file in found[:1]])

    def _pieces(self, found: Sequence[Found], begun: list[Iterator[Rows]]) -> Generator[Rows]:
        left = self.request.limit
        total, before = sum(file.size for file in found), 0
        self.report("read", 0, total)
        for file in found:
            for rows in begun.pop() if begun else self._begin(file):
                some = rows if left is None else first(self._asked_for(rows), left)
                yield some
                self.report("read", before + int(rows.done * file.size), total)
                if left is not None:
                    left -= len(some) + len(some.broken)
                    if not left:
                        return
            before += file.size
        self.report("read", total, total)

    def _asked_for(self, rows: Rows) -> Rows:
        """Return the rows of which a limit counts the first."""
        since = self.request.since
        return rows if since is None else reported_since(rows, since, self.words)

    def check(self, rows: Rows) -> None:
        """Look at a file by its first piece.

        Raises:
            SourceDataError: Its columns are others than before, or nobody knows what its coordinates are in.
        """
        self.drift.check(rows)
        require(rows, self.words.source.place)

    def _begin(self, file: Found) -> Iterator[Rows]:
        """Begin to read a file, unless it is rejects that somebody mended, whose columns are known."""
        if self.request.file is not None and (spec := export_spec(file.path)) is not None:
            return self.mended.read(file.path, name=file.name, spec=spec)
        return self._checked(Ahead(read(file.path, name=file.name, spec=self.words.source.read, parts=file.parts)))

    def _checked(self, pieces: Ahead[Rows]) -> Iterator[Rows]:
        with pieces:
            for at, rows in enumerate(pieces):
                if at == 0:
                    self.check(rows)
                yield rows
