"""The search box: units, features, incidents and coordinates, from the keyboard first."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html

from dashboard.state import Store
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    BOX = "search-box"


def layout() -> html.Div:
    """Return the empty place; `search.js` puts the field and the list of results into it."""
    return html.Div(id=Ids.BOX, className="search", role="search")


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(ClientsideFunction("search", "dress"), Input(Store.LANGUAGE, "data"), Input(Ids.BOX, "id"))
