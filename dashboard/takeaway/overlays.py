"""What lies over the units of a printed map: the layers that were on screen, from the same questions as there."""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapely import transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dashboard.leaflet import INCIDENT
from dashboard.takeaway.tables import Order
from layers import points, shapes
from layers.filters import Box
from layers.points import TILE, View
from layers.questions import Question

PIXELS = 600
"""A map on paper is clustered like one on a screen so wide."""


@dataclass(frozen=True)
class Mark:
    """One feature in degrees, or several counted at one place."""

    place: BaseGeometry
    count: int


@dataclass(frozen=True)
class Overlay:
    """The features of a layer, or the incidents of several."""

    title: str
    colour: str
    total: int
    marks: Sequence[Mark]

    def moved(self, move: Callable[[Any], Any]) -> "Overlay":
        """Return the overlay with all its places moved."""
        return replace(self, marks=[Mark(transform(mark.place, move), mark.count) for mark in self.marks])


def overlays(order: Order, layers: Sequence[str], box: Box) -> Iterator[Overlay]:
    """Yield the chosen layers from the bottom up; the incidents of all sources come together, as on screen."""
    chosen = [layer for layer in order.city.layers.values() if layer.id in layers]
    view = View(box, zoom(box))
    for layer in sorted(chosen, key=lambda each: (each.geometry != "polygon", each.geometry != "line", each.order)):
        if layer.incidents is None:
            ask = points.features_in_view if layer.geometry == "point" else shapes.shapes_in_view
            question = ask(layer, order.asked, order.city, of=order.of, view=view)
            yield _overlay(order, question, title=layer.title.text(order.language), colour=layer.color)
    wanted = order.asked.sources
    titles = {
        layer.incidents: layer.title.text(order.language)
        for layer in chosen
        if layer.incidents and (not wanted or layer.incidents in wanted)
    }
    if titles:
        asked = replace(order.asked, sources=tuple(titles))
        question = points.incidents_in_view(asked, order.city, of=order.of, view=view, now=order.now)
        joined = "、" if order.language == "zh" else ", "
        yield _overlay(order, question, title=joined.join(titles.values()), colour=INCIDENT)


def zoom(box: Box) -> int:
    """Return the zoom at which a box is about as wide as a screen."""
    return max(0, min(19, int(math.log2(360 * PIXELS / TILE / max(box[2] - box[0], 1e-6)))))


def _overlay(order: Order, question: Question, *, title: str, colour: str) -> Overlay:
    found: dict[str, Any] = json.loads(order.connection.execute(question).scalar_one())
    marks = [Mark(shape(item["geometry"]), item["properties"].get("count") or 1) for item in found["features"]]
    return Overlay(title, colour, found["total"], marks)
