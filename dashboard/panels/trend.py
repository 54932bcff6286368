"""The trend: incidents per day around the chosen period; a drag across days chooses another."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html

from dashboard.parts import data
from dashboard.state import Store
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    FRAME = "trend-frame"
    TITLE = "trend-title"
    HINT = "trend-hint"
    CHART = "trend-chart"
    READOUT = "trend-readout"


def layout() -> html.Section:
    """Return the empty chart; `trend.js` draws into it, so that the page needs no charting library to start."""
    return html.Section(
        [
            html.Header([html.H2(id=Ids.TITLE), html.Span(id=Ids.READOUT), html.Span(id=Ids.HINT, className="hint")]),
            html.Div(id=Ids.CHART, className="chart", tabIndex=0, role="application"),
        ],
        id=Ids.FRAME,
        className="panel trend",
        **data(covers="bottom"),
    )


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    app.clientside_callback(
        ClientsideFunction("trend", "draw"), Input(Store.OUTER, "data"), Input(Store.LANGUAGE, "data")
    )
