"""One reader a format: the module of that name has `read(file, name=, spec=)`. The folder is the registry.

Formats that are services have `fetch(into, name=, spec=, since=)` as well, which keeps their answer in a file first: so
every load has a file, whatever it came from, and what came from outside is only ever taken apart by `etl.sandbox`.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Protocol, cast

from etl.rows import Rows
from layers.errors import UnknownNameError
from layers.specs import ReadSpec


class Reader(Protocol):
    """A file to pieces, in the file's order."""

    def __call__(self, file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
        """Read a file that people know by `name`.

        Raises:
            SourceDataError: The file cannot be read at all.
        """


class Fetcher(Protocol):
    """A service's answer to a file that its reader reads."""

    def __call__(self, into: Path, *, name: str, spec: ReadSpec, since: datetime | None) -> None:
        """Ask the service that people know by `name`, only for what is newer than `since` if it can tell.

        Raises:
            SourceDataError: It does not answer, or not with what was asked for.
        """


@cache
def formats() -> tuple[str, ...]:
    """Return every format there is a reader for."""
    return tuple(sorted(item.name.replace("_", "-") for item in iter_modules(__path__)))


def reader(name: str) -> Reader:
    """Return the reader of a format."""
    return cast("Reader", _module(name).read)


def fetcher(name: str) -> Fetcher:
    """Return what asks the service of a format, one of `SERVICES`."""
    return cast("Fetcher", _module(name).fetch)


def _module(name: str) -> ModuleType:
    if name not in formats():
        raise UnknownNameError(kind="format", name=name, known=formats())
    return import_module(f"{__name__}.{name.replace('-', '_')}")
