"""JSON: a list of records, at the top or under the keys that the pack names; or a record a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl import records
from etl.checks import list_some
from etl.encodings import encoding_of_file
from etl.rows import Rows
from etl.texts import keep_bad_bytes
from layers.errors import SourceDataError
from layers.specs import ReadSpec


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
    """Read a document as a whole, then hand its records on piece by piece."""
    found = records_at(document(file, name=name, spec=spec), spec.records, name=name)
    yield from records.pieces(name, lambda: found)


def records_at(document: Any, path: str, *, name: str) -> list[Any]:  # noqa: ANN401 - any JSON
    """Return the list at the end of a path of keys."""
    here = document
    for key in path.split(".") if path else ():
        if not isinstance(here, dict) or key not in here:
            has = list_some(list(here)) if isinstance(here, dict) else f"a {type(here).__name__}"
            raise SourceDataError(name, found=f"no key {key!r} of {path!r}", right=f"there it has {has}")
        here = here[key]
    if not isinstance(here, list):
        has = f"keys {list_some(list(here))}" if isinstance(here, dict) else f"a {type(here).__name__}"
        right = "name the keys on the way to the list under read.records"
        raise SourceDataError(name, found=f"no list of records at {path or 'the top'!r} but {has}", right=right)
    return here


def document(file: Path, *, name: str, spec: ReadSpec) -> Any:  # noqa: ANN401 - any JSON
    """Return the whole of a document; of a record a line, the list of all."""
    encoding = encoding_of_file(file) or "utf-8" if spec.encoding in {None, "auto"} else spec.encoding
    try:
        text = file.read_bytes().decode(encoding or "utf-8", errors=keep_bad_bytes).removeprefix("\ufeff")
        try:
            return json.loads(text, parse_constant=str)
        except json.JSONDecodeError:
            lines = [line for line in text.split("\n") if line.strip()]
            if not lines or not all(isinstance(_line(line), dict) for line in lines[:2]):
                raise
            return [_line(line) for line in lines]
    except RecursionError as mistake:
        raise SourceDataError(name, found="it is nested too deeply", right="send a flat list of records") from mistake
    except (ValueError, OSError, LookupError) as mistake:
        raise SourceDataError(name, found=str(mistake), right="send the file again as JSON") from mistake


def _line(line: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what a line holds; itself, which is no record, where it is broken."""
    try:
        return json.loads(line, parse_constant=str)
    except json.JSONDecodeError:
        return line
