"""Which files a source has, without opening one, and whether somebody still writes to them."""

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path

from etl.files import awaited, there
from layers.pack import City
from layers.specs import SERVICES, SourceSpec


@dataclass(frozen=True)
class Arrived:
    """The files of a source as they lie there."""

    there: bool = True
    """Whether there is anything to load: a file, or a service."""
    settled: bool = True
    """Whether all files have been left alone for a while."""
    seen: str = ""
    """Changes when a file comes, goes or is written; empty for a service."""
    newest: float = 0.0
    """When a file was last written or put there, by the clock of the folder."""


@dataclass
class Arrivals:
    """Watches the files of a city."""

    city: City
    inbox: Path
    settle: float
    _since: dict[str, tuple[str, float]] = field(default_factory=dict)

    def of(self, source: SourceSpec) -> Arrived:
        """Look at a source's files.

        They are settled when two looks so far apart saw the same, or when the folder's clock says that they are that
        old: so a program that has just started need not wait, and a clock that is wrong holds nothing up for long.
        """
        if source.read.format in SERVICES:
            return Arrived()
        parts: list[tuple[str, int, int]] = []
        newest = 0.0
        try:
            for found in there(source, city=self.city, inbox=self.inbox):
                for part in found.parts:
                    stat = part.stat()
                    parts.append((part.as_posix(), stat.st_size, stat.st_mtime_ns))
                    newest = max(newest, stat.st_mtime, stat.st_ctime)
        except FileNotFoundError:  # moved away just now
            return Arrived(settled=False)
        if not parts:
            # A pattern that leads out of the folders is tried all the same: its load says what is wrong.
            return Arrived(there=not awaited(source, city=self.city, inbox=self.inbox))
        seen = hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()
        before, since = self._since.get(source.id, ("", 0.0))
        if before != seen:
            since = time.monotonic()
            self._since[source.id] = (seen, since)
        old = newest <= time.time() - self.settle
        return Arrived(settled=old or time.monotonic() - since >= self.settle, seen=seen, newest=newest)
