"""The main page: the map fills the window, and the panels float over it."""

import dash_mantine_components as dmc
from dash import html

from dashboard import state
from dashboard.panels import (
    conditions,
    figures,
    filters,
    header,
    incident_list,
    layer_list,
    legend,
    map_view,
    notice,
    ranking,
    sources,
    trend,
)
from dashboard.parts import aria, data
from layers.pack import City

PROVIDER = "watch-provider"


def fold(side: str) -> html.Button:
    """Return the handle that folds a rail away; `rails.js` names it in the page's language."""
    return html.Button(className=f"fold fold-{side}", **data(folds=side))


def layout(city: City, tiles: str | None) -> dmc.MantineProvider:
    """Return the page, every panel in its loading state."""
    left = [layer_list.layout(), filters.layout(), sources.layout()]
    right = [figures.layout(), ranking.layout(), incident_list.layout()]
    return dmc.MantineProvider(
        dmc.DatesProvider(
            html.Div(
                [
                    state.layout(city),
                    map_view.layout(city, tiles),
                    header.layout(),
                    html.Div(className="progress", **aria(hidden="true")),
                    html.Aside(left, className="rail rail-left", **data(covers="left")),
                    html.Aside(right, className="rail rail-right", **data(covers="right")),
                    fold("left"),
                    fold("right"),
                    html.Div(
                        [
                            conditions.layout(),
                            html.Div([legend.layout(), notice.layout(city)], className="corners"),
                            trend.layout(),
                        ],
                        className="middle",
                    ),
                ],
                className="page",
            ),
            id="watch-dates",
            settings={"firstDayOfWeek": 1},
        ),
        id=PROVIDER,
        forceColorScheme="dark",
        theme={"primaryColor": "cyan", "fontFamily": "var(--font)", "defaultRadius": 6},
    )
