"""One reader a format: the module of that name has `read(file, name=, spec=)`. The folder is the registry."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
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


def formats() -> list[str]:
    """Return every format there is a reader for."""
    return sorted(item.name.replace("_", "-") for item in iter_modules(__path__))


def reader(name: str) -> Reader:
    """Return the reader of a format."""
    if name not in formats():
        raise UnknownNameError(kind="format", name=name, known=formats())
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast("Reader", module.read)
