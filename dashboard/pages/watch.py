"""The main page: the map fills the window, and the panels float over it."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from dashboard import state
from dashboard.base_maps import BaseMap
from dashboard.panels import (
    around,
    base_map,
    beside,
    conditions,
    figures,
    filters,
    header,
    hours,
    incident_list,
    kinds,
    layer_list,
    legend,
    map_view,
    measure,
    more_filters,
    notice,
    playback,
    ranking,
    search,
    sources,
    strip,
    table,
    takeaway,
    trend,
    views,
)
from dashboard.parts import aria, data
from layers.pack import City

PROVIDER = "watch-provider"
DATES = "watch-dates"


def fold(side: str) -> html.Button:
    """Return the handle that folds a rail away; `rails.js` names it in the page's language."""
    return html.Button(className=f"fold fold-{side}", **data(folds=side))


def calendar(language: str | None) -> dict[str, str | int]:
    """Return how the calendar speaks; weeks begin on Monday."""
    return {"locale": "en" if language == "en" else "zh-cn", "firstDayOfWeek": 1}


def themed(theme: str | None) -> str:
    """Return the theme the controls take."""
    return theme or "dark"


def register(app: Dash) -> None:
    """Wire what surrounds the panels: the theme of all controls, the language of the calendar."""
    app.callback(Output(PROVIDER, "forceColorScheme"), Input(state.Store.THEME, "data"))(themed)
    app.callback(Output(DATES, "settings"), Input(state.Store.LANGUAGE, "data"))(calendar)


def layout(city: City, base_maps: Sequence[BaseMap] = ()) -> dmc.MantineProvider:
    """Return the page, every panel in its loading state."""
    left = [layer_list.layout(), filters.layout(), sources.layout()]
    right = [figures.layout(), ranking.layout(), incident_list.layout()]
    return dmc.MantineProvider(
        dmc.DatesProvider(
            html.Div(
                [
                    state.layout(city),
                    map_view.layout(city, attributed=bool(base_maps)),
                    header.layout(views.button(), takeaway.button(), box=search.layout()),
                    html.Div(className="progress", **aria(hidden="true")),
                    html.Aside(left, className="rail rail-left", **data(covers="left")),
                    html.Aside(right, className="rail rail-right", **data(covers="right")),
                    around.layout(),
                    html.Div([*base_map.layout(base_maps), *measure.layout()], className="tools"),
                    views.layout(),
                    more_filters.layout(),
                    takeaway.layout(),
                    fold("left"),
                    fold("right"),
                    html.Div(
                        [
                            conditions.layout(),
                            html.P(className="waiting", role="status"),
                            html.Div([legend.layout(), playback.legend(), notice.layout(city)], className="corners"),
                            strip.layout(
                                [*trend.head(), playback.button(), *kinds.head(), *table.head()],
                                [
                                    playback.layout(),
                                    trend.layout(),
                                    hours.layout(),
                                    kinds.layout(),
                                    beside.layout(),
                                    table.layout(),
                                ],
                            ),
                        ],
                        className="middle",
                    ),
                ],
                className="page",
            ),
            id=DATES,
            settings=calendar("zh"),
        ),
        id=PROVIDER,
        forceColorScheme="dark",
        theme={"primaryColor": "cyan", "fontFamily": "var(--font)", "defaultRadius": 6},
    )
