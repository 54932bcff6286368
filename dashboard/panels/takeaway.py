"""Taking away: the header's button, and the dialog in which files of what is on screen are ordered."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, Output, html

from dashboard.parts import aria
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    OPEN = "takeaway-open"
    DIALOG = "takeaway-dialog"


def button() -> html.Button:
    """Return the header's button."""
    return html.Button(say("take_away", "zh"), id=Ids.OPEN, className="takeaway-open", **aria(haspopup="dialog"))


def layout() -> html.Dialog:
    """Return the closed dialog; `takeaway.js` fills it when it opens."""
    return html.Dialog(id=Ids.DIALOG, className="panel takeaway", **aria(label=say("take_away", "zh")))


def register(app: Dash, city: City) -> None:  # noqa: ARG001 - every panel is wired the same way
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(
        ClientsideFunction("takeaway", "follow"),
        Output(Ids.OPEN, "children"),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
    )
    app.clientside_callback(ClientsideFunction("takeaway", "open"), Input(Ids.OPEN, "n_clicks"))
