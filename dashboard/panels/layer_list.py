"""The layers by theme: how much each holds, and a switch to show it."""

from enum import StrEnum
from functools import partial

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import choices, skeleton, toggle
from dashboard.state import Picture, Store, View, address, toggled
from dashboard.words import count, say
from layers.pack import City
from layers.specs import LayerSpec

THEMES = ("people", "places", "things", "events", "organisations")


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "layer-list-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(6), className="panel layer-list")


def shown(city: City, view: View) -> list[str]:
    """Return the layers a view shows; without a word about them, those the pack shows."""
    chosen = view.get("layers")
    return [layer.id for layer in city.layers.values() if layer.shown] if chosen is None else chosen


def ordered(city: City) -> list[LayerSpec]:
    """Return the layers by theme, then in their own order."""
    return sorted(city.layers.values(), key=lambda layer: (THEMES.index(layer.theme), layer.order, layer.id))


def amounts(city: City, picture: Picture) -> dict[str, int]:
    """Return how much each layer holds in the unit: features, or incidents of the filter and period."""
    by_source = {item["code"]: item["total"] for item in picture["facets"]["source"]}
    return {
        layer.id: by_source.get(layer.incidents, 0) if layer.incidents else picture["held"].get(layer.id, 0)
        for layer in city.layers.values()
    }


def row(layer: LayerSpec, *, amount: int | None, on: bool, href: str, language: str) -> html.A:
    """Return one layer with its badge, count and switch."""
    return toggle(
        [
            html.Span(say(layer.theme, language), className="badge"),
            html.I(className="dot", style={"background": layer.color}),
            html.Span(layer.title.text(language), className="name", title=layer.title.text(language)),
            html.Span("" if amount is None else count(amount, language), className="value"),
            html.Span(className="switch"),
        ],
        href=href,
        on=on,
        role="switch",
        look="layer-row",
    )


def levels(city: City, picture: Picture, language: str) -> list[Component]:
    """Return the choice of the level whose units are drawn, where there is more than one below the unit."""
    view = picture["view"]
    below = city.levels[len(picture["unit"]["path"]) :]
    if len(below) <= 1:
        return []
    on = next((level.id for level in below if level.id == view.get("level")), None)
    titles = [(None, say("level_automatic", language)), *((item.id, item.title.text(language)) for item in below)]
    options = [
        toggle(title, href=address(view, level=ident), on=ident == on, role="radio", look="choice")
        for ident, title in titles
    ]
    return [
        html.Div(
            [html.Span(say("level_units", language)), choices(options, say("level_choose", language))],
            className="levels",
        )
    ]


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title and a row for each layer."""
    if not picture or "facets" not in picture:
        return [*skeleton(6)]
    view = picture["view"]
    held = amounts(city, picture)
    on = shown(city, view)
    rows = [
        row(
            layer,
            amount=held.get(layer.id),
            on=layer.id in on,
            href=address(view, layers=toggled(on, layer.id), after=view.get("after")),
            language=language,
        )
        for layer in ordered(city)
    ]
    return [
        html.Header(html.H2(say("layers", language))),
        *levels(city, picture, language),
        html.Div(rows, className="rows"),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(
        app,
        Ids.BODY,
        partial(draw, city),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
    )
