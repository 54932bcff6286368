"""The units below this one by the chosen indicator; each row is the way down to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.measuring import Measure, chosen, made_of, measures, written
from dashboard.painting import canvas, paint
from dashboard.parts import choices, skeleton, toggle
from dashboard.state import Child, Picture, Store, View, address
from dashboard.words import name, say
from layers.indicators import Indicator
from layers.pack import City

SORTS = ("high", "low")
NOTHING = Measure(None, None, None)


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "ranking-body"


@dataclass(frozen=True)
class Table:
    """What the rows of one ranking have in common."""

    view: View
    indicator: Indicator
    most: float
    """The greatest value, whose bar is full."""
    language: str


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(8), className="panel ranking")


def ranked(children: list[Child], found: Mapping[str, Measure], sort: str) -> list[Child]:
    """Return the units, the greatest or the least first; equal ones by code, those without a value last."""
    sign = 1 if sort == "low" else -1

    def key(child: Child) -> tuple[bool, float, str]:
        value = found.get(child["code"], NOTHING).value
        return value is None, sign * (value or 0), child["code"]

    return sorted(children, key=key)


def row(child: Child, measure: Measure, *, place: int, within: Table) -> html.A:
    """Return one unit's bar."""
    value, view, language = measure.value or 0, within.view, within.language
    marked = " is-chosen" if child["code"] == view["unit"] else ""
    return html.A(
        [
            html.Span(place, className="place"),
            html.Span(name(child, language), className="name", title=name(child, language)),
            html.Span(
                html.I(style={"width": f"{100 * value / within.most if within.most else 0:.1f}%"}), className="bar"
            ),
            html.Span(written(measure.value, within.indicator, language), className="value", title=made_of(measure)),
        ],
        href=address(view, unit=child["code"]),
        className=f"rank-row{marked}",
    )


def sorts(view: View, language: str) -> html.Div:
    """Return the choice of which end comes first."""
    options = [
        toggle(
            say(f"sort_{sort}", language),
            href=address(view, sort=sort),
            on=(sort == "low") == (view["sort"] == "low"),
            role="radio",
            look="choice",
        )
        for sort in SORTS
    ]
    return choices(options, say("sort_by", language))


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title, the choice of order, and a row for each unit."""
    if not picture or "frame" not in picture:
        return [*skeleton(8)]
    view, frame, indicator = picture["view"], picture["frame"], chosen(city, picture)
    found = measures(city, picture)
    children = ranked(frame["children"], found, view["sort"])
    most = max((measure.value or 0 for measure in found.values()), default=0)
    level = city.levels[min(len(frame["unit"]["path"]), len(city.levels) - 1)].title.text(language)
    table = Table(view, indicator, most, language)
    rows = [
        row(child, found.get(child["code"], NOTHING), place=place, within=table)
        for place, child in enumerate(children, start=1)
    ]
    unit = f"{indicator.title.text(language)} ({indicator.unit.text(language)})"
    return [
        html.Header([html.H2(say("ranking", language, level=level)), sorts(view, language)]),
        html.H3(unit),
        html.Div(rows, className="rows"),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
