"""The incidents behind the numbers, newest first, a page at a time; a row shows its incident on the map."""

from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.state import Picture, Store, address
from dashboard.words import moment, say
from layers.model import Status
from layers.pack import City
from layers.words import STATUSES, status_code

CLOSED = status_code(Status.CLOSED)
TITLES = {status_code(status): title for status, title in STATUSES.items()}


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "incident-list-body"


def layout() -> html.Section:
    """Return the empty panel, in its loading state."""
    return html.Section(
        [html.Div(className="skeleton line") for _ in range(6)], id=Ids.BODY, className="panel incident-list"
    )


def standing(incident: dict[str, Any], now: str) -> str:
    """Tell how an incident stands: `late`, `open` or `closed`."""
    if incident["status"] == CLOSED:
        return "closed"
    return "late" if incident["due_at"] < now else "open"


def row(city: City, incident: dict[str, Any], *, now: str, language: str) -> html.Button:
    """Return one incident: what, where, when, and how it stands."""
    category = city.categories.get(incident["category"])
    what = category.title.text(language) if category else incident["category"]
    about = incident["title"] or what
    where = incident["address"] or incident["unit"]["name"]
    state = standing(incident, now)
    marks = [html.Span(TITLES[incident["status"]].text(language), className="badge")]
    if state == "late":
        marks.insert(0, html.Span(say("late", language), className="badge is-late"))
    if incident["lon"] is None:
        marks.insert(0, html.Span(say("no_point", language), className="badge"))
    return html.Button(
        [
            html.Span([html.B(what), html.Time(moment(incident["reported_at"], city.time_zone)[5:])], className="line"),
            html.Span([html.Span(f"{about} · {where}", className="about"), *marks], className="line"),
        ],
        className=f"incident is-{state}",
        title=f"{say('show_on_map', language)}: {incident['key']}",
        **{"data-incident": incident["id"]},
    )


def pager(picture: Picture, language: str) -> html.Footer:
    """Return the way to the pages before and after."""
    view, answer = picture["view"], picture["incidents"]
    total, first = picture["summary"]["total"], answer["first"]
    shown = say("page_of", language, first=f"{first:,}", last=f"{first + len(answer['items']) - 1:,}", total=f"{total:,}")
    parts: list[Component] = [html.Span(shown, className="note")]
    if view.get("after"):
        before = answer.get("previous")
        parts.append(html.A("‹ " + say("previous" if before is not None else "first", language), href=address(view, after=before), className="action"))
    if answer["next"]:
        parts.append(html.A(say("next", language) + " ›", href=address(view, after=answer["next"]), className="action"))
    return html.Footer(parts)


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title, a page of incidents, and the way to other pages."""
    if not picture or "incidents" not in picture:
        return [html.Div(className="skeleton line") for _ in range(6)]
    items = picture["incidents"]["items"]
    head = html.Header(
        [html.H2(say("list", language)), html.Span(say("newest_first", language), className="hint")]
    )
    if not items:
        return [head, html.P(say("empty", language), className="note")]
    now = picture["summary"]["as_of"]
    rows = [row(city, item, now=now, language=language) for item in items]
    return [head, html.Div(rows, className="rows"), pager(picture, language)]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    app.callback(Output(Ids.BODY, "children"), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))(
        partial(draw, city)
    )
