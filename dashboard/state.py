"""All that two panels have in common: the address bar, and the stores that follow from it.

The address bar is the state. `view.js` reads it into `Store.VIEW`; whatever people do writes a new address, so a link,
the back button and a click are one mechanism. `feed.js` then asks the API for everything the view shows and puts it,
whole, into `Store.PICTURE`: numbers on the page always belong together.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html

from dashboard.facts import facts
from layers.orders import USUAL
from layers.pack import City

DEFAULT_PERIOD = "30d"
PERIODS = ("today", "7d", "30d", "1y", "all")
LISTS = ("category", "status", "source", "channel", "weekday", "where")
SINGLES = ("hours", "within", "circle", "q")
"""Conditions of which there is one at most."""
SIDE_BY_SIDE = 4
"""How many units stand side by side at most."""
ALL = 100
"""Per cent."""
SOURCES_EVERY = 60_000
"""Milliseconds between two looks at how fresh the sources are."""


class Store(StrEnum):
    """Everything shared between panels; all but the address live in the browser's memory."""

    LOCATION = "state-location"
    CITY = "state-city"
    VIEW = "state-view"
    PICTURE = "state-picture"
    INCIDENTS = "state-incidents"
    """A page of the incidents behind the picture."""
    HOURS = "state-hours"
    """Incidents by hour and day of the week, while these are looked at."""
    KINDS = "state-kinds"
    """Incidents by month and category, while these are looked at."""
    BESIDE = "state-beside"
    """Units side by side, while these are looked at."""
    OUTER = "state-outer"
    """Days around the chosen period, for the trend."""
    SOURCES = "state-sources"
    LANGUAGE = "state-language"
    THEME = "state-theme"
    SHADES = "state-shades"
    """The classes that colour the map."""
    TICK = "state-tick"


class View(TypedDict, total=False):
    """What an address says; `onemap.view.parse` makes it."""

    unit: str
    period: str
    since: str | None
    until: str | None
    first_day: str | None
    """How people name the beginning: the day, or a moment where it is no midnight."""
    last_day: str | None
    """The day before `until`, as people name the end."""
    category: list[str]
    status: list[str]
    source: list[str]
    channel: list[str]
    weekday: list[str]
    where: list[str]
    hours: str | None
    within: str | None
    circle: str | None
    q: str | None
    as_of: str | None
    """The day whose boundaries are shown; none means those in force."""
    layers: list[str] | None
    order: list[str] | None
    """Layers from the top of the drawing to its bottom; none is the pack's order."""
    opacity: dict[str, int]
    """How much of a layer is seen, in per cent, where it is not all."""
    heat: list[str]
    """Layers whose density is drawn from afar instead of their points."""
    group: str
    """`theme` or `owner`: what the list of layers is grouped by."""
    level: str | None
    """The level whose units are all drawn, where it is below the unit; none draws what the drill shows."""
    indicator: str
    classes: str
    breaks: list[float]
    """The upper ends of classes that somebody typed."""
    ramp: str
    sort: str
    """Which end of the ranking comes first: `high` or `low`, or where periods are compared `rise` or `fall`."""
    against: str | None
    """What the period is compared with: `before`, `week`, `year` or a day."""
    strip: str
    """What the strip below the map shows: `trend`, `hours`, `kinds`, `beside` or `table`."""
    beside: list[str]
    """The units to stand side by side there, by their codes."""
    by: str
    """What the table is ordered by, with a minus before it where the greatest comes first."""
    unplaced: str | None
    """`1` where lists hold only what belongs to the unit but to none of its children."""
    after: str | None
    base: str | None
    """The base map; none means the one that was last chosen here."""
    at: str | None
    """The chosen place: `feature-12`, `incident-34`, or longitude and latitude."""
    around: int | None
    """Metres around it that are asked about."""
    unread: list[str]
    """What the link says of the page's looks, or of nothing known, and was passed over."""
    saved: str | None
    """The saved view that the address came from, until something is changed."""


class Child(TypedDict):
    """One unit of a summary, with its numbers."""

    code: str
    name: str
    name_en: str
    total: int
    open: int
    overdue: int
    closed: int
    on_time: int
    due: int
    path: NotRequired[list[dict[str, str]]]
    """From the city down to it, where it is one of the many of a level."""


class Picture(TypedDict):
    """All the answers that belong to one view."""

    view: View
    unit: dict[str, Any]
    summary: dict[str, Any]
    held: dict[str, int]
    """How many features each layer holds in the unit."""
    layer_times: dict[str, str | None]
    """How recent the newest data of each layer is."""
    frame: dict[str, Any]
    """The units drawn: the unit's children, or at the lowest level its siblings."""
    compared: dict[str, Any] | None
    """The unit and the units drawn in the period compared with: `unit`, `frame` and, as above, `indicated`."""
    indicated: dict[str, Any] | None
    """The chosen indicator's values of these units; none where the summary has all it needs."""
    leveled: dict[str, Any] | None
    """The classes of all units of a level, where one is chosen; the many values stay with `cells.js`."""
    every: int
    """How many incidents the unit has in the period, whatever else the filter says."""
    ranked: dict[str, Any] | None
    """The first units of that level, in the order of the ranking."""
    facets: dict[str, list[dict[str, Any]]]
    """What each choice of a filter would count."""
    editions: list[dict[str, Any]]
    """The boundaries there have been, the newest first."""
    at: int
    """When it was answered, in milliseconds since 1970."""
    error: dict[str, Any] | None


