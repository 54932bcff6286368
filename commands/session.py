"""What every command starts from: the settings, the pack, and a database that answers."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn
from unicodedata import category

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from layers import database
from layers.embedded import Embedded
from layers.errors import DatabaseUnavailableError
from layers.pack import City
from layers.settings import Settings

LONG = {"detail", "findings", "message", "owner", "reasons", "title"}
"""Columns that may break over lines where a terminal is narrow."""
WIDE = 200
LEAST = 18
"""Letters that a column that may break should have."""
ENDLESS = 10_000
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Session:
    """One command's settings, city and engine."""

    settings: Settings
    city: City
    engine: Engine
    url: str


@contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """Yield what a command needs, the schema brought up to date; an embedded server started here is stopped again.

    Raises:
        PackError: The city pack has a mistake.
        DatabaseUnavailableError: There is no PostGIS to use.
    """
    city = City(settings.city)
    with serving_database(settings) as url:
        engine = database.connect(url)
        try:
            database.migrate(engine, city)
            yield Session(settings, city, engine, url)
        finally:
            engine.dispose()


@contextmanager
def serving_database(settings: Settings) -> Iterator[str]:
    """Yield the address of a database that runs; stop the embedded one afterwards if this call started it."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    embedded = Embedded(settings.data_dir)
    signal.signal(signal.SIGTERM, _leave)
    started = embedded.start()
    try:
        yield embedded.url
    finally:
        if started:
            embedded.stop()


def embedded_only(settings: Settings) -> Embedded:
    """Return the embedded database, or explain that another one is configured."""
    if settings.database_url is not None:
        msg = "ONEMAP_DATABASE_URL names a server; `onemap db` is for the embedded one, unset the variable to use it"
        raise DatabaseUnavailableError(msg)
    return Embedded(settings.data_dir)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that draws one bar per step: its name, how much is done, out of how much."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=not err.is_terminal) as bars:
        tasks = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield report


def printable(value: object) -> Text:
    """Return a value as it stands: its brackets are no styles, and what would command a terminal is only shown."""
    said = "" if value is None else str(value)
    shown = (letter if letter == "\n" or category(letter)[0] != "C" else ascii(letter)[1:-1] for letter in said)
    return Text("".join(shown))


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print rows for a person, or as JSON for a program; the keys are the columns."""
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, default=str) + "\n")
        return
    drawn = Table(box=None, pad_edge=False)
    # What no row has anything to say about is left out for people; programs find every key.
    told = [name for name in (rows[0] if rows else {}) if any(row[name] not in (None, "") for row in rows)]
    for name in told or ["nothing yet"]:
        drawn.add_column(
            name.replace("_", " "), overflow="fold", no_wrap=name not in LONG, min_width=LEAST if name in LONG else None
        )
    for row in rows:
        drawn.add_row(*(printable(row[name]) for name in told))
    fits = Measurement.get(out, out.options.update(width=ENDLESS), drawn).minimum <= out.width
    if fits or not told:
        out.print(drawn)
        return
    # Columns cut short say nothing: where they do not fit, each row is written down the page.
    margin = max(map(len, told))
    for row in rows:
        lines = Table(box=None, pad_edge=False, show_header=False)
        lines.add_column(style="bold", no_wrap=True, min_width=margin)
        lines.add_column(overflow="fold")
        for name in told:
            if row[name] not in (None, ""):
                lines.add_row(name.replace("_", " "), printable(row[name]))
        out.print(lines, end="\n\n")
