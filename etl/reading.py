"""The files of one load as pieces: as many rows as asked for, of columns that are known."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from etl.drift import Drift
from etl.fields import Vocabulary
from etl.files import Found
from etl.mended import Mended, export_spec
from etl.request import Request, first, reported_since
from etl.rows import Rows
from etl.sandbox.reading import read

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Reading:
    """One pass over the files of a source."""

    words: Vocabulary
    request: Request
    drift: Drift
    report: Report
    mended: Mended

    def pieces(self, found: Sequence[Found]) -> Iterator[Rows]:
        """Yield piece after piece, in the order of the files."""
        left = self.request.limit
        total, before = sum(file.size for file in found), 0
        self.report("read", 0, total)
        for file in found:
            for rows in self._of(file):
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

    def _of(self, file: Found) -> Iterator[Rows]:
        if self.request.file is not None and (spec := export_spec(file.path)) is not None:
            yield from self.mended.read(file.path, name=file.name, spec=spec)
            return
        checked = False
        for rows in read(file.path, name=file.name, spec=self.words.source.read, parts=file.parts):
            if not checked:
                self.drift.check(rows)
                checked = True
            yield rows
