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
from dashboard.takeaway.signs import Group, Sign, Signs, joined
from dashboard.takeaway.tables import Order
from dashboard.viewing import Sight
from layers import shapes, units
from layers.filters import Box
from layers.ground import Ground
from layers.parts import Title
from layers.points import TILE, View
from layers.settings import READ
from layers.specs import LayerSpec

PIXELS = 600
"""A map on paper is clustered like one on a screen so wide."""


@dataclass(frozen=True)
class Mark:
    """One feature in degrees with its sign, or several counted at one place."""

    place: BaseGeometry
    count: int
    sign: Sign | None = None


@dataclass(frozen=True)
class Overlay:
    """The features of a layer, or the incidents of several."""

    title: str
    colour: str
    total: int
    marks: Sequence[Mark]
    key: Sequence[Group] = ()
    """What the signs of single features mean."""
    level: Title | None = None
    """The level whose units are counted, where features are not drawn where they are."""
    incidents: bool = False

    @property
    def strokes(self) -> bool:
        """Whether any mark is a line or a polygon."""
        return any(mark.sign and mark.sign.geometry != "point" for mark in self.marks)

    @property
    def counted(self) -> bool:
        """Whether any mark stands for several features."""
        return any(mark.count > 1 for mark in self.marks)

    @property
    def sign(self) -> Sign | None:
        """The sign of all single features, where nothing tells them apart."""
        signs = {replace(mark.sign, radius=0) for mark in self.marks if mark.sign}
        return next(mark.sign for mark in self.marks if mark.sign) if len(signs) == 1 and not self.key else None

    def moved(self, move: Callable[[Any], Any]) -> "Overlay":
        """Return the overlay with all its places moved."""
        return replace(self, marks=[replace(mark, place=transform(mark.place, move)) for mark in self.marks])


def overlays(order: Order, layers: Sequence[str], box: Box) -> Iterator[Overlay]:
    """Yield the chosen layers from the bottom up; the incidents of all sources come together, as on screen."""
    chosen = [layer for layer in order.city.layers.values() if layer.id in layers]
    view = View(box, zoom(box))
    for layer in sorted(chosen, key=lambda each: (each.geometry != "polygon", each.geometry != "line", each.order)):
        if layer.incidents is None:
            if layer.geometry == "point":
                found = _seen(order, Sight(order.asked, order.city, order.of, view, order.now, layer))
            else:
                question = shapes.shapes_in_view(layer, order.asked, order.city, of=order.of, view=view)
                found = str(order.connection.execute(question).scalar_one())
            yield _overlay(order, found, [layer], colour=layer.color)
    wanted = order.asked.sources
    happening = [each for each in chosen if each.incidents and (not wanted or each.incidents in wanted)]
    if happening:
        asked = replace(order.asked, sources=tuple(each.incidents or "" for each in happening))
        found = _seen(order, Sight(asked, order.city, order.of, view, order.now))
        yield _overlay(order, found, happening, colour=INCIDENT)


def zoom(box: Box) -> int:
    """Return the zoom at which a box is about as wide as a screen."""
    return max(0, min(19, int(math.log2(360 * PIXELS / TILE / max(box[2] - box[0], 1e-6)))))


def _seen(order: Order, sight: Sight) -> str:
    """Return what is in view as the map has it: point by point, or counted by unit."""
    connection = order.connection
    if not sight.dear(connection, READ):
        return sight.read(connection)
    ground = Ground(connection.execute(units.grounds()).mappings())
    return sight.counted(connection, ground) or sight.read(connection)


def _overlay(order: Order, written: str, layers: Sequence[LayerSpec], *, colour: str) -> Overlay:
    """Give a layer's features, or the incidents of several, their signs."""
    found: dict[str, Any] = json.loads(written)
    signs = {layer.incidents or "": Signs(layer, order.city, colour=colour) for layer in layers}

    def mark(item: dict[str, Any]) -> Mark:
        said = item["properties"]
        if count := said.get("count"):
            return Mark(shape(item["geometry"]), count)
        source = said["source"] if layers[0].incidents else ""
        return Mark(shape(item["geometry"]), 1, signs[source].sign(said))

    marks = sorted(map(mark, found["features"]), key=lambda each: -each.sign.radius if each.sign else 0)
    key = joined([group for each in signs.values() for group in each.key(order.language)])
    title = ("、" if order.language == "zh" else ", ").join(layer.title.text(order.language) for layer in layers)
    level = order.city.levels[order.city.rank(found["level"])].title if "level" in found else None
    return Overlay(title, colour, found["total"], marks, key, level, incidents=bool(layers[0].incidents))
