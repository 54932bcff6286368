"""How single features look on paper: by their style as on screen, in the colours of a light page; and their key."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.symbols import NONE, STROKES, called, looks, steps
from dashboard.words import say
from layers.pack import City
from layers.specs import LayerSpec
from layers.styles import OTHER

COLOURS = {
    "sky": "#3a9bdc",
    "orange": "#d17f00",
    "green": "#00875f",
    "yellow": "#b99f00",
    "blue": "#2a52be",
    "red": "#cc4a10",
    "pink": "#b8508f",
    "grey": "#74828e",
}
"""The named colours, as `tokens.css` has them for light pages."""
PIXEL = 0.17
"""Millimetres on paper for a pixel on screen."""
USUAL = 5
"""Pixels: the radius of a point whose layer says nothing of sizes."""


@dataclass(frozen=True)
class Sign:
    """How a feature is drawn: a point by its shape, a line or a polygon by its stroke."""

    geometry: str
    colour: str
    shape: str
    radius: float = USUAL * PIXEL
    """Of points, in millimetres."""
    hollow: bool = False


@dataclass(frozen=True)
class Group:
    """What the colours or the sizes of a layer mean, as far as they are on the map."""

    title: str
    entries: Sequence[tuple[Sign, str]]


class Signs:
    """The signs of one layer's features; it remembers which were given out."""

    def __init__(self, layer: LayerSpec, city: City, *, colour: str) -> None:
        """Read the style."""
        self.layer, self.colour = layer, colour
        self.kinds = looks(layer, city)
        self.of_value = {value: number for number, (kind, _) in enumerate(self.kinds) for value in kind.values}
        self.used: set[int | None] = set()
        """Numbers of kinds; none is any other value."""
        self.plain = False
        """Whether any has only its layer's colour."""

    def sign(self, said: Mapping[str, Any]) -> Sign:
        """Return how a feature looks that says so of itself."""
        style, geometry = self.layer.style, self.layer.geometry
        radius = USUAL * PIXEL if style is None else self._radius(_value(said, style.size_by)) * PIXEL
        if style is None or style.color_by is None:
            self.plain = True
            return Sign(geometry, self.colour, "circle" if geometry == "point" else STROKES[0], radius)
        number = self.of_value.get(str(_value(said, style.color_by)))
        self.used.add(number)
        return self._kind(number, radius)

    def key(self, language: str) -> list[Group]:
        """Return what the signs that were given out mean."""
        style, found = self.layer.style, []
        if style and style.color_by and self.used:
            what = "color_by" if self.layer.geometry == "point" else "color_by_stroke"
            names: list[tuple[int | None, str]] = [
                (number, kind.title.text(language)) for number, (kind, _) in enumerate(self.kinds)
            ]
            entries = [
                (self._kind(number), name)
                for number, name in [*names, (None, say("other_values", language))]
                if number in self.used
            ]
            found.append(Group(say(what, language, name=called(style.color_by, self.layer, language)), entries))
        if style and style.size_by and (self.used or self.plain):
            rings = [
                (Sign("point", self.colour, "circle", radius * PIXEL, hollow=True), text)
                for radius, text in steps(style, language)
            ]
            found.append(Group(say("size_by", language, name=called(style.size_by, self.layer, language)), rings))
        return found

    def _kind(self, number: int | None, radius: float = USUAL * PIXEL) -> Sign:
        geometry = self.layer.geometry
        if number is None:
            return Sign(geometry, COLOURS[OTHER], NONE if geometry == "point" else STROKES[0], radius)
        kind, shape = self.kinds[number]
        return Sign(geometry, COLOURS.get(kind.color, kind.color), shape, radius)

    def _radius(self, number: object) -> float:
        """Return the radius in pixels, as symbols.js has it."""
        style = self.layer.style
        if style is None or style.most is None:
            return USUAL
        least, largest = style.radius
        if not isinstance(number, int | float) or number <= 0:
            return least
        return min(max(largest * math.sqrt(number / style.most), least), largest)


def joined(groups: Sequence[Group]) -> list[Group]:
    """Return groups of the same title as one, without saying the same twice: several sources may share a style."""
    found: dict[str, dict[tuple[Sign, str], None]] = {}
    for group in groups:
        found.setdefault(group.title, {}).update(dict.fromkeys(group.entries))
    return [Group(title, list(entries)) for title, entries in found.items()]


def _value(said: Mapping[str, Any], field: str | None) -> object:
    """Return what a feature says of a field; of incidents, what their source said more stands below."""
    return None if field is None else said.get(field, (said.get("attributes") or {}).get(field))
