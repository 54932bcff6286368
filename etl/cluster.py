"""A backlog of files on the workers of a Dask cluster: read in their sandboxes, checked, placed, sent back as columns.

What must be done in one place stays with the loader: it keeps the order of the files and the keys, and publishes all
of them in one transaction. So a load with a cluster ends as one without, row for row and reject for reject.
"""

import socket
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from etl.files import Found
from etl.reading import Reading
from etl.request import Request
from etl.rows import Rows
from etl.sandbox.reading import read
from etl.transform import Piece, Target, transform
from layers.errors import LoadError, OneMapError, SourceDataError
from layers.specs import ReadSpec

PATIENCE = 10
"""Seconds for the scheduler to answer, and for a first worker to be there."""
AHEAD = 2
"""Files at work or waiting to be written, for each worker's thread: the rest wait on disk, not in memory."""
ALONE = "--limit and --file look at a few rows of a source; leave --scheduler out for them"


@dataclass(frozen=True)
class Worked:
    """What a worker made of one file."""

    first: Rows | None
    """The piece by which the columns of a file are compared with those of earlier ones."""
    pieces: tuple[Piece, ...]
    refused: tuple[str, str, str] | str | None = None
    """Why the file could not be read to its end: where, what and what would be right, or a sentence."""


def work(found: Found, target: Target, spec: ReadSpec, request: Request) -> Worked:
    """Read and transform a whole file; runs on a worker."""
    first: Rows | None = None
    pieces: list[Piece] = []
    try:
        _require(found.parts)
        for rows in read(found.path, name=found.name, spec=spec, parts=found.parts):
            first = first or rows
            pieces.append(transform(target, rows, request))
    except SourceDataError as refused:
        return Worked(first, tuple(pieces), (refused.where, refused.found, refused.right))
    except OneMapError as refused:
        return Worked(first, tuple(pieces), str(refused))
    return Worked(first, tuple(pieces))


def _require(parts: Sequence[Path]) -> None:
    for part in parts:
        if not part.is_file():
            found = f"the worker on {socket.gethostname()} does not see {part}"
            raise SourceDataError(
                part.name, found=found, right="share the folder with every worker under the same path"
            )


def worked(target: Target, found: Sequence[Found], reading: Reading) -> Generator[Piece]:
    """Yield the pieces of all files, in their order, as the cluster of the request sends them back.

    Raises:
        LoadError: There is no such cluster, or a file cannot be read.
    """
    if reading.request.limit is not None or reading.request.file is not None:
        raise LoadError(ALONE)
    left = deque(file.absolute() for file in found)
    total, done = sum(file.size for file in found), 0
    reading.report("read", 0, total)
    with _client(reading.request.scheduler or "") as client:
        shared = client.scatter(target, broadcast=True, hash=False)
        ahead = AHEAD * max(sum(client.nthreads().values()), 1)
        waiting: deque[tuple[Found, Any]] = deque()
        while left or waiting:
            while left and len(waiting) < ahead:
                file = left.popleft()
                waiting.append(
                    (file, client.submit(work, file, shared, reading.words.source.read, reading.request, pure=False))
                )
            file, future = waiting.popleft()
            yield from _checked(_result(future, file), reading)
            done += file.size
            reading.report("read", done, total)


def _checked(answer: Worked, reading: Reading) -> Iterator[Piece]:
    if answer.first is not None:
        reading.check(answer.first)
    yield from answer.pieces
    if isinstance(answer.refused, tuple):
        where, what, right = answer.refused
        raise SourceDataError(where, found=what, right=right)
    if answer.refused is not None:
        raise LoadError(answer.refused)


def _result(future: Any, file: Found) -> Worked:  # noqa: ANN401 - Dask's own type says no more
    try:
        answer: Worked = future.result()
    except Exception as mistake:  # whatever a worker or the way to it may raise
        found = f"the cluster gave it up: {type(mistake).__name__}: {str(mistake).partition(chr(10))[0]}"
        raise SourceDataError(
            file.name, found=found, right="see the workers' logs, or load without --scheduler"
        ) from mistake
    finally:
        future.release()
    return answer


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        distributed = import_module("distributed")
    except ImportError as missing:
        msg = "--scheduler needs the package 'distributed'; install onemap[cluster], here and on the workers"
        raise LoadError(msg) from missing
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as mistake:
        msg = (
            f"no Dask scheduler answers at {address!r}; start one, or correct --scheduler, such as tcp://10.0.0.1:8786"
        )
        raise LoadError(msg) from mistake
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as nobody:
            msg = f"the scheduler at {address!r} has no workers; start some, see docs/architecture.md"
            raise LoadError(msg) from nobody
        yield client
