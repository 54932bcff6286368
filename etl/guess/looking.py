"""A file looked at through the sandbox: how it opens, and its first rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from etl import files
from etl.guess.columns import Sample
from etl.guess.guess import Guess, plain
from etl.sandbox.reading import look, read
from layers.errors import SourceDataError
from layers.specs import ReadSpec

OPENING = TypeAdapter(dict[str, Guess])


@dataclass(frozen=True)
class Looked:
    """What is known of a file."""

    file: files.Found
    read: dict[str, Guess]
    """The keys of `[read]`, but for the path."""
    sample: Sample


def looked_at(path: Path) -> Looked:
    """Return how a file opens and what its first rows hold.

    Raises:
        SourceDataError: It cannot be read, or has no rows.
    """
    file = files.named(path)
    opening = _believed(look(file.path, name=file.name, parts=file.parts), file.name)
    spec = ReadSpec(path=file.name, **plain(opening))
    broken = None
    for rows in read(file.path, name=file.name, spec=spec, parts=file.parts):
        broken = broken or next(iter(rows.broken), None)
        sample = Sample.of(rows)
        if sample.geometry is not None or any(column.counts for column in sample.columns):
            if sample.nulls:
                often = ", ".join(f"{word} ({many})" for word, many in sample.nulls.items())
                why = f"texts that mean nothing, and how often they stand there: {often}"
                opening["null"] = Guess(tuple(sample.nulls), why, "likely")
            return Looked(file, opening, sample)
    if broken is not None:
        found = f"no row can be taken apart; of row {broken.number}, {broken.message}"
        raise SourceDataError(file.name, found=found, right="mend the rows, or the line of names")
    raise SourceDataError(file.name, found="it has no rows", right="send one with rows")


def _believed(said: Any, name: str) -> dict[str, Guess]:  # noqa: ANN401 - any JSON
    """Return what a process found out that a file may have taken over, if it makes sense."""
    try:
        opening = OPENING.validate_python(said)
        ReadSpec(path=name, **plain(opening))
    except (ValidationError, TypeError) as mistake:
        found = "what was found out about it makes no sense"
        raise SourceDataError(name, found=found, right="send the file again") from mistake
    return opening
