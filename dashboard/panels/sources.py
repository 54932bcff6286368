"""Where the data comes from, and how fresh each source is."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import skeleton
from dashboard.state import Store
from dashboard.words import ago, moment, say
from layers.pack import City
from layers.sources import HELD

STATES = {"fresh": "fresh", "due": "due", "overdue": "overdue_source", "unknown": "unknown", HELD: "held"}
UNDER_WAY = {"running": "job_running", "retrying": "job_retrying"}


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "sources-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(4), className="panel sources")


def usual(source: dict[str, Any]) -> bool:
    """Tell whether a source needs nobody: it is fresh, nothing of it is held, and no load of it is under way."""
    held = (source["last_load"] or {}).get("state") == HELD
    return source["freshness"] == "fresh" and not held and (source.get("job") or {}).get("state") not in UNDER_WAY


def row(city: City, source: dict[str, Any], *, now: datetime, language: str) -> html.Div:
    """Return one source: how often it is due, its name, and how old its data is."""
    spec = city.sources[source["id"]]
    state = source["freshness"]
    age = ""
    if source["data_time"]:
        minutes = (now - datetime.fromisoformat(source["data_time"])).total_seconds() / 60
        age = f" · {ago(max(minutes, 0), language)}"
    title = f"{spec.owner.text(language)} · {say('data_time', language)} {moment(source['data_time'], city.time_zone)}"
    if (source["last_load"] or {}).get("state") == HELD:
        state = HELD
        title = f"{title}\n{say('held_explained', language, source=spec.id)}"
    standing = f"{say(STATES[state], language)}{age}"
    if job := source.get("job"):
        if job["state"] in UNDER_WAY:
            standing = f"{say(UNDER_WAY[job['state']], language, n=job['tries'] + 1)}{age}"
        if job["next_at"]:
            title = f"{title}\n{say('next_load', language)} {moment(job['next_at'], city.time_zone)}"
    return html.Div(
        [
            html.Span(spec.refresh, className="badge", title=say("every", language, period=spec.refresh)),
            html.Span(spec.title.text(language), className="name", title=spec.title.text(language)),
            html.Span(standing, className=f"state is-{state}"),
        ],
        className=f"source-row{' is-usual' if usual(source) else ''}",
        title=title,
    )


def draw(city: City, sources: dict[str, Any] | list[dict[str, Any]] | None, language: str) -> list[Component]:
    """Return the title and a row for each source, or what went wrong."""
    title = html.H2(say("sources", language))
    if sources is None:
        return [html.Header(title), *skeleton(4)]
    if isinstance(sources, dict):
        wrong = f"{say('error', language)}: {sources['error']}"
        return [html.Header(title), html.P(wrong, className="note is-late")]
    now, known = datetime.now(UTC), [source for source in sources if source["id"] in city.sources]
    fresh = sum(map(usual, known))
    unfold = html.Details([html.Summary(say("sources_fresh", language, n=fresh))], className="sources-fresh")
    rows = [row(city, source, now=now, language=language) for source in known]
    return [html.Header([title, *([unfold] if fresh else [])]), html.Div(rows, className="rows")]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.SOURCES, "data"), Input(Store.LANGUAGE, "data"))
