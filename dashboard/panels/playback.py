"""The playback: the period day by day, week by week or month by month on the map, with colours that stay the same."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html

from dashboard.parts import aria
from dashboard.state import Store
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns; `playback.js` fills the places."""

    OPEN = "playback-open"
    CONTROLS = "playback-controls"
    LEGEND = "playback-legend"


def button() -> html.Button:
    """Return the button that begins it."""
    return html.Button(id=Ids.OPEN, className="play-open only-trend", disabled=True)


def layout() -> html.Div:
    """Return the place of slider and buttons."""
    return html.Div(id=Ids.CONTROLS, className="playback only-trend", role="group", hidden=True)


def legend() -> html.Section:
    """Return the place of the legend that stands in for the usual one."""
    return html.Section(id=Ids.LEGEND, className="panel legend played", hidden=True, **aria(live="polite"))


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    app.clientside_callback(
        ClientsideFunction("playback", "follow"),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
        Input(Store.THEME, "data"),
    )
