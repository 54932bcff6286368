"""The table of incidents in the strip below the map; `table.js` makes it of AG Grid when somebody opens it."""

from enum import StrEnum
from pathlib import Path

import dash_ag_grid
from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component
from dash.fingerprint import build_fingerprint

from dashboard.balance import balance
from dashboard.painting import canvas, paint
from dashboard.parts import data
from dashboard.state import Picture, Store, View
from layers.pack import City

SCRIPT = "dash_ag_grid.min.js"
GRID_WORDS = (
    "loadingOoo",
    "loadingError",
    "noRowsToShow",
    "ariaSortableColumn",
    "ariaFilterInput",
    "ariaFilterColumn",
    "ariaRowSelect",
    "ariaRowDeselect",
    "ariaSkeletonCellLoading",
    "ariaSkeletonCellLoadingFailed",
)
"""What AG Grid says by itself, by its own names."""


class Ids(StrEnum):
    """Every id this panel owns."""

    BAR = "table-bar"
    COLUMNS = "table-columns"
    PLACE = "table-place"
    TROUBLE = "table-trouble"


def head() -> list[Component]:
    """Return what stands above the table."""
    return [
        canvas(Ids.BAR, [], className="table-bar only-table"),
        html.Details(id=Ids.COLUMNS, className="table-columns only-table"),
    ]


def layout() -> html.Div:
    """Return the place of the table, which knows where its script is, and of what keeps rows away."""
    place = html.Div(id=Ids.PLACE, className="table-place", **data(script=script(), words=" ".join(GRID_WORDS)))
    return html.Div(
        [html.P(id=Ids.TROUBLE, role="alert", className="error-text"), place], className="table-box only-table"
    )


def script() -> str:
    """Return the address of AG Grid: a name that changes with it, so that browsers may keep it."""
    file = Path(dash_ag_grid.__file__).parent / SCRIPT
    name: str = build_fingerprint(SCRIPT, dash_ag_grid.__version__, int(file.stat().st_mtime))
    return f"/_dash-component-suites/{dash_ag_grid.__name__}/{name}"


def draw(view: View | None, picture: Picture | None, language: str) -> list[Component]:
    """Return the line above the table."""
    if not view or not picture or "summary" not in picture or view["strip"] != "table":
        return []
    return [balance(picture, language)]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    # About two megabytes that most who look at the map never need: fetched with the first table, not with the page.
    for file in vars(dash_ag_grid)["_js_dist"]:
        if "dynamic" not in file:
            file["async"] = "lazy"
    paint(app, Ids.BAR, draw, Input(Store.VIEW, "data"), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
    app.clientside_callback(
        ClientsideFunction("table", "follow"),
        Input(Store.VIEW, "data"),
        Input(Store.INCIDENTS, "data"),
        Input(Store.LANGUAGE, "data"),
    )
