"""Questions about features: which ones a filter means, how many each layer holds."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select

from layers.filters import Filter
from layers.incidents import below, places
from layers.model import feature, source
from layers.pack import City
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit

LIVE = feature.c.retired_at.is_(None)
"""The condition that a feature has not been retired."""


def conditions(layer: LayerSpec, asked: Filter, city: City, of: Unit) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on a layer's features, which have no time, category, status or channel.

    A source that feeds other layers says nothing about this one.
    """
    table = feature.c
    found = [LIVE, table.layer == layer.id, *below(table.unit_id, of)]
    found += places(table.geom, asked, points=layer.geometry == "point")
    if sources := [code for code in asked.sources if city.sources[code].feeds == layer.id]:
        found.append(table.source_id.in_(select(source.c.id).where(source.c.code.in_(sources))))
    if asked.q:
        found.append(table.name.icontains(asked.q, autoescape=True) | (table.key == asked.q))
    return found


def held(layers: Iterable[str], of: Unit) -> Question:
    """Ask how many features each layer has in a unit."""
    table = feature.c
    where = (LIVE, table.layer.in_(list(layers)), *below(table.unit_id, of))
    return select(table.layer, func.count().label("n")).where(*where).group_by(table.layer)
