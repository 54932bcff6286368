"""How single features look: a shape or stroke for each colour, since colour is never the only sign, and their key."""

import math
from itertools import chain
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.words import count, say
from layers.pack import City
from layers.specs import LayerSpec
from layers.styles import OTHER, Kind, StyleSpec, kinds, title

Points = tuple[tuple[float, float], ...]


def _turned(points: Points, quarter: float) -> Points:
    """Return points turned by so many quarters of a whole turn."""
    sine, cosine = math.sin(quarter * math.pi / 2), math.cos(quarter * math.pi / 2)
    return tuple((round(x * cosine - y * sine, 3), round(x * sine + y * cosine, 3)) for x, y in points)


def _star() -> Points:
    return tuple(
        (round(reach * math.sin(at * math.pi / 5), 3), round(-reach * math.cos(at * math.pi / 5), 3))
        for at, reach in enumerate((1.35, 0.6) * 5)
    )


SQUARE: Points = ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))
TRIANGLE: Points = ((0.0, -1.25), (1.15, 0.75), (-1.15, 0.75))
PLUS: Points = tuple(
    chain.from_iterable(_turned(((-0.4, -1.15), (0.4, -1.15), (0.4, -0.4)), quarter) for quarter in range(4))
)
SHAPES: dict[str, Points] = {
    "circle": (),
    "square": SQUARE,
    "triangle": TRIANGLE,
    "diamond": _turned(SQUARE, 0.5),
    "plus": PLUS,
    "star": _star(),
    "wedge": _turned(TRIANGLE, 2),
    "bar": ((-1.3, -0.55), (1.3, -0.55), (1.3, 0.55), (-1.3, 0.55)),
    "cross": _turned(PLUS, 0.5),
}
"""Corners, y downwards, of shapes about as large as a circle of radius 1; more than there are colours in a series,
so that a colour that comes again has another shape."""
NONE = "cross"
"""The shape of values that have no colour."""
GIVEN = tuple(shape for shape in SHAPES if shape != NONE)
STROKES = ("solid", "dashed", "dotted")
"""Of lines, and of the edges of polygons."""
EXACT = 20
"""Numbers from which digits after the point say nothing on a map."""


def looks(layer: LayerSpec, city: City) -> list[tuple[Kind, str]]:
    """Return what a layer's colours mean, each with its shape or stroke."""
    signs = GIVEN if layer.geometry == "point" else STROKES
    return [(kind, signs[at % len(signs)]) for at, kind in enumerate(kinds(layer, city))]


def styled(layer: LayerSpec, city: City) -> dict[str, Any] | None:
    """Return a layer's style as `symbols.js` reads it: which values look how, which number says the size."""
    if layer.style is None:
        return None
    return {
        **layer.style.model_dump(include={"color_by", "size_by", "most", "radius"}),
        "kinds": [
            {
                "name": kind.title.zh,
                "name_en": kind.title.en,
                "color": kind.color,
                "shape": shape,
                "values": kind.values,
            }
            for kind, shape in looks(layer, city)
        ],
        "other": {"color": OTHER, "shape": NONE if layer.geometry == "point" else STROKES[0]},
    }


def key(layer: LayerSpec, city: City, language: str) -> list[Component]:
    """Return what a layer's colours, shapes, strokes and sizes mean."""
    style = layer.style
    found: list[Component] = []
    if style and style.color_by:
        named = [(kind.title.text(language), kind.color, shape) for kind, shape in looks(layer, city)]
        named.append((say("other_values", language), OTHER, NONE))
        rows = [html.Li([sign(layer, color, shape), html.Span(name)]) for name, color, shape in named]
        what = "color_by" if layer.geometry == "point" else "color_by_stroke"
        found += [html.P(say(what, language, name=called(style.color_by, layer, language))), html.Ul(rows)]
    if style and style.size_by:
        rows = sizes(style, layer.color, language)
        found += [html.P(say("size_by", language, name=called(style.size_by, layer, language))), html.Ul(rows)]
    return [html.Div(found, className="layer-key")] if found else []


def symbol(layer: LayerSpec) -> html.I:
    """Return the sign of a whole layer: a dot of incidents, a square of what stands somewhere, a line or a patch."""
    if layer.geometry == "polygon":
        return html.I(className="dot is-patch", style={"background": f"{layer.color}66", "borderColor": layer.color})
    look = {"line": "dot is-line", "point": "dot is-square"}[layer.geometry]
    return html.I(className="dot" if layer.incidents else look, style={"background": layer.color})


def sign(layer: LayerSpec, color: str, shape: str) -> html.I:
    """Return the sign of one value of a layer."""
    if layer.geometry == "point":
        return swatch(color, shape)
    stroke = shape if shape in STROKES else STROKES[0]
    return html.I(className=f"sign is-{layer.geometry}", style={"borderStyle": stroke, "color": shade(color)})


def swatch(color: str, shape: str) -> html.I:
    """Return a small sign of a colour and a shape."""
    corners = ", ".join(f"{50 + 37 * x:.1f}% {50 + 37 * y:.1f}%" for x, y in SHAPES[shape])
    clip = f"polygon({corners})" if corners else "circle(37%)"
    return html.I(className="sign", style={"background": shade(color), "clipPath": clip})


def steps(style: StyleSpec, language: str) -> list[tuple[float, str]]:
    """Return the radius in pixels of a sixteenth, a quarter and all of the number that is drawn largest."""
    least, largest = style.radius
    found = []
    for part, sign in ((1 / 16, ""), (1 / 4, ""), (1.0, "≥ ")):
        number = (style.most or 0) * part
        text = count(number, language) if number >= EXACT else f"{number:.2g}"
        found.append((max(least, largest * math.sqrt(part)), sign + text))
    return found


def sizes(style: StyleSpec, color: str, language: str) -> list[html.Li]:
    """Return a circle for each of the steps."""
    rows = []
    for radius, text in steps(style, language):
        wide = f"{2 * radius:.0f}px"
        ring = html.I(className="ring", style={"width": wide, "height": wide, "borderColor": color})
        rows.append(html.Li([ring, html.Span(text)]))
    return rows


def shade(color: str) -> str:
    """Return a named colour as the page's tokens have it, any other as it is."""
    return color if color.startswith("#") else f"var(--kind-{color})"


def called(field: str, layer: LayerSpec, language: str) -> str:
    """Return what a field is called; what every incident has is called so by the page."""
    declared = title(field, layer)
    return declared.text(language) if declared else say(field, language)