class Page(TypedDict):
    """A page of incidents, newest first."""

    view: View
    total: int
    counts: dict[str, int]
    """How many of all of them are `open`, `overdue` and `closed`: other numbers are other rows, on whatever page."""
    first: int
    """The number of its first incident; 0 if the page was reached by a link."""
    before: str | None
    """The cursor of the page before; empty for the newest, none if it is not known."""
    next: str | None
    incidents: list[dict[str, Any]]


def address(view: View, **changes: object) -> str:
    """Return the address of a view with some of it changed: `?unit=…&status=open`. Defaults stay out."""
    elsewhere = (
        {"at": None, "around": None, "unplaced": None}
        if changes.get("unit", view.get("unit")) != view.get("unit")
        else {}
    )
    merged: dict[str, Any] = {**view, "after": None, **elsewhere, **changes}
    pairs: list[tuple[str, str]] = [("unit", merged["unit"])] if merged.get("unit") else []
    if merged.get("period") == "custom":
        pairs += [(name, merged[key]) for name, key in (("from", "since"), ("to", "until")) if merged.get(key)]
    elif merged.get("period") not in {None, DEFAULT_PERIOD}:
        pairs.append(("period", merged["period"]))
    pairs += [(name, value) for name in LISTS for value in merged.get(name) or ()]
    pairs += [(name, merged[name]) for name in SINGLES if merged.get(name)]
    pairs += [("as_of", merged["as_of"])] if merged.get("as_of") else []
    if merged.get("layers") is not None:
        pairs.append(("layers", ",".join(merged["layers"])))
    if merged.get("order") is not None:
        pairs.append(("order", ",".join(merged["order"])))
    pairs += [("heat", ",".join(merged["heat"]))] if merged.get("heat") else []
    faded = [f"{layer}:{value}" for layer, value in (merged.get("opacity") or {}).items() if value < ALL]
    pairs += [("opacity", ",".join(faded))] if faded else []
    pairs += [("beside", ",".join(merged["beside"]))] if merged.get("beside") else []
    breaks = ",".join(f"{value:.12g}" for value in merged.get("breaks") or ())
    merged["breaks"] = breaks if merged.get("classes") == "manual" else None
    defaults = {
        "group": "theme",
        "level": None,
        "indicator": "count",
        "classes": "quantile",
        "breaks": None,
        "ramp": "cyan",
        "sort": "high",
        "against": None,
        "strip": "trend",
        "by": USUAL,
        "unplaced": None,
        "after": None,
        "base": None,
        "at": None,
    }
    pairs += [(name, merged[name]) for name, usual in defaults.items() if merged.get(name) not in {None, "", usual}]
    if merged.get("at") and merged.get("around"):
        pairs.append(("around", str(merged["around"])))
    return "?" + urlencode(pairs, safe=",:")


def filtered(view: View) -> bool:
    """Tell whether a view has conditions besides its unit and its days."""
    return any(view.get(name) for name in (*LISTS, *SINGLES))


def unfiltered(view: View) -> str:
    """Return the address of a view without its conditions."""
    return address(view, **dict.fromkeys(LISTS, ()), **dict.fromkeys(SINGLES))


def toggled(values: Sequence[str], value: str) -> list[str]:
    """Return the values with one more, or one less."""
    return [item for item in values if item != value] if value in values else [*values, value]


def layout(city: City) -> html.Div:
    """Return the address bar and the stores."""
    empty = (
        Store.VIEW,
        Store.PICTURE,
        Store.INCIDENTS,
        Store.OUTER,
        Store.HOURS,
        Store.KINDS,
        Store.BESIDE,
        Store.SOURCES,
        Store.LANGUAGE,
        Store.THEME,
        Store.SHADES,
    )
    return html.Div(
        [
            dcc.Location(id=Store.LOCATION, refresh=False),
            dcc.Store(id=Store.CITY, data=facts(city)),
            *(dcc.Store(id=store) for store in empty),
            dcc.Interval(id=Store.TICK, interval=SOURCES_EVERY),
        ]
    )


def register(app: Dash) -> None:
    """Wire the way from the address to the picture."""
    app.clientside_callback(
        ClientsideFunction("view", "read"),
        Output(Store.VIEW, "data"),
        Output(Store.LANGUAGE, "data"),
        Output(Store.THEME, "data"),
        Input(Store.LOCATION, "search"),
        State(Store.CITY, "data"),
        *(State(store, "data") for store in (Store.VIEW, Store.LANGUAGE, Store.THEME)),
        prevent_initial_call=False,
    )
    app.clientside_callback(
        ClientsideFunction("feed", "picture"),
        Output(Store.PICTURE, "data"),
        Output(Store.INCIDENTS, "data"),
        Input(Store.VIEW, "data"),
        Input(Store.TICK, "n_intervals"),
    )
    charts = {
        Store.OUTER: ("strip", "outer"),
        Store.HOURS: ("strip", "hours"),
        Store.KINDS: ("strip", "kinds"),
        Store.BESIDE: ("beside", "find"),
    }
    for store, answer in charts.items():
        app.clientside_callback(ClientsideFunction(*answer), Output(store, "data"), Input(Store.PICTURE, "data"))
    app.clientside_callback(
        ClientsideFunction("feed", "catalogue"),
        Output(Store.SOURCES, "data"),
        Input(Store.TICK, "n_intervals"),
        prevent_initial_call=False,
    )
