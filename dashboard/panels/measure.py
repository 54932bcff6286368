"""Measuring on the map: the length of a way and the area within it, on the ellipsoid."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.parts import aria
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    START = "measure-start"
    RESULT = "measure-result"


def layout() -> list[Component]:
    """Return the button, and the place of the result; `measure.js` fills it."""
    return [
        html.Button(id=Ids.START, className="tool measure-start", **aria(label=say("measure", "zh"), pressed="false")),
        html.Section(id=Ids.RESULT, className="panel measure", hidden=True, **aria(label=say("measure", "zh"))),
    ]


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(
        ClientsideFunction("measure", "dress"), Input(Store.LANGUAGE, "data"), Input(Ids.START, "id")
    )
