"""Categories by month as small charts on one scale; each is the way to its category."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import aria, failed
from dashboard.state import Store, View, address
from dashboard.words import count, name, say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    MONTHS = "kinds-months"
    BODY = "kinds-body"


def head() -> list[Component]:
    """Return the place for the months, which stands above the charts."""
    return [canvas(Ids.MONTHS, [], className="dim only-kinds")]


def layout() -> html.Div:
    """Return the empty charts."""
    return canvas(Ids.BODY, [], className="kinds only-kinds")


def chart(item: dict[str, Any], months: list[str], *, most: int, view: View, language: str) -> html.A:
    """Return one category's months; a click filters by it, a second one takes it back."""
    on = view["category"] == [item["code"]]
    bars = [
        html.I(style={"height": f"{100 * total / most if most else 0:.1f}%"}, title=f"{month[:7]}: {total:,}")
        for month, total in zip(months, item["totals"], strict=True)
    ]
    total = sum(item["totals"])
    said = say("kinds_chart", language, name=name(item, language), n=f"{total:,}", months=len(months))
    return html.A(
        [
            html.Span(
                [html.B(name(item, language), title=name(item, language)), html.Small(count(total, language))],
                className="title",
            ),
            html.Span(bars, className="bars", **aria(hidden="true")),
        ],
        href=address(view, category=[] if on else [item["code"]]),
        className=f"kind{' is-on' if on else ''}",
        **aria(label=said, current=str(on).lower()),
    )


def spanned(found: dict[str, Any] | None, language: str) -> list[Component]:
    """Return which months are drawn: whole ones, so that their sums are not those of the period."""
    months = found["months"] if found else []
    return [html.Span(say("kinds_months", language, first=months[0][:7], last=months[-1][:7]))] if months else []


def draw(found: dict[str, Any] | None, language: str) -> list[Component]:
    """Return a chart for each category at the top of the tree."""
    if not found:
        return []
    if found.get("error"):
        return [failed(found["error"], language)]
    most = max((total for item in found["categories"] for total in item["totals"]), default=0)
    return [
        chart(item, found["months"], most=most, view=found["view"], language=language) for item in found["categories"]
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.MONTHS, spanned, Input(Store.KINDS, "data"), Input(Store.LANGUAGE, "data"))
    paint(app, Ids.BODY, draw, Input(Store.KINDS, "data"), Input(Store.LANGUAGE, "data"))
