"""The key figures: six numbers of the unit, the filter and the period."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.balance import balance
from dashboard.changes import Change, against, arrow
from dashboard.measuring import written
from dashboard.painting import canvas, paint
from dashboard.state import Picture, Store
from dashboard.words import count, period, say, share
from layers.indicators import COUNT, ON_TIME
from layers.pack import City

LETTER = 0.56
"""How wide a letter of a number is on average at most, in heights."""


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "figures-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, [html.Div(className="figure skeleton") for _ in range(6)], className="panel figures")


def figure(  # noqa: PLR0913 - what a number says above, below and beside itself
    key: str, value: str, *, note: str, exact: str = "", state: str = "", change: html.Span | None = None
) -> html.Div:
    """Return one number with its label above and its comparison below."""
    below = html.P([change] if change else note, className="note", title=note)
    # Millions in full have nine letters and more: they become smaller where there is no room, others do not.
    size = {"fontSize": f"min(var(--number-size), calc(100cqi / {LETTER * len(value):.2f}))"}
    return html.Div(
        [html.H3(key), html.P(value, className="number", title=exact, style=size), below],
        className=f"figure {state}".strip(),
    )


def part(key: str, of: int, whole: int, language: str) -> str:
    """Return which part of something a number is; a dash where there is nothing to be a part of."""
    return say(key, language, share=share(of, whole)) if whole else "—"


def unplaced(picture: Picture, language: str) -> html.Div:
    """Return how many belong to none of the units below; on the lowest level there is nothing to belong to."""
    label, numbers = say("unplaced", language), picture["summary"]
    if not picture["unit"]["children"]:
        return figure(label, "—", note=say("lowest", language))
    return figure(
        label,
        count(numbers["unplaced"], language),
        note=part("of_total", numbers["unplaced"], numbers["total"], language),
        exact=f"{numbers['unplaced']:,} · {say('unplaced_here', language)}",
        change=changed(picture, "unplaced", language),
    )


def changed(picture: Picture, key: str, language: str) -> html.Span | None:
    """Return how one of the counts changed; none where no period is compared."""
    compared = picture.get("compared")
    if not compared:
        return None
    return arrow(
        Change(picture["summary"][key], compared["unit"][key]["then"]), COUNT, language, full=True, good=key == "closed"
    )


def rate_changed(picture: Picture, language: str) -> html.Span | None:
    """Return how the share closed on time changed; none where no period is compared."""
    compared = picture.get("compared")
    if not compared:
        return None
    past = {name: float(compared["unit"][name]["then"]) for name in ("on_time", "due")}
    return arrow(Change(ON_TIME.value(picture["summary"]), ON_TIME.value(past)), ON_TIME, language)


def draw(picture: Picture | None, language: str) -> list[Component]:
    """Return the six figures."""
    if not picture or "summary" not in picture:
        return [html.Div(className="figure skeleton") for _ in range(6)]
    numbers: dict[str, Any] = picture["summary"]
    total, opened = numbers["total"], numbers["open"]

    def counted(key: str, note: str, state: str = "") -> html.Div:
        return figure(
            say(key, language),
            count(numbers[key], language),
            note=note,
            exact=f"{numbers[key]:,}",
            state=state,
            change=changed(picture, key, language),
        )

    due = numbers["due"]
    rate = figure(
        ON_TIME.title.text(language),
        written(ON_TIME.value(numbers), ON_TIME, language),
        note=f"{numbers['on_time']:,} / {due:,}" if due else say("nothing_due", language),
        exact=ON_TIME.formula.text(language),
        change=rate_changed(picture, language),
    )
    said = against(picture, language)
    return [
        *([html.P(said, className="against")] if said else []),
        counted("total", period(picture["view"], language)),
        counted("open", part("of_total", opened, total, language)),
        counted(
            "overdue",
            part("of_open", numbers["overdue"], opened, language),
            "is-late" if numbers["overdue"] else "",
        ),
        counted("closed", part("of_total", numbers["closed"], total, language)),
        rate,
        unplaced(picture, language),
        balance(picture, language),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.BODY, draw, Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
