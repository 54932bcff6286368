"""The key figures: six numbers of the unit, the filter and the period."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.measuring import written
from dashboard.painting import canvas, paint
from dashboard.state import Picture, Store
from dashboard.words import count, period, say, share
from layers.indicators import ON_TIME
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "figures-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, [html.Div(className="figure skeleton") for _ in range(6)], className="panel figures")


def figure(key: str, value: str, *, note: str, exact: str = "", state: str = "") -> html.Div:
    """Return one number with its label above and its comparison below."""
    return html.Div(
        [html.H3(key), html.P(value, className="number", title=exact), html.P(note, className="note", title=note)],
        className=f"figure {state}".strip(),
    )


def unplaced(picture: Picture, language: str) -> html.Div:
    """Return how many belong to none of the units below; on the lowest level there is nothing to belong to."""
    label, numbers = say("unplaced", language), picture["summary"]
    if not picture["unit"]["children"]:
        return figure(label, "—", note=say("lowest", language))
    return figure(
        label,
        count(numbers["unplaced"], language),
        note=say("of_total", language, share=share(numbers["unplaced"], numbers["total"])),
        exact=f"{numbers['unplaced']:,} · {say('unplaced_here', language)}",
    )


def draw(picture: Picture | None, language: str) -> list[Component]:
    """Return the six figures."""
    if not picture or "summary" not in picture:
        return [html.Div(className="figure skeleton") for _ in range(6)]
    numbers: dict[str, Any] = picture["summary"]
    total, opened = numbers["total"], numbers["open"]

    def part(key: str, of: int, whole: int) -> str:
        return say(key, language, share=share(of, whole)) if whole else "—"

    def counted(key: str, note: str, state: str = "") -> html.Div:
        return figure(
            say(key, language), count(numbers[key], language), note=note, exact=f"{numbers[key]:,}", state=state
        )

    due = numbers["due"]
    rate = figure(
        ON_TIME.title.text(language),
        written(ON_TIME.value(numbers), ON_TIME, language),
        note=f"{numbers['on_time']:,} / {due:,}" if due else say("nothing_due", language),
        exact=ON_TIME.formula.text(language),
    )
    return [
        counted("total", period(picture["view"], language)),
        counted("open", part("of_total", opened, total)),
        counted(
            "overdue",
            part("of_open", numbers["overdue"], opened),
            "is-late" if numbers["overdue"] else "",
        ),
        counted("closed", part("of_total", numbers["closed"], total)),
        rate,
        unplaced(picture, language),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.BODY, draw, Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
