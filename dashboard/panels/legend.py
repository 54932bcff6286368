"""The legend: which indicator colours the map, what it is, what the colours mean, and how the classes are cut."""

from enum import StrEnum
from functools import partial
from typing import Any

from dash import Dash, Input, State, dcc, html
from dash.development.base_component import Component

from dashboard.classes import METHODS, span
from dashboard.leaflet import RAMPS
from dashboard.measuring import chosen
from dashboard.painting import canvas, paint
from dashboard.parts import aria, choices, toggle
from dashboard.shades import classes_of
from dashboard.state import Picture, Store, View, address
from dashboard.words import period, say
from layers import indicators
from layers.indicators import Indicator
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "legend-body"
    BREAKS = "legend-breaks"
    """Where the upper ends of classes are typed; `legend.js` hands them to the address."""


def layout() -> html.Div:
    """Return the empty legend."""
    return canvas(Ids.BODY, [], className="panel legend")


def rows(found: dict[str, Any], indicator: Indicator, language: str) -> list[Component]:
    """Return a swatch, a range and a number of units for each class, low to high, and what grey means."""
    named = [
        (html.I(style={"background": color}), span(item, indicator.digits), item.units)
        for item, color in zip(classes_of(found), found["colors"], strict=True)
    ]
    if found["unknown"] or not named:
        nothing = found["nothing"] if found["unknown"] else say("no_data", language)
        named.append((html.I(className="none"), nothing, found["unknown"]))
    return [
        html.Li(
            [
                swatch,
                html.Span(text),
                html.Small(say("units_in_class", language, n=f"{units:,}")),
            ]
        )
        for swatch, text, units in named
    ]


def methods(view: View, found: dict[str, Any], language: str) -> html.Div:
    """Return the choice of how classes are cut; typed breaks begin with those on the map."""
    now = [bound for bound in found["bounds"][:-1] if bound is not None]
    return choices(
        [
            toggle(
                say(method, language),
                href=address(view, classes=method, breaks=view.get("breaks") or now),
                on=method == view["classes"],
                role="radio",
                look="choice",
            )
            for method in METHODS
        ],
        say("classes", language),
    )


def ramps(view: View, language: str) -> html.Div:
    """Return the choice of colours."""
    return choices(
        [
            html.A(
                [html.I(className=f"ramp ramp-{ramp}")],
                href=address(view, ramp=ramp),
                role="radio",
                className="choice is-on" if ramp == view.get("ramp") else "choice",
                title=say(f"ramp_{ramp}", language),
                **aria(checked=str(ramp == view.get("ramp")).lower(), label=say(f"ramp_{ramp}", language)),
            )
            for ramp in RAMPS
        ],
        say("ramp", language),
    )


def menu(city: City, indicator: Indicator, *, picture: Picture, language: str) -> html.Details:
    """Return the list of indicators behind the name of the chosen one."""
    view, leveled = picture["view"], picture.get("leveled")
    when = f" · {period(view, language)}" if indicator.follows else ""
    if leveled:
        when += f" · {city.levels[city.rank(leveled['level'])].title.text(language)}"
    options = [
        toggle(
            item.title.text(language),
            href=address(view, indicator=item.id, breaks=None, classes=_kept(view)),
            on=item.id == indicator.id,
            role="radio",
            look="choice",
        )
        for item in indicators.offered(city).values()
    ]
    shown = html.Summary(
        [html.H2(indicator.title.text(language)), html.Span(f"{indicator.unit.text(language)}{when}")],
        title=say("choose_indicator", language),
    )
    listed = html.Div(options, role="radiogroup", className="menu", **aria(label=say("choose_indicator", language)))
    return html.Details([shown, listed], className="indicator")


def _kept(view: View) -> str:
    """Return the method to go on with: breaks that were typed for one indicator say nothing of another."""
    return "quantile" if view["classes"] == "manual" else view["classes"]


def explained(indicator: Indicator, language: str) -> html.Details:
    """Return the definition: its formula at once, the rest unfolded."""
    said = (("unit_of", indicator.unit), ("left_out", indicator.left_out), ("grey", indicator.no_data))
    lines = [part for key, title in said for part in (html.Dt(say(key, language)), html.Dd(title.text(language)))]
    return html.Details(
        [html.Summary(indicator.formula.text(language), title=say("definition", language)), html.Dl(lines)],
        className="definition",
    )


def typed(view: View, language: str) -> html.Div:
    """Return the line in which the upper ends of classes are typed."""
    return html.Div(
        [
            html.Label(say("breaks", language), htmlFor=Ids.BREAKS),
            dcc.Input(
                id=Ids.BREAKS,
                type="text",
                value=", ".join(f"{value:.12g}" for value in view.get("breaks") or ()),
                placeholder="10, 20, 50",
            ),
        ],
        className="breaks",
    )


def density(city: City, view: View, language: str) -> list[Component]:
    """Return what the surface over the map means; `heat.js` shows it where there is one, with its greatest number."""
    names = [layer.title.text(language) for layer in city.layers.values() if layer.id in (view.get("heat") or ())]
    if not names:
        return []
    ends = [html.Span(say("heat_few", language)), html.I(className="heat-ramp"), html.Span(say("heat_many", language))]
    densest = html.Span(say("heat_densest", language), className="heat-densest")
    title = html.B(say("heat_of", language, name=" + ".join(names)))
    return [html.Div([title, html.Div([*ends, densest])], className="heat-key")]


def draw(city: City, found: dict[str, Any] | None, language: str, picture: Picture | None) -> list[Component]:
    """Return what the map's colours mean."""
    if not found or not picture:
        return []
    view, indicator = picture["view"], chosen(city, picture)
    return [
        html.Header([menu(city, indicator, picture=picture, language=language), ramps(view, language)]),
        explained(indicator, language),
        html.Ul(rows(found, indicator, language)),
        html.Footer(
            [methods(view, found, language), *([typed(view, language)] if view["classes"] == "manual" else [])]
        ),
        *density(city, view, language),
        html.P(className="counted-note", role="note"),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(
        app,
        Ids.BODY,
        partial(draw, city),
        Input(Store.SHADES, "data"),
        Input(Store.LANGUAGE, "data"),
        State(Store.PICTURE, "data"),
    )
