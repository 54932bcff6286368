"""Which files there are: what can be taken away, in which formats, and how one begins."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dashboard.takeaway import features, fonts, incidents, units
from dashboard.takeaway.delimited import csv_file
from dashboard.takeaway.drawing import Look
from dashboard.takeaway.exports import Exports, File, Progress
from dashboard.takeaway.geojson import geojson
from dashboard.takeaway.geopackage import gpkg
from dashboard.takeaway.names import file_name
from dashboard.takeaway.notes import notes
from dashboard.takeaway.page import page
from dashboard.takeaway.tables import Order, Shape, Table
from dashboard.takeaway.titles import title
from dashboard.takeaway.workbook import ROWS as ROWS_OF_A_SHEET
from dashboard.takeaway.workbook import xlsx
from dashboard.takeaway.writing import Job, Writer
from dashboard.values import rank_below
from layers.errors import FilterError, NotInForceError, UnknownNameError
from layers.filters import Filter
from layers.pack import City
from layers.units import Unit, highest, one, spans

INCIDENTS, UNITS = "incidents", "units"


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, who writes it, how it wants geometry, and how many rows it holds."""

    kind: str
    write: Writer
    shape: Shape = "none"
    most: int | None = None


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", csv_file),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx, most=ROWS_OF_A_SHEET),
    "geojson": Format("application/geo+json", geojson, shape="geojson"),
    "gpkg": Format("application/geopackage+sqlite3", gpkg, shape="wkb"),
}
VERBATIM = replace(FORMATS["csv"], write=partial(csv_file, verbatim=True))


@dataclass(frozen=True)
class Wish:
    """What an address asks for."""

    what: str
    ending: str
    asked: Filter
    language: str
    verbatim: bool = False
    unplaced: bool = False
    """Only incidents that belong to the unit but to none of its children."""
    level: str | None = None
    """The level of the units that are told of; none are the children."""


def begin(wish: Wish, held: ExitStack, *, exports: Exports, city: City, progress: Progress) -> File:
    """Count the rows and make ready to write them; what is opened for it is closed with `held`.

    Raises:
        UnknownNameError: There is no such unit or layer.
        FilterError: The format can't hold so many rows, or what is asked for is never unplaced.
    """
    table_of = tables(city, wish.what)
    if wish.unplaced and wish.what != INCIDENTS:
        raise FilterError(name="unplaced", value="true", right=f"only {INCIDENTS} can be asked for so")
    if wish.level and wish.what != UNITS:
        raise FilterError(name="level", value=wish.level, right=f"only {UNITS} and the map can be asked for so")
    form = VERBATIM if wish.verbatim and wish.ending == "csv" else FORMATS[wish.ending]
    order = ordered(wish, held, exports=exports, city=city, shape=form.shape)
    table = table_of(order)
    if form.most is not None and table.total > form.most:
        right = f"a sheet holds {form.most:,} rows and these are {table.total:,}; take csv or gpkg, or filter more"
        raise FilterError(name="format", value=wish.ending, right=right)
    folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="onemap-export-")))
    pieces: Iterator[bytes] = form.write(Job(order, table, notes(order, table), folder, progress.count))
    return File(file_name(order, table.title, wish.ending), form.kind, table.total, pieces)


def begin_page(  # noqa: PLR0913 - each is a choice of the address
    wish: Wish, held: ExitStack, *, exports: Exports, city: City, look: Look, size: str
) -> File:
    """Make ready to draw the map on a page.

    Raises:
        UnknownNameError: There is no such unit.
        FontMissingError: A font is not installed.
    """
    fonts.found()
    order = ordered(wish, held, exports=exports, city=city)
    pieces = page(order, look=look, size=size)
    return File(file_name(order, title("map"), "pdf"), "application/pdf", None, pieces)


def ordered(wish: Wish, held: ExitStack, *, exports: Exports, city: City, shape: Shape = "none") -> Order:
    """Open a snapshot of the database and find the wish's unit in it."""
    connection = exports.snapshot(held)
    code = wish.asked.unit or city.spec.code
    row = connection.execute(one(code, wish.asked.before)).mappings().one_or_none()
    if row is None:
        lived = [(each.valid_from, each.valid_to) for each in connection.execute(spans(code))]
        if lived:
            raise NotInForceError(code, day=wish.asked.as_of, spans=lived)
        known = [each.code for each in connection.execute(highest(wish.asked.before))]
        raise UnknownNameError(kind="unit", name=code, known=known)
    of, now = Unit.of(row), datetime.now(UTC)
    rank = rank_below(city, of, wish.level) if wish.level else None
    return Order(connection, city, wish.asked, of, wish.language, now, shape, unplaced=wish.unplaced, rank=rank)


def tables(city: City, what: str) -> Callable[[Order], Table]:
    """Return what makes the table of that name."""
    if what == INCIDENTS:
        return incidents.table
    if what == UNITS:
        return units.table
    if what not in city.layers:
        raise UnknownNameError(kind="layer", name=what, known=[INCIDENTS, UNITS, *city.layers])
    layer = city.layers[what]
    return partial(incidents.table if layer.incidents else features.table, layer=layer)
