"""The table of a layer's features, with the attributes that the layer declares."""

from collections.abc import Sequence

from sqlalchemy import func, select

from dashboard.takeaway.places import Places, inner, point, unit_columns
from dashboard.takeaway.tables import Column, Order, Table, attribute, coded, plain, shaped
from dashboard.takeaway.titles import title
from layers import features
from layers.editions import unit_id
from layers.model import feature, source
from layers.specs import LayerSpec

OWN = ("key", "name", "attributes")


def table(order: Order, layer: LayerSpec) -> Table:
    """Return a layer's features that a filter means: they have no time, category, status or channel."""
    own = feature.c
    where = features.conditions(layer, order.asked, order.city, order.of)
    held = select(source.c.code, func.count().label("n")).join(feature, own.source_id == source.c.id)
    by_source = {row.code: row.n for row in order.connection.execute(held.where(*where).group_by(source.c.code))}
    question = (
        select(
            *(own[name] for name in OWN),
            unit_id(feature, order.asked.before).label("unit_id"),
            source.c.code.label("source"),
            *(point(own.geom) if layer.geometry == "point" else inner(own.geom)),
            *shaped(own.geom, order.shape),
        )
        .join(source, source.c.id == own.source_id)
        .where(*where)
        .order_by(own.key, own.id)
    )
    return Table(
        title=layer.title,
        columns=columns(order, layer),
        total=sum(by_source.values()),
        question=question,
        sources=sorted(by_source),
        geometry="Point" if layer.geometry == "point" else "Unknown",
    )


def columns(order: Order, layer: LayerSpec) -> Sequence[Column]:
    """Return the columns: which one, what its layer declares, and where it is."""
    language, zone = order.language, order.city.time_zone
    senders = {code: spec.title.text(language) for code, spec in order.city.sources.items()}
    rest = [field for field in layer.fields if field.id not in {"key", "name"}]
    named = next((field.title for field in layer.fields if field.id == "name"), title("name"))
    return [
        plain("key", title("number")),
        plain("name", named),
        *(column for field in rest for column in attribute(field, zone, language)),
        *coded("source", title("source"), senders),
        *unit_columns(Places.of(order), order.city),
        plain("lon", title("lon"), "number"),
        plain("lat", title("lat"), "number"),
    ]
