"""The incidents behind the numbers, newest first, a page at a time; a row shows its incident on the map."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import BACK, ON, data, skeleton
from dashboard.state import Page, Store, address
from dashboard.words import moment, name, say
from layers.model import Status
from layers.pack import City
from layers.words import STATUSES, status_code

CLOSED = status_code(Status.CLOSED)
TITLES = {status_code(status): title for status, title in STATUSES.items()}


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "incident-list-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(6), className="panel incident-list")


def standing(incident: dict[str, Any]) -> str:
    """Tell how an incident stands: `late`, `open` or `closed`."""
    if incident["status"] == CLOSED:
        return "closed"
    return "late" if incident["overdue"] else "open"


def row(city: City, incident: dict[str, Any], language: str) -> html.Button:
    """Return one incident: what, where, when, and how it stands."""
    what = name({**incident, "name": incident["category_name"], "name_en": incident["category_name_en"]}, language)
    where = " ".join(name(step, language) for step in incident["path"][-3:-1]) or name(incident["unit"], language)
    when = moment(incident["reported_at"], city.time_zone)
    this_year = when.startswith(f"{datetime.now(city.time_zone):%Y}")
    state = standing(incident)
    marks = [html.Span(TITLES[incident["status"]].text(language), className="badge")]
    if state == "late":
        marks.insert(0, html.Span(say("late", language), className="badge is-late"))
    if not incident["placed"]:
        marks.insert(0, html.Span(say("no_point", language), className="badge"))
    return html.Button(
        [
            html.Span([html.B(what), html.Time(when[5:] if this_year else when)], className="line"),
            html.Span([html.Span(where, className="about"), *marks], className="line"),
        ],
        className=f"incident is-{state}",
        title=f"{say('show_on_map', language)}: {incident['key']}",
        **data(incident=str(incident["id"])),
    )


def pager(page: Page, language: str) -> html.Footer:
    """Return the way to the pages before and after; of a page reached by a link only the newest is known before it."""
    view, first, total = page["view"], page["first"], f"{page['total']:,}"
    last = first + len(page["incidents"]) - 1 if first else 0
    shown = say("page_of", language, first=f"{first:,}", last=f"{last:,}", total=total) if first else total
    parts: list[Component] = [html.Span(shown, className="note")]
    if view.get("after"):
        known = page["before"] is not None
        back = f"{BACK}{say('previous' if known else 'first', language)}"
        parts.append(html.A(back, href=address(view, after=page["before"] or None), className="action"))
    if page["next"]:
        parts.append(html.A(f"{say('next', language)}{ON}", href=address(view, after=page["next"]), className="action"))
    return html.Footer(parts)


def draw(city: City, page: Page | None, language: str) -> list[Component]:
    """Return the title, a page of incidents, and the way to other pages."""
    if not page:
        return [*skeleton(6)]
    items = page["incidents"]
    way = html.A(say("as_table", language), href=address(page["view"], strip="table"), className="action hint")
    newest = html.Span(say("newest_first", language), className="hint")
    head = html.Header([html.H2(say("list", language)), newest, way])
    if not items:
        return [head, html.P(say("empty", language), className="note")]
    rows = [row(city, item, language) for item in items]
    return [head, html.Div(rows, className="rows"), pager(page, language)]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.INCIDENTS, "data"), Input(Store.LANGUAGE, "data"))
    app.clientside_callback(ClientsideFunction("incident_list", "follow"), Input(Store.INCIDENTS, "data"))
