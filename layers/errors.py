"""Every error OneMap raises on purpose.

OneMapError
├── PackError               a city pack says something that cannot be used
├── UnknownNameError        a name nobody knows, answered with the known ones
│   └── NotInForceError     a unit that there was or will be, but not on the day asked for
├── FilterError             a filter's value cannot be read
├── SameAxisError           a coordinate of two latitudes, or of two longitudes
├── NameTakenError          a saved view that is called as another one
├── PlacedError             an incident whose source says where it is cannot be pinned
├── ExportsBusyError        as many files as may be made at once are being made
├── FontMissingError        a font of printed maps is not installed
├── DatabaseUnavailableError  no PostGIS can be reached or started
└── LoadError               a load that could not be finished, nothing was published
    └── SourceDataError     what the department sent cannot be read at all
        └── UnreachableError  a service does not answer now, but may do so later
"""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Literal


class OneMapError(Exception):
    """Anything OneMap refuses; the message is a sentence a person can act on."""


class PackError(OneMapError):
    """A mistake in a city pack: which file, where in it, what stands there, what would be right."""

    def __init__(self, file: Path, *, where: str, found: object, right: str) -> None:
        """Keep the place and the remedy beside the message."""
        super().__init__(f"{file}: {where}: {found!r}: {right}")
        self.file = file
        self.where = where
        self.found = found
        self.right = right


SHOWN = 20


class UnknownNameError(OneMapError):
    """A unit, layer, category, status, source or channel that does not exist here."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Keep the name and at most twenty known ones."""
        self.kind = kind
        self.name = name
        self.known = sorted(known)
        shown = ", ".join(self.known[:SHOWN]) + (", …" if len(self.known) > SHOWN else "")
        super().__init__(f"no {kind} has the id {name!r}; known: {shown}")


class NotInForceError(UnknownNameError):
    """A unit that is known, but not among the boundaries of the day asked for."""

    def __init__(self, code: str, *, day: date | None, spans: Iterable[tuple[date | None, date | None]]) -> None:
        """Say when there were units of that code; an end is the first day after."""
        super().__init__(kind="unit", name=code, known=())
        lived = " and ".join(_lived(begins, ends) for begins, ends in spans)
        when = f"on {day}" if day else "in the boundaries in force"
        self.args = (f"no unit has the id {code!r} {when}; it is in force {lived}; ask with as_of for such a day",)


def _lived(begins: date | None, ends: date | None) -> str:
    since = f"from {begins}" if begins else ""
    until = f"to {ends - timedelta(days=1)}" if ends else ""
    return " ".join(part for part in (since, until) if part) or "always"


class FilterError(OneMapError):
    """A value of a filter that cannot be read."""

    def __init__(self, name: str, value: str, *, right: str) -> None:
        """Keep the parameter's name and value beside the remedy."""
        super().__init__(f"{name} is {value!r}; {right}")
        self.name = name
        self.value = value


class SameAxisError(OneMapError):
    """A coordinate of two latitudes, or of two longitudes."""

    def __init__(self, axis: Literal["lon", "lat"]) -> None:
        """Keep which."""
        called = {"lon": ("longitudes", "latitude"), "lat": ("latitudes", "longitude")}[axis]
        super().__init__(f"both numbers are said to be {called[0]}; a place has one, and one {called[1]}")
        self.axis = axis


class NameTakenError(OneMapError):
    """A saved view that is called as another one."""

    def __init__(self, name: str, *, slug: str) -> None:
        """Keep the name and which view has it."""
        super().__init__(f"/api/views/{slug} is called {name!r} already; choose another name, or change that view")
        self.name = name
        self.slug = slug


class PlacedError(OneMapError):
    """An incident whose source says where it is cannot be pinned."""

    def __init__(self, number: int) -> None:
        """Keep the incident's id."""
        super().__init__(f"the incident {number} has a place from its source; only one without can be pinned")
        self.number = number


class ExportsBusyError(OneMapError):
    """As many files as may be made at once are being made."""

    def __init__(self, at_once: int) -> None:
        """Say how many that is."""
        super().__init__(f"{at_once} exports are running, and no more at a time; ask again in a moment")
        self.at_once = at_once


class FontMissingError(OneMapError):
    """A font of printed maps is not installed; the message names the package."""


class DatabaseUnavailableError(OneMapError):
    """There is no PostGIS to talk to; the message says what to install or set."""


class LoadError(OneMapError):
    """A load that could not be finished; nothing of it is visible."""


class SourceDataError(LoadError):
    """A file or service that cannot be read at all: where, what, and what would be right."""

    def __init__(self, where: str, *, found: str, right: str) -> None:
        """Name the file or address first."""
        super().__init__(f"{where}: {found}; {right}")
        self.where = where
        self.found = found
        self.right = right


class UnreachableError(SourceDataError):
    """A service that does not answer: nothing need be mended for another try to succeed."""
