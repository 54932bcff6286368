"""What lies under the polygons: a button at the map's edge that opens the choice, and word of a base map that fails."""

import json
from collections.abc import Sequence
from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.base_maps import BaseMap
from dashboard.parts import aria, data
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    OPEN = "base-map-open"
    CHOICES = "base-map-choices"
    TROUBLE = "base-map-trouble"


def layout(base_maps: Sequence[BaseMap]) -> list[Component]:
    """Return the button, hidden where nothing can be chosen, and the places `base_map.js` fills."""
    offers = json.dumps([item.facts() for item in base_maps], ensure_ascii=False)
    named = aria(label=say("base_map", "zh"))
    return [
        html.Button(
            id=Ids.OPEN,
            className="tool base-map-open",
            hidden=not base_maps,
            **named,
            **aria(expanded="false", controls=Ids.CHOICES),
            **data(offers=offers),
        ),
        html.Section(id=Ids.CHOICES, className="panel base-map", hidden=True, role="radiogroup", **named),
        html.P(id=Ids.TROUBLE, className="panel base-map-trouble", hidden=True, role="status"),
    ]


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(
        ClientsideFunction("base_map", "follow"),
        Input(Store.VIEW, "data"),
        Input(Store.LANGUAGE, "data"),
        Input(Store.THEME, "data"),
        Input(Ids.OPEN, "id"),
    )
