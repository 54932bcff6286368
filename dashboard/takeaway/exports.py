"""Exports under way: how many at once, how far each is, and how one ends when nobody waits for it any more.

Every export has a connection of its own with a time limit of its own: the dashboard's connections are for short
questions. All it says comes from one snapshot, so that the rows are as many as were counted. Making a file is plain
code that works in threads, a batch of rows at a time; between two batches the server does everything else.
"""

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from anyio import CancelScope, fail_after, to_thread
from sqlalchemy import Connection, Engine, NullPool, create_engine
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from layers.database import driver_url
from layers.errors import ExportsBusyError, OneMapError, UnknownNameError

logger = logging.getLogger(__name__)
AT_ONCE = 2
REMEMBERED = 200
STALLED = 60
"""Seconds after which a client that takes nothing has left."""
READING = {
    "jit": "off",
    "cursor_tuple_fraction": "1",  # all rows will be asked for, not the first few
    "statement_timeout": "120s",  # for each batch of rows
    "idle_in_transaction_session_timeout": "300s",
}


@dataclass
class Progress:
    """How far an export is."""

    id: str
    state: Literal["running", "done", "failed", "ended"] = "running"
    """`ended`: whoever waited for it left."""
    rows: int = 0
    total: int | None = None
    detail: str | None = None

    def count(self, rows: int) -> None:
        """Add rows that were written."""
        self.rows += rows


class Exports:
    """The exports of one server process."""

    def __init__(self, database_url: str, time_zone: str) -> None:
        """Take an address; connections are opened when they are needed."""
        self.options = " ".join(f"-c {name}={value}" for name, value in {**READING, "timezone": time_zone}.items())
        self.engine: Engine = create_engine(
            driver_url(database_url),
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            connect_args={"options": self.options},
        )
        self.known: OrderedDict[str, Progress] = OrderedDict()

    def begin(self, ident: str) -> Progress:
        """Take one of the places, or refuse."""
        if sum(each.state == "running" for each in self.known.values()) >= AT_ONCE:
            raise ExportsBusyError(AT_ONCE)
        progress = Progress(ident)
        self.known[ident] = progress
        while len(self.known) > REMEMBERED:
            del self.known[next(key for key, each in self.known.items() if each.state != "running")]
        return progress

    def progress(self, ident: str) -> Progress:
        """Return how far an export is."""
        if ident not in self.known:
            raise UnknownNameError(kind="export", name=ident, known=())
        return self.known[ident]

    def snapshot(self, held: ExitStack) -> Connection:
        """Open a connection that reads one moment of the database, until what holds it is closed."""
        connection = held.enter_context(self.engine.connect())
        return connection.execution_options(postgresql_readonly=True)


@dataclass(frozen=True)
class File:
    """A file about to be made: what it is called, how many rows it will have, and its bytes."""

    name: str
    kind: str
    total: int | None
    pieces: Iterator[bytes]


class Download(StreamingResponse):
    """Sends a file while it is being made; however that ends, everything it needed is given back."""

    def __init__(self, file: File, *, progress: Progress, held: ExitStack, headers: dict[str, str]) -> None:
        """Take a file and what must be closed after it."""
        super().__init__(self._taken(file.pieces), headers=headers, media_type=file.kind)
        self.progress = progress
        self.held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""

        async def patient(message: Message) -> None:
            with fail_after(STALLED):
                await send(message)

        try:
            await super().__call__(scope, receive, patient)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self.held.close)
            if self.progress.state == "running":
                self.progress.state = "ended"

    async def _taken(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Ask for one piece after the other, each in a thread."""
        try:
            while (piece := await to_thread.run_sync(next, pieces, None)) is not None:
                if piece:
                    yield piece
        except Exception as error:
            self.progress.state = "failed"
            self.progress.detail = str(error) if isinstance(error, OneMapError) else None
            logger.exception("an export ended half-way")
            raise
        if self.progress.total is not None and self.progress.rows != self.progress.total:
            logger.error("an export wrote %d rows and promised %d", self.progress.rows, self.progress.total)
        self.progress.state = "done"


async def started(make: Callable[[ExitStack], File], progress: Progress) -> tuple[File, ExitStack]:
    """Begin a file in a thread; if it can't be made, its place is free again at once."""
    held = ExitStack()
    try:
        file = await to_thread.run_sync(make, held)
    except BaseException as error:
        progress.state = "failed"
        progress.detail = str(error)
        with CancelScope(shield=True):
            await to_thread.run_sync(held.close)
        raise
    progress.total = file.total
    return file, held
