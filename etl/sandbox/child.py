"""What happens within a reading process: unpack, read, leave out what means nothing, send; or look how a file opens."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from io import RawIOBase
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl.archives import unpacked
from etl.guess.opening import opening
from etl.readers import reader
from etl.rows import Rows
from etl.sandbox.wire import ANEW, DONE, HEAD, OPENING, REFUSED, ROWS, packed
from etl.systems import recognised
from layers.errors import SourceDataError
from layers.specs import ReadSpec


def send(request: Mapping[str, Any], into: RawIOBase) -> None:
    """Send a file's rows, then that it is done, or why it cannot be read; without a `spec`, only how it opens."""
    try:
        if request["spec"] is None:
            _frame(into, OPENING, _looked(request))
            return
        for rows in _pieces(request):
            _frame(into, ROWS, memoryview(packed(rows)))
        _frame(into, DONE, b"")
    except SourceDataError as refused:
        _refuse(into, refused.found, refused.right)
    except MemoryError:
        most = request["limits"]["memory"] >> 20
        _refuse(into, f"reading it takes more than {most} MiB of memory", "send it in parts, or mend it")
    except BrokenPipeError:
        return  # nobody wants the rest
    except BaseException as mistake:  # noqa: BLE001 - also the panics of libraries, which are no exceptions of Python's
        said = str(mistake).partition("\n")[0][:500]
        _refuse(into, f"the reader gave up: {type(mistake).__name__}: {said}", ANEW)


def without_nulls(rows: Rows, nulls: tuple[str, ...]) -> Rows:
    """Return rows whose texts that mean nothing are nothing."""
    if not nulls:
        return rows
    columns = {}
    for name in rows.names:
        column = rows.columns.column(name)
        if pa.types.is_string(column.type):
            empty = pc.is_in(pc.utf8_trim_whitespace(column), value_set=pa.array(nulls, pa.string()))
            column = pc.if_else(empty, pa.scalar(None, pa.string()), column)
        columns[name] = column
    return replace(rows, columns=pa.RecordBatch.from_pydict(columns))


def _looked(request: Mapping[str, Any]) -> bytes:
    found = opening(Path(request["parts"][0]), name=request["name"], folder=Path(request["folder"]))
    return json.dumps({key: asdict(guess) for key, guess in found.items()}).encode()


def _pieces(request: Mapping[str, Any]) -> Iterator[Rows]:
    spec = ReadSpec.model_validate(request["spec"])
    name = request["name"]
    file = unpacked(Path(request["parts"][0]), name=name, wanted=spec.format, into=Path(request["folder"]))
    for rows in reader(spec.format)(file, name=name, spec=spec):
        yield recognised(without_nulls(rows, spec.null))


def _refuse(into: RawIOBase, found: str, right: str) -> None:
    text = json.dumps({"found": found, "right": right}).encode()
    _frame(into, REFUSED, text)


def _frame(into: RawIOBase, kind: bytes, content: bytes | memoryview) -> None:
    _all(into, HEAD.pack(kind, len(content)))
    _all(into, content)


def _all(into: RawIOBase, content: bytes | memoryview) -> None:
    left = memoryview(content)
    while left:
        left = left[into.write(left) or 0 :]
