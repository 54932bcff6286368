"""The trend: incidents per day around the chosen period; a drag across days chooses another."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.state import Store
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    TITLE = "trend-title"
    HINT = "trend-hint"
    CHART = "trend-chart"
    READOUT = "trend-readout"


def head() -> list[Component]:
    """Return what stands above the chart."""
    return [
        html.H2(id=Ids.TITLE, className="only-trend"),
        html.Span(id=Ids.READOUT, className="only-trend"),
        html.Span(id=Ids.HINT, className="hint only-trend"),
    ]


def layout() -> html.Div:
    """Return the empty chart; `trend.js` draws into it, so that the page needs no charting library to start."""
    return html.Div(id=Ids.CHART, className="chart only-trend", tabIndex=0, role="application")


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    app.clientside_callback(
        ClientsideFunction("trend", "draw"), Input(Store.OUTER, "data"), Input(Store.LANGUAGE, "data")
    )
