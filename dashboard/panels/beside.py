"""Units side by side: key figures, categories and a small trend of each, every kind on one scale."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from dash import ClientsideFunction, Dash, Input, html
from dash.development.base_component import Component

from dashboard.measuring import written
from dashboard.painting import canvas, paint
from dashboard.parts import DOWN, aria, failed
from dashboard.state import Store, View, address, toggled
from dashboard.words import name, say, share
from layers.indicators import BESIDE, COUNT, OPEN, OVERDUE, PER_CENT, Indicator
from layers.pack import City

WORDS = {COUNT.id: "total", OPEN.id: "open", OVERDUE.id: "overdue"}
CATEGORIES = 4
"""The categories of each unit that are shown."""


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "beside-body"
    ADD = "beside-add"


def layout() -> html.Div:
    """Return the place of the units, and of the field that adds one; `beside.js` makes the field."""
    return html.Div(
        [canvas(Ids.BODY, [], className="cards"), html.Div(id=Ids.ADD, className="beside-add")],
        className="beside only-beside",
    )


def bar(part: float | None, whole: float, look: str = "bar") -> html.Span:
    """Return how much of the greatest value one is."""
    return html.Span(html.I(style={"width": f"{100 * (part or 0) / whole if whole else 0:.1f}%"}), className=look)


def label(indicator: Indicator, language: str) -> str:
    """Return what an indicator is called where there is little room."""
    if indicator.id in WORDS:
        return say(WORDS[indicator.id], language)
    return (indicator.title if indicator.unit == PER_CENT else indicator.unit).text(language)


def figure(indicator: Indicator, value: float | None, most: float, language: str) -> html.Div:
    """Return one key figure over its bar, which is full for the greatest of the units."""
    exact = f"{value:,.{indicator.digits}f}" if value else None
    title = f"{indicator.title.text(language)} · {indicator.unit.text(language)}"
    number = html.Dd([written(value, indicator, language), bar(value, most)], title=exact)
    return html.Div([html.Dt(label(indicator, language), title=title), number])


def categories(unit: dict[str, Any], language: str) -> html.Ul:
    """Return the greatest categories with their shares."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(name(item, language), className="name", title=name(item, language)),
                    bar(item["total"], unit["total"]),
                    html.Span(share(item["total"], unit["total"]), className="value", title=f"{item['total']:,}"),
                ]
            )
            for item in unit["by_category"][:CATEGORIES]
        ]
    )


def trend(unit: dict[str, Any], found: dict[str, Any], *, most: int, language: str) -> html.Div:
    """Return the trend as bars; `most` is the highest bar of all the units."""
    bars = [
        html.I(
            style={"height": f"{100 * n / most if most else 0:.1f}%"},
            title=f"{step['first']}{'' if step['first'] == step['last'] else ' – ' + step['last']}: {n:,}",
        )
        for step, n in zip(found["steps"], unit["trend"], strict=True)
    ]
    said = say(f"each_{found['by'] or 'day'}", language)
    peak = f"{max(unit['trend'], default=0):,}"
    label = say("beside_trend", language, name=name(unit, language), each=said, n=peak)
    return html.Div(
        [html.Small(say("beside_peak", language, each=said, n=peak)), html.Span(bars, className="bars")],
        className="small-trend",
        role="img",
        **aria(label=label),
    )


def card(
    unit: dict[str, Any], found: dict[str, Any], *, greatest: Callable[[str], float], view: View, language: str
) -> html.Article:
    """Return one unit; its name leads to it, the cross takes it away."""
    called = name(unit, language)
    above = DOWN.join(name(step, language) for step in unit["path"][1:-1])
    off = say("beside_remove", language, name=called)
    head = html.Header(
        [
            html.A(html.B(called), href=address(view, unit=unit["code"]), title=f"{called} {unit['code']}"),
            html.Small(above, title=above),
            html.A("×", href=address(view, beside=toggled(view["beside"], unit["code"])), title=off, **aria(label=off)),
        ]
    )
    figures = [figure(item, unit["values"][item.id], greatest(item.id), language) for item in BESIDE]
    most = max((n for each in found["units"] for n in each["trend"]), default=0)
    drawn = [trend(unit, found, most=most, language=language), categories(unit, language)]
    return html.Article([head, html.Dl(figures), html.Div(drawn, className="drawn")], **aria(label=called))


def draw(found: dict[str, Any] | None, language: str) -> Sequence[Component]:
    """Return the units, or what to do where none is chosen."""
    if not found:
        return []
    view: View = found["view"]
    if found.get("error"):
        clear = html.A(say("clear", language), href=address(view, beside=[]), className="action")
        said = failed(found["error"], language)
        # What was chosen may be what cannot be answered.
        return [said if found["offered"] else html.Div([said, clear], className="chart-trouble")]
    if not view["beside"]:
        return [html.P(say("beside_none", language), className="hint")]

    def greatest(ident: str) -> float:
        return max((unit["values"][ident] or 0 for unit in found["units"]), default=0)

    return [card(unit, found, greatest=greatest, view=view, language=language) for unit in found["units"]]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.BODY, draw, Input(Store.BESIDE, "data"), Input(Store.LANGUAGE, "data"))
    app.clientside_callback(
        ClientsideFunction("beside", "dress"), Input(Store.BESIDE, "data"), Input(Store.LANGUAGE, "data")
    )
