"""The strip below the map: tabs for its charts and the table, and what the period is compared with."""

from enum import StrEnum

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.looks import STRIPS
from dashboard.painting import canvas, paint
from dashboard.parts import choices, data, toggle
from dashboard.state import Store, View, address
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    TABS = "strip-tabs"
    AGAINST = "strip-against"


def layout(head: list[Component], charts: list[Component]) -> html.Section:
    """Return the strip around what other panels show there, of which the address says one."""
    return html.Section(
        [html.Header([canvas(Ids.TABS, []), *head, html.Span(id=Ids.AGAINST, className="against")]), *charts],
        className="panel trend",
        **data(covers="bottom"),
    )


def draw(view: View | None, language: str) -> list[Component]:
    """Return a link to each chart."""
    if not view:
        return []
    shown = view["strip"] if view["strip"] in STRIPS else STRIPS[0]
    tabs = [
        toggle(
            say(f"strip_{tab}", language), href=address(view, strip=tab), on=tab == shown, role="radio", look="choice"
        )
        for tab in STRIPS
    ]
    return [choices(tabs, say("strip", language))]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.TABS, draw, Input(Store.VIEW, "data"), Input(Store.LANGUAGE, "data"))
    app.clientside_callback(
        ClientsideFunction("strip", "against"), Input(Store.VIEW, "data"), Input(Store.LANGUAGE, "data")
    )
