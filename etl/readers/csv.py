"""Delimited text in a declared or found encoding; every value stays the text that was sent."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from encodings import utf_8_sig
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from etl.encodings import encoding_by_mark, encoding_of_file
from etl.rows import Broken, Rows
from etl.texts import MARK, keep_bad_bytes
from layers.errors import SourceDataError
from layers.plural import counted
from layers.specs import ReadSpec

BLOCK = 16 << 20
"""Bytes in a piece, about 100,000 rows."""
CLOSED, TAIL = b'\n"', 4
"""How a text ends whose last value ends with a line end within quotes; the bytes of that, with one more line end."""
BOM = "\ufeff"
"""Begins a text, and a line where texts were joined end to end."""
LINE = re.compile(r'(?:(?<![^,;\t|])"(?:[^"]|"")*+"|[^\r\n])*+')
"""A line without its end; a quote that is no value's first character opens nothing."""
GUARDED = r'^="([^"]*)"$'
"""A formula that is nothing but a text."""
LONGEST = 1 << 20
"""Bytes that a line of column names may have."""


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
    """Read a file piece by piece; ragged rows and rows behind an unclosed quote come out as broken."""
    try:
        with file.open("rb") as raw:
            decoder = _decoder(name, _encoding(file, name=name, spec=spec))
            yield from _Reading(_Utf8(raw, decoder), name=name, spec=spec, size=file.stat().st_size).pieces()
    except (OSError, csv.Error, pa.ArrowInvalid) as mistake:
        raise SourceDataError(name, found=str(mistake), right="send the file again as delimited text") from mistake


