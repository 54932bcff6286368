"""The dialog of conditions that have no place of their own: hours, days of the week, an area, any field."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html

from dashboard.parts import aria
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    DIALOG = "more-filters"


def layout() -> html.Dialog:
    """Return the closed dialog; `more_filters.js` fills it when it opens."""
    return html.Dialog(id=Ids.DIALOG, className="panel more-filters", **aria(label=say("more_filters", "zh")))


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: the area of a view is shown on the map, in the theme's colour."""
    app.clientside_callback(ClientsideFunction("area", "show"), Input(Store.VIEW, "data"), Input(Store.THEME, "data"))
