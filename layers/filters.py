"""The one filter: read from an address, the same for counts, lists, points, exports and saved views."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from layers import parameters
from layers.clauses import Clause, read, written
from layers.errors import FilterError, UnknownNameError
from layers.model import Status
from layers.pack import City
from layers.words import status_code

Box = tuple[float, float, float, float]
Circle = tuple[float, float, float]
"""Longitude, latitude, metres."""


@dataclass(frozen=True)
class Filter:
    """Conditions that all hold; a filter without any asks for everything."""

    unit: str | None = None
    start: date | None = None
    """`from`: a local day, or (being a `datetime`) an instant; included."""
    end: date | None = None
    """`to`: not included."""
    categories: tuple[str, ...] = ()
    """Nodes of the tree; each means its branch."""
    statuses: tuple[Status, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    bbox: Box | None = None
    """West, south, east, north."""
    within: str | None = None
    """A polygon as WKT."""
    q: str | None = None
    as_of: date | None = None
    """The day whose boundaries are meant; without one, those in force."""
    before: date | None = None
    """The edition that ended the boundaries of that day; none where they are in force. No parameter says it."""
    hours: tuple[int, int] | None = None
    """Local hours of the day: the first, and the one that is not included; 22, 6 goes over midnight."""
    weekdays: tuple[int, ...] = ()
    """Local days of the week, Monday being 1."""
    circle: Circle | None = None
    where: tuple[Clause, ...] = ()
    """Conditions on any field: see `layers.clauses`."""

    def instants(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """Return the period's first instant, and the first one after it."""
        return _instant(self.start, zone), _instant(self.end, zone)

    def days(self, zone: ZoneInfo) -> tuple[date | None, date | None] | None:
        """Return the period in whole local days, or nothing if it cuts one."""
        bounds = []
        for bound in (self.start, self.end):
            local = bound.astimezone(zone) if isinstance(bound, datetime) else None
            if local is not None and local != parameters.midnight(local.date(), zone):
                return None
            bounds.append(local.date() if local else bound)
        return bounds[0], bounds[1]

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query parameters that say this."""
        listed = [
            *(("category", code) for code in self.categories),
            *(("status", status_code(status)) for status in self.statuses),
            *(("source", code) for code in self.sources),
            *(("channel", code) for code in self.channels),
            *(("weekday", str(day)) for day in self.weekdays),
            *(("where", written(clause)) for clause in self.where),
        ]
        single = {
            "unit": self.unit,
            "from": self.start and self.start.isoformat(),
            "to": self.end and self.end.isoformat(),
            "bbox": self.bbox and ",".join(repr(value) for value in self.bbox),
            "within": self.within,
            "q": self.q,
            "as_of": self.as_of and self.as_of.isoformat(),
            "hours": self.hours and "-".join(map(str, self.hours)),
            "circle": self.circle and ",".join(repr(value) for value in self.circle),
        }
        return [*((name, value) for name, value in single.items() if value), *listed]

    def query(self) -> str:
        """Return the query string that says this."""
        return urlencode(self.pairs())


NAMES = (
    "unit",
    "from",
    "to",
    "hours",
    "weekday",
    "category",
    "status",
    "source",
    "channel",
    "where",
    "bbox",
    "within",
    "circle",
    "q",
    "as_of",
)
REPEATABLE = frozenset({"category", "status", "source", "channel", "weekday", "where"})
WEEK = tuple(str(day) for day in range(1, 8))


def parse(pairs: Iterable[tuple[str, str]], city: City, *, besides: Collection[str] = ()) -> Filter:
    """Read a filter from query parameters, of which those named `besides` belong to somebody else.

    Raises:
        UnknownNameError: A parameter, category, status, source or channel that does not exist.
        FilterError: A value that cannot be read.
    """
    given = _gather(pairs, besides)
    single = {name: values[0] for name, values in given.items()}
    start = parameters.moment("from", single.get("from"), city.time_zone)
    end = parameters.moment("to", single.get("to"), city.time_zone)
    found = Filter(
        unit=single.get("unit"),
        start=start,
        end=end,
        categories=_known("category", given, city.categories),
        statuses=_statuses(given),
        sources=_known("source", given, city.sources),
        channels=_known("channel", given, [channel.id for channel in city.spec.channels]),
        bbox=parameters.box("bbox", single.get("bbox")),
        within=parameters.polygon("within", single.get("within")),
        q=parameters.text("q", single.get("q")),
        as_of=parameters.day("as_of", single.get("as_of")),
        hours=parameters.hours("hours", single.get("hours")),
        weekdays=tuple(int(day) for day in _known("weekday", given, WEEK)),
        circle=parameters.circle("circle", single.get("circle")),
        where=tuple(sorted({read("where", value, city) for value in given.get("where", [])}, key=written)),
    )
    first, last = found.instants(city.time_zone)
    if first and last and first >= last:
        raise FilterError(name="to", value=single["to"], right=f"it must be after from, {single['from']!r}")
    return found


def _gather(pairs: Iterable[tuple[str, str]], besides: Collection[str]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in besides:
            continue
        if name not in NAMES:
            raise UnknownNameError(kind="parameter", name=name, known=[*NAMES, *besides])
        if "\x00" in value:
            raise FilterError(name, value, right="it may not hold a null character")
        if name in given and name not in REPEATABLE:
            raise FilterError(name, value, right="it may be given once only")
        if value:
            given.setdefault(name, []).append(value)
    return given


def _known(kind: str, given: Mapping[str, list[str]], known: Collection[str]) -> tuple[str, ...]:
    asked = given.get(kind, [])
    for name in asked:
        if name not in known:
            raise UnknownNameError(kind, name, known)
    return tuple(sorted(set(asked)))


def _statuses(given: Mapping[str, list[str]]) -> tuple[Status, ...]:
    known = {status_code(status): status for status in Status}
    return tuple(sorted(known[name] for name in _known("status", given, known)))


def _instant(bound: date | None, zone: ZoneInfo) -> datetime | None:
    if bound is None or isinstance(bound, datetime):
        return bound
    return parameters.midnight(bound, zone)
