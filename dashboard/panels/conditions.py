"""Over the map: the active filters as chips to take back, and what to do when there is nothing or an error."""

from enum import StrEnum
from functools import partial
from typing import cast

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.clauses import BETWEEN, clause
from dashboard.painting import canvas, paint
from dashboard.parts import aria, data
from dashboard.state import LISTS, Picture, Store, View, address, filtered, unfiltered
from dashboard.words import moment, period, say
from layers.pack import City
from layers.words import STATUSES, status_code


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "conditions-body"


def layout() -> html.Div:
    """Return the place over the map."""
    return canvas(Ids.BODY, [], className="conditions", role="status", **data(covers="top"))


def names(city: City, language: str) -> dict[str, dict[str, str]]:
    """Return what people call each value of each filter."""
    return {
        "category": {code: node.title.text(language) for code, node in city.categories.items()},
        "status": {status_code(status): title.text(language) for status, title in STATUSES.items()},
        "source": {code: source.title.text(language) for code, source in city.sources.items()},
        "channel": {channel.id: channel.title.text(language) for channel in city.spec.channels},
        "weekday": {str(day): say(f"weekday_{day}", language) for day in range(1, 8)},
    }


def chips(city: City, view: View, language: str) -> list[Component]:
    """Return a chip for each condition; a click takes it back."""
    called = names(city, language)
    found: list[tuple[str, str]] = []
    for key in LISTS:
        values = cast("list[str]", view.get(key) or [])
        for value in values:
            rest = [item for item in values if item != value]
            text = clause(value, city, language) if key == "where" else called[key].get(value, value)
            found.append((text, address(view, **{key: rest})))
    if view.get("hours"):
        first, last = str(view["hours"]).split("-")
        found.append((f"{int(first):02}:00–{int(last):02}:00", address(view, hours=None)))
    if view.get("circle"):
        metres = float(str(view["circle"]).split(",")[2])
        found.append((say("circle_of", language, metres=f"{metres:,.0f}"), address(view, circle=None)))
    if view.get("within"):
        found.append((say("drawn_area", language), address(view, within=None)))
    if view.get("q"):
        found.append((say("search_text", language, text=view["q"]), address(view, q=None)))
    if view.get("as_of"):
        found.append((say("boundaries_as_of", language, day=view["as_of"]), address(view, as_of=None)))
    if view.get("unplaced"):
        found.append((say("only_unplaced", language), address(view, unplaced=None)))
    if view["period"] == "custom":
        found.append((period(view, language), address(view, period=None, since=None, until=None)))
    return [
        html.A(
            [text, html.Span("×", **aria(hidden="true"))],
            href=href,
            className="chip is-on",
            title=say("remove", language, name=text),
        )
        for text, href in found
    ]


def nothing(view: View, language: str) -> html.Div:
    """Return why the map is empty, and the way out."""
    narrow = filtered(view)
    ways = [html.A(say("clear_filters", language), href=unfiltered(view), className="action")] if narrow else []
    # The data of a city may end years ago.
    for span, key in (("1y", "longer"), ("all", "longest")):
        if view["period"] not in {span, "all"}:
            longer = address(view, period=span, since=None, until=None)
            ways.append(html.A(say(key, language), href=longer, className="action"))
    return html.Div(
        [html.B(say("empty", language)), html.P(say("empty_filtered" if narrow else "empty_plain", language)), *ways],
        className="panel message",
    )


def unread(view: View, language: str) -> html.Div:
    """Return what the link says that nobody knows; gone with the next click."""
    said = say("unread", language, parts=BETWEEN["en" if language == "en" else "zh"].join(view["unread"]))
    close = html.A(say("unread_close", language), href=address(view), className="action")
    return html.Div([html.Span(said), close], className="panel message is-unread")


def trouble(city: City, picture: Picture, language: str) -> html.Div:
    """Return what could not be done, and what is on screen instead."""
    error = picture["error"] or {}
    refused = error.get("refused", False)
    time = moment(picture["summary"]["as_of"], city.time_zone) if "summary" in picture else None
    stays = [say("error_stays", language, time=time) if time else say("error_first", language)]
    # A question that is wrong would be wrong again.
    again = [] if refused else [say("error_again", language)]
    retry = html.Button(say("retry", language), className="action", **data(again="yes"))
    return html.Div(
        [
            html.B(f"{say('error', language)}: {error.get('message', '')}"),
            html.P(" ".join(stays + again) if language == "en" else "".join(stays + again)),
            *([] if refused else [retry]),
            html.A(say("to_city", language), href="?", className="action"),
        ],
        className="panel message is-error",
        role="alert",
    )


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the chips, and a message if there is something to say."""
    if not picture:
        return []
    found: list[Component] = []
    if "view" in picture and (shown := chips(city, picture["view"], language)):
        label = aria(label=say("active_filters", language))
        found.append(html.Div(shown, className="chips", role="group", **label))
    if "view" in picture and picture["view"].get("unread"):
        found.append(unread(picture["view"], language))
    if picture.get("error"):
        found.append(trouble(city, picture, language))
    elif picture["summary"]["total"] == 0:
        found.append(nothing(picture["view"], language))
    return found


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
