"""The legend: what the colours of the map mean, and how the classes are cut."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.classes import Class, classify
from dashboard.leaflet import ramp
from dashboard.state import Picture, Store, address
from dashboard.words import period, say
from layers.pack import City

METHODS = ("quantile", "equal")
MEASURE = "total"


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "legend-body"


def layout() -> html.Section:
    """Return the empty legend."""
    return html.Section(id=Ids.BODY, className="panel legend")


def shades(picture: Picture, classes: list[Class], theme: str) -> dict[str, Any]:
    """Return the classes as the map's style function reads them."""
    return {
        "unit": picture["frame"]["unit"]["code"],
        "measure": MEASURE,
        "bounds": [item.high for item in classes],
        "colors": ramp(len(classes), theme) if classes else [],
    }


def span(item: Class) -> str:
    """Return a class's range as text."""
    return f"{item.low:,}" if item.low == item.high else f"{item.low:,}–{item.high:,}"


def rows(classes: list[Class], colors: list[str], language: str) -> list[Component]:
    """Return a swatch, a range and a number of units for each class, the highest first."""
    return [
        html.Li(
            [
                html.I(style={"background": color}),
                html.Span(span(item)),
                html.Small(say("units_in_class", language, n=item.units)),
            ]
        )
        for item, color in reversed(list(zip(classes, colors, strict=True)))
    ]


def methods(picture: Picture, language: str) -> html.Div:
    """Return the choice of how classes are cut."""
    now = picture["view"]["classes"]
    return html.Div(
        [
            html.A(
                say(method, language),
                href=address(picture["view"], classes=method),
                role="radio",
                className="choice is-on" if method == now else "choice",
                **{"aria-checked": str(method == now).lower()},
            )
            for method in METHODS
        ],
        role="radiogroup",
        className="choices",
        **{"aria-label": say("classes", language)},
    )


def draw(picture: Picture | None, language: str, theme: str) -> tuple[dict[str, Any] | None, list[Component]]:
    """Return the map's classes and the legend that explains them."""
    if not picture or "frame" not in picture:
        return None, []
    values = [child[MEASURE] for child in picture["frame"]["children"]]
    classes = classify(values, picture["view"]["classes"])
    found = shades(picture, classes, theme)
    title = f"{say('legend', language)} · {period(picture['view'], language)}"
    head = html.Header([html.H2(title), methods(picture, language)])
    return found, [head, html.Ul(rows(classes, found["colors"], language))]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    app.callback(
        Output(Store.SHADES, "data"),
        Output(Ids.BODY, "children"),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
        Input(Store.THEME, "data"),
    )(draw)
