"""The table of incidents: one row for each that the filter means, the newest first, as the list on screen has them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select

from dashboard.takeaway.places import Places, point, unit_columns
from dashboard.takeaway.tables import Column, Order, Record, Table, attribute, coded, plain, shaped
from dashboard.takeaway.titles import title
from layers import counts, incidents
from layers.editions import unit_id
from layers.model import Status, category, incident, source
from layers.pack import City
from layers.questions import Question
from layers.specs import LayerField, LayerSpec
from layers.tallies import Family
from layers.words import STATUSES, status_code

TIMES = ("reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at", "due_at")
OWN = ("key", "title", "address", "channel", "severity", "status", "attributes", *TIMES)


def table(order: Order, layer: LayerSpec | None = None) -> Table:
    """Return the incidents a filter means; of a layer of incidents, only those of its source."""
    if layer is not None and layer.incidents is not None:
        order = replace(order, asked=replace(order.asked, sources=(layer.incidents,)))
    by_source = counted(order)
    return Table(
        title=layer.title if layer else title("list_unplaced" if order.unplaced else "list"),
        columns=columns(order),
        total=sum(by_source.values()),
        question=question(order),
        sources=sorted(by_source),
    )


def counted(order: Order) -> dict[str, int]:
    """Return how many there are by source, counted as the summary counts them."""
    if order.unplaced:
        n = func.count().label("n")
        listed = select(source.c.code, n).join(incident, source.c.id == incident.c.source_id).where(*wanted(order))
        return {row.code: row.n for row in order.connection.execute(listed.group_by(source.c.code))}
    found: dict[str, int] = {}
    asked = counts.tally(order.asked, order.city, of=Family(order.of, ()), now=order.now)
    for row in order.connection.execute(asked):
        if row.part == "unit":
            found[row.source] = found.get(row.source, 0) + row.n
    return {code: n for code, n in found.items() if n}


def question(order: Order) -> Question:
    """Ask for the incidents, in the order of the list."""
    own = incident.c
    return (
        select(
            *(own[name] for name in OWN),
            unit_id(incident, order.asked.before).label("unit_id"),
            category.c.code.label("category"),
            source.c.code.label("source"),
            *point(own.geom),
            *shaped(own.geom, order.shape),
        )
        .join(category, category.c.id == own.category_id)
        .join(source, source.c.id == own.source_id)
        .where(*wanted(order))
        .order_by(own.reported_at.desc(), own.id.desc())
    )


def wanted(order: Order) -> list[ColumnElement[bool]]:
    """Return the conditions of the rows; of the unplaced, that none of the unit's children has them."""
    found = incidents.conditions(order.asked, order.city, order.of)
    return [*found, incidents.unplaced(order.of, order.asked.before)] if order.unplaced else found


def columns(order: Order) -> list[Column]:
    """Return the columns: what it is, how it stands, when, where, and what its layers declare."""
    city, language = order.city, order.language
    kinds = {code: item.title.text(language) for code, item in city.categories.items()}
    senders = {code: spec.title.text(language) for code, spec in city.sources.items()}
    channels = {choice.id: choice.title.text(language) for choice in city.spec.channels}
    taken = [field for field in declared(city, order.asked.sources) if field.id not in incident.c]
    return [
        plain("key", title("number")),
        plain("title", title("subject")),
        *coded("category", title("category"), kinds),
        *standing(order),
        *coded("source", title("source"), senders),
        *coded("channel", title("channel"), channels),
        plain("severity", title("severity"), "integer"),
        *(plain(name, title(name), "time") for name in TIMES),
        plain("address", title("address")),
        *unit_columns(Places.of(order), order.city),
        plain("lon", title("lon"), "number"),
        plain("lat", title("lat"), "number"),
        *(column for field in taken for column in attribute(field, city.time_zone, language)),
    ]


def standing(order: Order) -> list[Column]:
    """Return a status's code and name, and whether it was overdue when the file was made."""
    codes = {int(status): status_code(status) for status in STATUSES}
    names = {int(status): words.text(order.language) for status, words in STATUSES.items()}
    late = {True: title("yes").text(order.language), False: title("no").text(order.language)}
    closed = int(Status.CLOSED)

    def overdue(row: Record) -> str:
        return late[row.status != closed and row.due_at < order.now]

    return [
        Column("status", title("status_code"), "text", lambda row: codes[row.status]),
        Column("status_name", title("status"), "text", lambda row: names[row.status]),
        Column("overdue", title("overdue"), "text", overdue),
    ]


def declared(city: City, sources: Sequence[str]) -> list[LayerField]:
    """Return the fields that layers of these sources declare, each id once; without sources, those of all."""
    found: dict[str, LayerField] = {}
    for layer in sorted(city.layers.values(), key=lambda layer: (layer.order, layer.id)):
        if layer.incidents and (not sources or layer.incidents in sources):
            found = {field.id: field for field in layer.fields} | found
    return list(found.values())
