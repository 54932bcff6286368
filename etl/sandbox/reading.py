"""A reading process as the loader sees it: pieces, or a sentence about how it ended."""

import json
import os
import select
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self

from etl.rows import Rows
from etl.sandbox.limits import Limits
from etl.sandbox.parent import Birth, nursery
from etl.sandbox.wire import ANEW, DONE, HEAD, LARGEST, OPENING, ROWS, unpacked
from layers.errors import SourceDataError
from layers.specs import ReadSpec

CHUNK = 1 << 20
BIRTH = 60_000
"""Milliseconds for a process to be told of; the first one's libraries are loaded first, however busy the machine."""
GRACE = 5_000
"""Milliseconds for an ended process to be told of."""


def read(file: Path, *, name: str, spec: ReadSpec, parts: list[Path] | None = None) -> Generator[Rows]:
    """Read a file that people know by `name`, with the `parts` that belong to it, in a process of its own.

    Raises:
        SourceDataError: It cannot be read, or not within the limits.
    """
    with _reading(file, name=name, spec=spec, parts=parts) as reading:
        yield from reading.pieces()


def look(file: Path, *, name: str, parts: list[Path] | None = None) -> Any:  # noqa: ANN401 - any JSON: see `guess.sample`
    """Return how a file opens that nobody has described, as a process of its own found out; it is not believed yet.

    Raises:
        SourceDataError: No reader could read it.
    """
    with _reading(file, name=name, spec=None, parts=parts) as reading:
        return reading.opening()


@contextmanager
def _reading(file: Path, *, name: str, spec: ReadSpec | None, parts: list[Path] | None) -> Iterator["_Reading"]:
    limits = Limits.of(sum(part.stat().st_size for part in parts or [file]))
    # Not a `TemporaryDirectory`: a generator that is left behind may be collected after it, which then complains.
    folder = mkdtemp(prefix="onemap-read-")
    try:
        request = {
            "parts": [str(part.resolve()) for part in dict.fromkeys([file, *(parts or [])])],
            "name": name,
            "spec": spec and spec.model_dump(mode="json"),
            "limits": asdict(limits),
            "folder": folder,
        }
        with _Reading(nursery().ask(json.dumps(request).encode()), name=name, limits=limits) as reading:
            yield reading
    finally:
        rmtree(folder, ignore_errors=True)


class _Reading:
    """One reading process, from here."""

    def __init__(self, birth: Birth, *, name: str, limits: Limits) -> None:
        self.birth = birth
        self.name = name
        self.limits = limits
        self.left = float(limits.seconds)

    def __enter__(self) -> Self:
        self.process = self.birth.told(BIRTH)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        """End it, if it has not ended by itself."""
        self._kill()
        self.birth.close()

    def pieces(self) -> Iterator[Rows]:
        while True:
            kind, content = self._frame()
            if kind == DONE:
                return
            yield unpacked(content, self.name)

    def opening(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self._frame()[1])

    def _frame(self) -> tuple[bytes, bytearray]:
        kind, size = HEAD.unpack(self._bytes(HEAD.size))
        if size > LARGEST:
            found = f"a piece of it takes more than {LARGEST >> 20} MiB"
            raise SourceDataError(self.name, found=found, right="send it in parts")
        content = self._bytes(size)
        if kind not in {ROWS, DONE, OPENING}:
            said = json.loads(content)
            raise SourceDataError(self.name, found=said["found"], right=said["right"])
        return kind, content

    def _bytes(self, size: int) -> bytearray:
        """Return the next bytes; only the time spent waiting for them counts."""
        content = bytearray(size)
        filled = 0
        poll = select.poll()
        poll.register(self.birth.pipe, select.POLLIN | select.POLLHUP)
        while filled < size:
            began = time.monotonic()
            if not poll.poll(max(self.left, 0) * 1000):
                self._kill()
                raise self._too_slow()
            self.left -= time.monotonic() - began
            got = os.readv(self.birth.pipe, [memoryview(content)[filled : filled + CHUNK]])
            if not got:
                raise self._ended()
            filled += got
        return content

    def _kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)

    def _too_slow(self) -> SourceDataError:
        found = f"reading it takes longer than {self.limits.seconds} s"
        return SourceDataError(self.name, found=found, right="send it in parts, or mend it")

    def _ended(self) -> SourceDataError:
        status = self.birth.told(GRACE)
        self.process = None
        if status in {-signal.SIGXCPU, -signal.SIGKILL}:
            return self._too_slow()
        how = signal.Signals(-status).name if status is not None and status < 0 else f"status {status}"
        return SourceDataError(self.name, found=f"it makes its reader crash ({how})", right=ANEW)
