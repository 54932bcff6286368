"""Saved views: the header's button, and the dialog in which views are kept, opened, shared and forgotten."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, Output, html

from dashboard.parts import aria
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    OPEN = "views-open"
    DIALOG = "views-dialog"


def button() -> html.Button:
    """Return the header's button; on a saved view it carries the view's name."""
    return html.Button(say("views", "zh"), id=Ids.OPEN, className="views-open", **aria(haspopup="dialog"))


def layout() -> html.Dialog:
    """Return the closed dialog; `views.js` fills it when it opens."""
    return html.Dialog(id=Ids.DIALOG, className="panel views", **aria(label=say("views", "zh")))


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(
        ClientsideFunction("views", "label"),
        Output(Ids.OPEN, "children"),
        Input(Store.VIEW, "data"),
        Input(Store.LANGUAGE, "data"),
    )
    app.clientside_callback(ClientsideFunction("views", "open"), Input(Ids.OPEN, "n_clicks"))
