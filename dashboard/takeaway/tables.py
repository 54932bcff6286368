"""What a file of rows is made from: an order, and a table of typed columns whose rows are still on their way."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, func

from layers.filters import Filter
from layers.pack import City
from layers.parts import Title
from layers.questions import Question
from layers.specs import LayerField
from layers.units import Unit

Kind = Literal["text", "integer", "number", "time"]
Shape = Literal["none", "geojson", "wkb"]
Record: TypeAlias = Row[*tuple[Any, ...]]
BATCH = 1_000
"""Rows between two looks at whether anybody still waits for them."""
DIGITS = 7


@dataclass(frozen=True)
class Order:
    """What somebody wants to take away, and how to ask for it: all of it in one snapshot of the database."""

    connection: Connection
    city: City
    asked: Filter
    of: Unit
    language: str
    now: datetime
    shape: Shape = "none"
    unplaced: bool = False
    rank: int | None = None
    """The level of the units that are told of; none are the children."""


@dataclass(frozen=True)
class Column:
    """One column: its name for programs, its title for people, and its value in a row."""

    id: str
    title: Title
    kind: Kind
    value: Callable[[Record], Any]


@dataclass(frozen=True)
class Table:
    """Rows with their columns; `total` says how many there will be."""

    title: Title
    columns: Sequence[Column]
    total: int
    question: Question
    sources: Sequence[str]
    """The sources whose rows these are."""
    geometry: Literal["Point", "Unknown", "MultiPolygon"] = "Point"
    remarks: Sequence[tuple[str, str]] = field(default=())
    """What else must be known to read it: a label and a text."""

    def batches(self, connection: Connection) -> Iterator[Sequence[Record]]:
        """Ask for the rows, some at a time: the database keeps those that are not asked for yet."""
        with connection.execution_options(yield_per=BATCH).execute(self.question) as found:
            yield from found.partitions()


def shaped(geom: ColumnElement[Any], shape: Shape) -> list[ColumnElement[Any]]:
    """Return the column that holds a row's geometry as a format wants it; for tables without geometry none."""
    forms = {"geojson": func.ST_AsGeoJSON(geom, DIGITS), "wkb": func.ST_AsBinary(geom)}
    return [forms[shape].label("shape")] if shape != "none" else []


def plain(ident: str, title: Title, kind: Kind = "text") -> Column:
    """Return a column that is one of the row's own."""
    return Column(ident, title, kind, lambda row: getattr(row, ident))


def coded(ident: str, title: Title, names: Mapping[str, str]) -> list[Column]:
    """Return a code's column and the one of its name; a code that nobody knows any more is its own name."""

    def called(row: Record) -> str | None:
        code = getattr(row, ident)
        return None if code is None else names.get(code, str(code))

    return [
        Column(ident, coding(title), "text", lambda row: getattr(row, ident)),
        Column(f"{ident}_name", title, "text", called),
    ]


def coding(title: Title) -> Title:
    """Return the title of a column of codes beside one of names."""
    return Title(zh=f"{title.zh}代码", en=f"{title.en} code")


def attribute(spec: LayerField, zone: ZoneInfo, language: str) -> list[Column]:
    """Return the columns of one of the fields that a layer declares: the value, and its name where values have one."""
    readers: dict[str, Callable[[object], object]] = {"number": numeral, "time": partial(moment, zone=zone)}
    read = readers.get(spec.type, worded)

    def held(row: Record) -> Any:  # noqa: ANN401 - whatever the source sent
        return read((row.attributes or {}).get(spec.id))

    if not spec.values:
        return [Column(spec.id, spec.title, "number" if spec.type == "number" else "text", held)]
    names = {code: title.text(language) for code, title in spec.values.items()}
    return [
        Column(spec.id, coding(spec.title), "text", held),
        Column(f"{spec.id}_name", spec.title, "text", lambda row: names.get(held(row), held(row))),
    ]


def worded(value: object) -> str | None:
    """Return whatever a source sent as text."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def numeral(value: object) -> object:
    """Return a number as a number, also where the source sent it as text; what is none, as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        found = float(str(value))
    except ValueError:
        return worded(value)
    return found if math.isfinite(found) else worded(value)


def moment(value: object, zone: ZoneInfo) -> object:
    """Return an instant as the city's clocks show it; what is none, as text."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return worded(value)
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