class _Reading:
    """One pass over one file."""

    def __init__(self, text: "_Utf8", *, name: str, spec: ReadSpec, size: int) -> None:
        self.name = name
        self.size = size
        self.text = text
        self.delimiter = spec.delimiter
        self.named = bool(spec.columns)
        for _ in range(1, spec.header):
            text.skip_line()
        self.header = list(spec.columns) or self._header(spec)
        self.ragged: list[Broken] = []
        self.told = 0

    def _header(self, spec: ReadSpec) -> list[str]:
        line = self.text.peek_line()
        if len(line) >= LONGEST:
            raise SourceDataError(
                self.name, found=f"the first line is longer than {LONGEST} bytes", right="a CSV begins with a header"
            )
        # Names may have line ends in them.
        header = next(csv.reader(io.StringIO(self.text.begins(), newline=""), delimiter=self.delimiter), [])
        if not header:
            raise SourceDataError(
                self.name, found="the file is empty", right="a CSV begins with a line of column names"
            )
        if any(MARK in column for column in header):
            declared = spec.encoding or "utf-8"
            found = f"its column names are no text in {declared}"
            right = 'say under read.encoding what it is in, such as "gb18030", or "auto" to look each time'
            raise SourceDataError(self.name, found=found, right=right)
        if twice := {column for column in header if header.count(column) > 1}:
            raise SourceDataError(
                self.name, found=f"columns named alike: {sorted(twice)}", right="give every column its own name"
            )
        return header

    def pieces(self) -> Iterator[Rows]:
        """Yield one piece late, because only the end of the file tells whether a quote was left open."""
        if self.named and not self.text.peek_line():
            yield Rows(self.name, _nothing(self.header), np.empty(0, dtype=np.int64))
            return
        batches = arrow_csv.open_csv(
            pa.PythonFile(self.text, mode="r"),
            # One thread: only then are ragged rows reported with their number.
            read_options=arrow_csv.ReadOptions(
                block_size=BLOCK, use_threads=False, column_names=self.header if self.named else None
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=self._ragged_row
            ),
            convert_options=arrow_csv.ConvertOptions(
                # It was text before.
                column_types=dict.fromkeys(self.header, pa.string()),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
        held: tuple[pa.RecordBatch, float] | None = None
        row = 1
        for batch in self._batches(batches):
            if held is not None:
                rows = self._piece(held, row)
                row += len(rows) + len(rows.broken)
                yield rows
            held = batch, min(self.text.taken / max(self.size, 1), 1.0)
        yield self._last(held or (_nothing(self.header), 1.0), row)

    def _batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        taken = 0
        try:
            for batch in batches:
                taken += len(batch)
                yield batch
        except pa.ArrowInvalid as mistake:
            if "straddl" not in str(mistake):
                raise
            found = f"a row after row {taken + len(self.ragged)} is longer than {BLOCK >> 20} MiB"
            right = 'close the quote (") that makes one row of all that follows it, or send shorter values'
            raise SourceDataError(self.name, found=found, right=right) from mistake

    def _ragged_row(self, row: Any) -> str:  # noqa: ANN401 - pyarrow's own type is not exported
        number = row.number - (not self.named)  # the header is its row 1
        message = (
            f"the row has {counted(row.actual_columns, 'value')}, the header {counted(row.expected_columns, 'column')}"
        )
        cut = row.actual_columns < row.expected_columns
        cause = (
            "the line is cut or broken" if cut else f"a value that holds {self.delimiter!r} must stand within quotes"
        )
        self.ragged.append(Broken(number, "ragged-row", f"{message}; {cause}", {"text": row.text}))
        return "skip"

    def _piece(self, held: tuple[pa.RecordBatch, float], first: int, *, last: bool = False) -> Rows:
        batch, done = held
        numbers, broken = first, []
        good = np.empty(len(batch), dtype=np.int64)
        filled = 0
        for item in self.ragged[self.told :]:
            run = item.number - numbers
            if filled + run > len(batch) or (filled + run == len(batch) and not last):
                break
            good[filled : filled + run] = np.arange(numbers, item.number)
            filled, numbers = filled + run, item.number + 1
            broken.append(item)
        self.told += len(broken)
        good[filled:] = np.arange(numbers, numbers + len(batch) - filled)
        return Rows(self.name, _unguarded(batch), good, broken=tuple(broken), done=done)

    def _last(self, held: tuple[pa.RecordBatch, float], row: int) -> Rows:
        rows = self._piece(held, row, last=True)
        ends = rows.columns.column(len(self.header) - 1)[-1].as_py() if len(rows) else ""
        # A quote left open takes in the end of the last line; one that is closed may stand alone in a line, too.
        if not ends.endswith("\n") or self.text.tail.rstrip(b"\r\n").endswith(CLOSED):
            return rows
        sent = rows.columns.slice(len(rows) - 1).to_pylist()[0]
        message = 'a quote (") that begins in this row is never closed, so the rows after it cannot be told apart'
        open_row = Broken(int(rows.numbers[-1]), "unclosed-quote", message, sent)
        return Rows(self.name, rows.columns.slice(0, len(rows) - 1), rows.numbers[:-1], broken=(*rows.broken, open_row))


def _unguarded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return text without what keeps a spreadsheet from making numbers of it: `="0012"`."""
    columns = [
        pc.replace_substring_regex(column, GUARDED, r"\1") if pc.any(pc.starts_with(column, '="')).as_py() else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _nothing(header: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({column: pa.array([], pa.string()) for column in header})


def _encoding(file: Path, *, name: str, spec: ReadSpec) -> str:
    if spec.encoding != "auto":
        declared = spec.encoding or "utf-8"
        with file.open("rb") as raw:
            marked = encoding_by_mark(raw.read(4))
        if marked is not None and not _spelt(declared).startswith(marked[:5]):
            found = f"it begins with the mark of {marked.upper()}, and read.encoding is {declared!r}"
            raise SourceDataError(name, found=found, right=f'say encoding = "auto", or ask for it in {declared}')
        return declared
    looked = encoding_of_file(file)
    if looked is None:
        raise SourceDataError(
            name, found="its text is neither UTF-8, GB18030 nor UTF-16", right="say which it is under read.encoding"
        )
    return looked


def _spelt(encoding: str) -> str:
    return encoding.lower().replace("_", "-").replace("utf8", "utf-8").replace("utf16", "utf-16")


def _decoder(name: str, encoding: str) -> codecs.IncrementalDecoder:
    try:
        found = codecs.lookup(encoding).name
    except LookupError as unknown:
        raise SourceDataError(
            name, found=f"no encoding is called {encoding!r}", right="say utf-8 or gb18030"
        ) from unknown
    return codecs.getincrementaldecoder("utf-8-sig" if found == "utf-8" else found)(errors=keep_bad_bytes)


def _ends_in_returns(text: str) -> bool | None:
    """Say whether the first line ends in a return alone, whatever ends lines within quotes; nothing without an end."""
    ends = text[len(LINE.match(text)[0]) :][:2] if text else ""  # type: ignore[index] # no text at all fits, too
    return ends[0] == "\r" and ends[1] != "\n" if len(ends) > 1 else None


class _Utf8(io.RawIOBase):
    """A file's text as UTF-8, whatever it was sent in; lines that end in a return alone end in a line feed instead."""

    def __init__(self, raw: BinaryIO, decoder: codecs.IncrementalDecoder) -> None:
        self._raw = raw
        self._decoder = decoder
        self._ready = b""
        self._ended = False
        self._returns: bool | None = None
        self.tail = b""
        """How the text so far ends."""
        self.taken = 0

    def readable(self) -> bool:
        return True

    def peek_line(self) -> str:
        """Return the first line without taking it, or the beginning of one without end."""
        while b"\n" not in self._ready and not self._ended and len(self._ready) < LONGEST:
            self._fill(1 << 16)
        return self._ready.partition(b"\n")[0].decode(errors="replace").rstrip("\r")

    def begins(self) -> str:
        """Return what is ready without taking it: the first line, and more."""
        return self._ready.decode(errors="replace")

    def skip_line(self) -> None:
        """Take the first line away."""
        self.peek_line()
        self._ready = self._ready.partition(b"\n")[2]

    def read(self, size: int = -1, /) -> bytes:
        # Never a few bytes alone, such as the rest of a character: Arrow gives up on blocks without the end of a row.
        while len(self._ready) < size and not self._ended:
            self._fill(size - len(self._ready))
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def _fill(self, size: int) -> None:
        chunk = self._raw.read(size)
        self._ended = not chunk
        sent = self._decoder.getstate()[0] + chunk
        text = self._decoder.decode(chunk, final=self._ended)
        if self._returns is None:
            self._returns = _ends_in_returns(text)
        if self._as_sent(text):
            encoded = sent[: len(sent) - len(self._decoder.getstate()[0])]
        else:
            encoded = self._mended(text).encode()
        self.taken += len(chunk)
        if self._ended and not (self.tail + encoded).endswith(b"\n"):
            encoded += b"\n"
        self._ready += encoded
        self.tail = (self.tail + encoded[-TAIL:])[-TAIL:]

    def _as_sent(self, text: str) -> bool:
        """Say whether a text but the first is the bytes it was sent in, with nothing to be mended."""
        utf8 = self.taken and isinstance(self._decoder, utf_8_sig.IncrementalDecoder)
        return bool(utf8 and not self._returns and BOM not in text and MARK not in text)

    def _mended(self, text: str) -> str:
        if self._returns:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self.tail or self.tail.endswith(b"\n"):
            text = text.removeprefix(BOM)
        return text.replace(f"\n{BOM}", "\n")
