"""Questions about features: which ones a filter means, how many each layer holds."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, collate, func, literal, select, union_all

from layers import lookup
from layers.comparisons import holding
from layers.filters import Filter
from layers.incidents import below, clauses_of, places
from layers.model import feature, source
from layers.pack import City
from layers.questions import Question
from layers.specs import LayerSpec
from layers.units import Unit, in_force

LIVE = feature.c.retired_at.is_(None)
"""The condition that a feature has not been retired."""
SPOT = func.ST_PointOnSurface(feature.c.geom)
SHOWN = (
    *(feature.c[name] for name in ("id", "layer", "key", "name", "unit_id", "attributes", "retired_at")),
    func.ST_X(SPOT).label("lon"),
    func.ST_Y(SPOT).label("lat"),
)
"""What answers tell of a feature; of a line or a polygon, a point on it."""


CANDIDATES = 200
"""So many of what fits are compared, before the best are told: a common word fits thousands."""


def conditions(layer: LayerSpec, asked: Filter, city: City, of: Unit) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on a layer's features, which have no time, category, status or channel.

    A source that feeds other layers says nothing about this one.
    """
    return [*below(feature, of, asked.before), *without_unit(layer, asked, city)]


def reaching(layer: LayerSpec, asked: Filter, city: City, of: Unit) -> list[ColumnElement[bool]]:
    """Return a filter's conditions where what only reaches into the unit counts too: roads lead through many."""
    found = without_unit(layer, asked, city)
    if of.rank:
        held, live = in_force(asked.before)
        ground = select(held.c.geom).where(held.c.id == of.id, *live).scalar_subquery()
        found.append(func.ST_Intersects(feature.c.geom, ground))
    return found


def without_unit(layer: LayerSpec, asked: Filter, city: City) -> list[ColumnElement[bool]]:
    """Return a filter's conditions on a layer's features but for the unit."""
    table = feature.c
    found = [LIVE, table.layer == layer.id]
    found += places(table.geom, asked, points=layer.geometry == "point")
    if sources := [code for code in asked.sources if city.sources[code].feeds == layer.id]:
        found.append(table.source_id.in_(select(source.c.id).where(source.c.code.in_(sources))))
    found += holding(clauses_of(asked, layer.id, city), city)
    if asked.q:
        found.append(lookup.anywhere(table.name, asked.q) | (table.key == asked.q))
    return found


def plain(layer: LayerSpec, asked: Filter, city: City) -> bool:
    """Tell whether a filter says nothing of a layer's features but unit and box, in the boundaries of today."""
    sources = [code for code in asked.sources if city.sources[code].feeds == layer.id]
    others = asked.within or asked.circle or asked.q or sources or clauses_of(asked, layer.id, city)
    return asked.before is None and not others


def by_unit(layer: LayerSpec, of: Unit, shift: int) -> Question:
    """Ask how many of a layer's features a unit has, by what a shift leaves of the id of theirs; an index knows."""
    bits = literal(shift, Integer)
    held = feature.c.unit_id.bitwise_rshift(bits).bitwise_lshift(bits).label("held")
    found = select(held).where(LIVE, feature.c.layer == layer.id, *below(feature, of, None)).subquery("found")
    return select(found.c.held, func.count().label("n")).group_by(found.c.held)


def declared(layer: LayerSpec) -> dict[str, ColumnElement[Any]]:
    """Return what a map is told of a feature: its key, its name, and the attributes that its layer declares."""
    table = feature.c
    names = [field.id for field in layer.fields if field.id not in {"key", "name"}]
    return {"key": table.key, "name": table.name, **{name: table.attributes[name] for name in names}}


def called(text: str, limit: int, layers: Iterable[str]) -> Question:
    """Ask for features of the layers whose key is or begins with a text, then for those whose name holds it."""
    table = feature.c
    shown = (LIVE, table.layer.in_(list(layers)))
    ways = (lookup.equal(table.key, text), lookup.beginning(table.key, text), lookup.holding(table.name, text))
    some = (
        select(table.id, literal(fit).label("fit")).where(*shown, *where).limit(CANDIDATES).subquery(f"way_{fit}")
        for fit, where in enumerate(ways)
    )
    found = union_all(*(select(way) for way in some)).subquery("found")
    best = select(found.c.id, func.min(found.c.fit).label("fit")).group_by(found.c.id).subquery("best")
    return (
        select(*SHOWN)
        .join(best, best.c.id == table.id)
        .order_by(best.c.fit, func.length(table.name), collate(table.key, "C"))
        .limit(limit)
    )


def one(number: int) -> Question:
    """Ask for one feature by its id."""
    return select(*SHOWN).where(feature.c.id == number)


def held(layers: Iterable[str], of: Unit, before: date | None = None) -> Question:
    """Ask how many features each layer has in a unit."""
    table = feature.c
    where = (LIVE, table.layer.in_(list(layers)), *below(feature, of, before))
    return select(table.layer, func.count().label("n")).where(*where).group_by(table.layer)


def meant(layer: LayerSpec, asked: Filter, city: City, of: Unit) -> Question:
    """Ask how many of a layer's features a filter means."""
    where = conditions(layer, asked, city, of)
    return select(literal(layer.id).label("layer"), func.count().label("n")).select_from(feature).where(*where)
