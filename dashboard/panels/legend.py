"""The legend: what the colours of the map mean, and how the classes are cut."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, State, html
from dash.development.base_component import Component

from dashboard.classes import Class
from dashboard.painting import canvas, paint
from dashboard.parts import choices, toggle
from dashboard.shades import classes_of
from dashboard.state import Picture, Store, address
from dashboard.words import period, say
from layers.pack import City

METHODS = ("quantile", "equal")


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "legend-body"


def layout() -> html.Div:
    """Return the empty legend."""
    return canvas(Ids.BODY, [], className="panel legend")


def span(item: Class) -> str:
    """Return a class's range as text."""
    return f"{item.low:,}" if item.low == item.high else f"{item.low:,}–{item.high:,}"


def rows(classes: list[Class], colors: list[str], language: str) -> list[Component]:
    """Return a swatch, a range and a number of units for each class, low to high, and what grey means."""
    found: list[Component] = [
        html.Li(
            [
                html.I(style={"background": color}),
                html.Span(span(item)),
                html.Small(say("one_unit_in_class" if item.units == 1 else "units_in_class", language, n=item.units)),
            ]
        )
        for item, color in zip(classes, colors, strict=True)
    ]
    if not classes:
        found.append(html.Li([html.I(className="none"), html.Span(say("no_data", language))]))
    return found


def methods(picture: Picture, language: str) -> html.Div:
    """Return the choice of how classes are cut."""
    view = picture["view"]
    options = [
        toggle(
            say(method, language),
            href=address(view, classes=method),
            on=method == view["classes"],
            role="radio",
            look="choice",
        )
        for method in METHODS
    ]
    return choices(options, say("classes", language))


def draw(found: dict[str, Any] | None, language: str, picture: Picture | None) -> list[Component]:
    """Return what the map's colours mean."""
    if not found or not picture:
        return []
    title = f"{say('legend', language)} · {period(picture['view'], language)}"
    head = html.Header([html.H2(title), methods(picture, language)])
    return [head, html.Ul(rows(classes_of(found), found["colors"], language))]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.BODY, draw, Input(Store.SHADES, "data"), Input(Store.LANGUAGE, "data"), State(Store.PICTURE, "data"))
