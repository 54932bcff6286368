"""Around here: what is within some metres of the chosen place, layer by layer, and the incidents there."""

from enum import StrEnum
from functools import partial
from typing import Any

from dash import ClientsideFunction, Dash, Input, dcc, html
from dash.development.base_component import Component

from dashboard.looks import RADII
from dashboard.painting import canvas, paint
from dashboard.parts import DOWN, aria, choices, data, skeleton, toggle
from dashboard.state import Store, View, address
from dashboard.words import name, period, say
from layers.pack import City

SHOWN_CATEGORIES = 6
KILOMETRE = 1000
WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "around-body"
    ANSWER = "around-answer"


def layout() -> html.Div:
    """Return the closed panel; `around.js` asks and puts the answer into the store."""
    return html.Div(
        [canvas(Ids.BODY, [], className="panel around", **data(covers="left")), dcc.Store(id=Ids.ANSWER)],
        className="canvas",
    )


def distance(metres: float, language: str) -> str:
    """Return a distance as one would say it: to the metre, from a kilometre on to ten."""
    if round(metres) < KILOMETRE:
        return f"{metres:.0f} {say('metre', language)}"
    return f"{metres / KILOMETRE:.2f} {say('kilometre', language)}"


def radius(metres: int, language: str) -> str:
    """Return a choice of how far, without decimals."""
    if metres < KILOMETRE:
        return f"{metres} {say('metre', language)}"
    return f"{metres / KILOMETRE:g} {say('kilometre', language)}"


def direction(bearing: float | None, language: str) -> str:
    """Return the wind and the degrees: 东北 45°; nothing at the very place."""
    if bearing is None:
        return ""
    wind = WINDS[round(bearing / (360 / len(WINDS))) % len(WINDS)]
    return f"{say(wind, language)} {bearing:.0f}°"


def near(thing: dict[str, Any], key: str, *, title: str, metres: float, language: str) -> html.Button:
    """Return one thing near: its name, how far it is and where; a click shows it."""
    far = " is-far" if thing["metres"] > metres else ""
    return html.Button(
        [
            html.Span(title, className="name", title=f"{title} · {thing['key']}"),
            html.Span(distance(thing["metres"], language), className="value"),
            html.Span(direction(thing["bearing"], language), className="direction"),
        ],
        className=f"near-row{far}",
        **data(near=f"{key}-{thing['id']}"),
    )


def layer(city: City, held: dict[str, Any], *, metres: float, on: bool, language: str) -> html.Details:
    """Return a layer: how many of it are in the circle, and unfolded the nearest, whether in it or not."""
    spec = city.layers[held["id"]]
    rows: list[Component] = [
        near(thing, "feature", title=thing["name"] or thing["key"], metres=metres, language=language)
        for thing in held["nearest"]
    ]
    if not rows:
        rows = [html.P(say("around_none", language), className="note")]
    head = [
        html.Span(className="dot", style={"background": spec.color}),
        html.Span(name(held, language), className="name"),
        html.B(f"{held['total']:,}"),
    ]
    return html.Details([html.Summary(head), *rows], open=on, className="near-layer")


def incidents(held: dict[str, Any], view: View, *, metres: float, language: str) -> html.Details:
    """Return the incidents of the circle in the chosen period: by category, then the nearest."""
    head = [
        html.Span(className="dot is-incident"),
        html.Span(f"{say('around_incidents', language)} · {period(view, language)}", className="name"),
        html.B(f"{held['total']:,}"),
    ]
    most = max((item["total"] for item in held["by_category"]), default=0)
    bars: list[Component] = [
        html.Div(
            [
                html.Span(name(item, language), className="name"),
                html.Span(html.I(style={"width": f"{100 * item['total'] / most:.0f}%"}), className="bar"),
                html.Span(f"{item['total']:,}", className="value"),
            ],
            className="near-category",
        )
        for item in held["by_category"][:SHOWN_CATEGORIES]
    ]
    if rest := held["by_category"][SHOWN_CATEGORIES:]:
        others = say("around_others", language, kinds=len(rest), n=f"{sum(item['total'] for item in rest):,}")
        bars.append(html.P(others, className="note"))
    called = {item["code"]: name(item, language) for item in held["by_category"]}
    rows = [
        near(
            thing,
            "incident",
            title=called[thing["category"]] if language == "en" else thing["name"] or called[thing["category"]],
            metres=metres,
            language=language,
        )
        for thing in held["nearest"]
    ]
    if not bars:
        bars = [html.P(say("around_quiet", language), className="note")]
    return html.Details([html.Summary(head), *bars, *rows], open=True, className="near-layer")


def head(view: View, language: str) -> html.Header:
    """Return the title, the choice of how far, and the way out."""
    options = [
        toggle(
            radius(metres, language),
            href=address(view, around=metres),
            on=metres == view["around"],
            role="radio",
            look="choice",
        )
        for metres in RADII
    ]
    close = html.Button(
        "×",
        className="close",
        title=say("close", language),
        **aria(label=say("around_close", language)),
        **data(**{"around-close": ""}),
    )
    return html.Header([html.H2(say("around", language)), choices(options, say("around_radius", language)), close])


def draw(city: City, found: dict[str, Any] | None, language: str) -> list[Component]:
    """Return what is around the chosen place; nothing if none is asked about."""
    if not found:
        return []
    view = found["view"]
    top = head(view, language)
    if found.get("error"):
        return [top, html.P(f"{say('error', language)}: {found['error']}", className="note is-late", role="alert")]
    if not found["answer"]:
        return [top, *skeleton(8)]
    answer = found["answer"]
    metres = answer["metres"]
    shown = (
        view["layers"] if view.get("layers") is not None else [key for key, spec in city.layers.items() if spec.shown]
    )
    way = DOWN.join(name(step, language) for step in answer["path"][1:]) or say("outside", language)
    parts = [
        layer(city, held, metres=metres, on=held["id"] in shown, language=language)
        for held in answer["layers"]
        if held["id"] in city.layers
    ]
    return [
        top,
        html.P(way, className="note near-way"),
        html.Div(
            [*parts, incidents(answer["incidents"], view, metres=metres, language=language)],
            className="near-list",
            tabIndex=0,
            role="region",
            **aria(label=say("around", language)),
        ),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Ids.ANSWER, "data"), Input(Store.LANGUAGE, "data"))
    # Dash knows callbacks without an output by their inputs, so these name one more.
    app.clientside_callback(ClientsideFunction("place", "follow"), Input(Store.VIEW, "data"), Input(Ids.ANSWER, "id"))
    app.clientside_callback(ClientsideFunction("around", "follow"), Input(Store.VIEW, "data"), Input(Ids.BODY, "id"))
    app.clientside_callback(
        ClientsideFunction("around", "refresh"), Input(Store.PICTURE, "data"), Input(Ids.BODY, "id")
    )
