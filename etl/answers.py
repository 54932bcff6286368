"""What a service answered, kept as a file of one JSON record a line, so that it can be read like any other."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from etl import records
from etl.rows import Rows
from layers.errors import SourceDataError


def keep(answer: Iterable[Any], into: Path, *, once: bool) -> None:
    """Write records to a file that is there whole or not at all; with `once`, the same record is kept only once."""
    into.parent.mkdir(parents=True, exist_ok=True)
    unfinished = into.with_suffix(".unfinished")
    seen: set[int] = set()
    # Never write through a link that somebody put there.
    unfinished.unlink(missing_ok=True)
    try:
        with unfinished.open("x", encoding="utf-8") as lines:
            for record in answer:
                line = json.dumps(record, ensure_ascii=True, default=records.text_of)
                if once:
                    if hash(line) in seen:
                        continue
                    seen.add(hash(line))
                lines.write(f"{line}\n")
        unfinished.replace(into)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def read(file: Path, name: str) -> Iterator[Rows]:
    """Read a kept answer piece by piece."""

    def lines() -> Iterator[Any]:
        with file.open(encoding="utf-8") as text:
            for line in text:
                yield json.loads(line, parse_constant=str)

    try:
        yield from records.pieces(name, lines)
    except (ValueError, RecursionError, OSError) as mistake:
        found = f"the kept answer is damaged: {mistake}"
        raise SourceDataError(name, found=found, right="load the source again") from mistake
