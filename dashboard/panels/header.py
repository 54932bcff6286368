"""The header: where you are, which days, which language, and what time it is in the city."""

from enum import StrEnum
from functools import partial

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import DOWN, aria, data
from dashboard.state import PERIODS, Picture, Store, address
from dashboard.words import name, say
from layers.pack import City

LONG = 12
"""Letters of a name from which on it is shortened where the way does not fit."""


class Ids(StrEnum):
    """Every id this panel owns."""

    BREADCRUMB = "header-breadcrumb"
    PERIOD = "header-period"
    DATES = "header-dates"
    LANGUAGE = "header-language"
    THEME = "header-theme"
    DATA_TIME = "header-data-time"
    CLOCK = "header-clock"


def layout(*tools: Component, box: Component) -> html.Header:
    """Return the bar across the top; other panels may put their buttons into it, and one its box."""
    return html.Header(
        [
            html.A([html.B("一张图"), " OneMap"], href="?", className="brand"),
            canvas(Ids.BREADCRUMB, [], className="breadcrumb", role="navigation"),
            html.Div(className="spring"),
            box,
            dmc.SegmentedControl(id=Ids.PERIOD, data=[], value="", size="sm", className="period"),
            dmc.DatePickerInput(
                id=Ids.DATES,
                type="range",
                size="xs",
                valueFormat="YYYY-MM-DD",
                allowSingleDateInRange=True,
                className="dates",
                popoverProps={"zIndex": 3000},
            ),
            dmc.SegmentedControl(
                id=Ids.LANGUAGE,
                data=[{"value": "zh", "label": "中"}, {"value": "en", "label": "EN"}],
                value="",
                size="sm",
                className="language",
            ),
            *tools,
            html.Button(id=Ids.THEME, className="theme-switch", **aria(label=say("theme", "zh"))),
            html.Span(id=Ids.DATA_TIME, className="data-time"),
            html.Time(id=Ids.CLOCK, className="clock"),
        ],
        className="header",
        **data(covers="top"),
    )


def breadcrumb(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the way from the city down to here; every step but the last is a link."""
    if not picture or "unit" not in picture:
        return []
    path = picture["unit"]["path"]
    steps: list[Component] = []
    for step in path[:-1]:
        called = name(step, language)
        look = "is-long" if len(called) > LONG else ""
        steps += [
            html.A(called, href=address(picture["view"], unit=step["code"]), title=called, className=look),
            html.Span(DOWN, className="dim"),
        ]
    here = name(path[-1], language)
    steps.append(html.B(here, title=here, **aria(current="location")))
    rank = len(path)
    if picture["unit"]["children"] and rank < len(city.levels):
        level = city.levels[rank].title.text(language).lower()
        steps.append(html.Span(f"{DOWN}{say('choose', language, level=level)}", className="dim hint"))
    return steps


def describe(language: str) -> tuple[list[dict[str, str]], str, str, str, str]:
    """Return the choices of the period, what a tooltip or a screen reader says, and the chosen language."""
    choices = [{"value": period, "label": say(period, language)} for period in (*PERIODS, "custom")]
    return choices, say("pick_dates", language), say("theme", language), say("breadcrumb", language), language


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    way = partial(breadcrumb, city)
    paint(app, Ids.BREADCRUMB, way, Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
    app.callback(
        Output(Ids.PERIOD, "data"),
        Output(Ids.DATES, "placeholder"),
        Output(Ids.THEME, "aria-label"),
        Output(Ids.BREADCRUMB, "aria-label"),
        Output(Ids.LANGUAGE, "value"),
        Input(Store.LANGUAGE, "data"),
    )(describe)
    app.clientside_callback(
        ClientsideFunction("header", "chosen"),
        Output(Ids.PERIOD, "value"),
        Output(Ids.DATES, "value"),
        Input(Store.VIEW, "data"),
    )
    for function, ident in (("period", Ids.PERIOD), ("dates", Ids.DATES)):
        app.clientside_callback(
            ClientsideFunction("header", function),
            Output(Store.LOCATION, "search", allow_duplicate=True),
            Input(ident, "value"),
        )
    app.clientside_callback(
        ClientsideFunction("header", "language"),
        Output(Store.LANGUAGE, "data", allow_duplicate=True),
        Input(Ids.LANGUAGE, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("header", "theme"),
        Output(Store.THEME, "data", allow_duplicate=True),
        Input(Ids.THEME, "n_clicks"),
    )
    app.clientside_callback(
        ClientsideFunction("header", "data_time"),
        Output(Ids.DATA_TIME, "children"),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
    )
