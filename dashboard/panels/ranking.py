"""The units below this one by the chosen indicator; each row is the way down to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.changes import Change, arrow
from dashboard.looks import MOVES, SORTS
from dashboard.measuring import Measure, chosen, made_of, measures, measures_before, measures_ranked, written
from dashboard.painting import canvas, paint
from dashboard.parts import DOWN, aria, choices, skeleton, toggle
from dashboard.state import SIDE_BY_SIDE, Child, Picture, Store, View, address, toggled
from dashboard.words import name, say
from layers.indicators import Indicator
from layers.pack import City

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
    past: Mapping[str, Measure]
    """The values of the period compared with; empty where none is."""


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(8), className="panel ranking")


def ranked(children: list[Child], found: Mapping[str, Measure], sort: str) -> list[Child]:
    """Return the units, the greatest or the least first; equal ones by code, those without a value last."""
    sign = 1 if sort in {"low", "fall"} else -1

    def key(child: Child) -> tuple[bool, float, str]:
        value = found.get(child["code"], NOTHING).value
        return value is None, sign * (value or 0), child["code"]

    return sorted(children, key=key)


def moves(found: Mapping[str, Measure], past: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return how much each unit rose, as a measure to rank by."""
    return {
        code: Measure(Change(measure.value, past.get(code, NOTHING).value).difference, None, None)
        for code, measure in found.items()
    }


def called(child: Child, language: str) -> html.Span:
    """Return a unit's name; of one of many, the unit above it tells which one it is."""
    above = [name(step, language) for step in child.get("path", ())[1:-1]]
    parts: list[Component | str] = [name(child, language), *(html.Small(step) for step in above[-1:])]
    return html.Span(parts, className="name", title=DOWN.join([*above, name(child, language)]))


def row(child: Child, measure: Measure, *, place: int, within: Table) -> html.A:
    """Return one unit's bar."""
    value, view, language = measure.value or 0, within.view, within.language
    before = within.past.get(child["code"], NOTHING).value
    by = view["sort"] in MOVES
    moved = [arrow(Change(measure.value, before), within.indicator, language, by=by)] if within.past else []
    marked = " is-chosen" if child["code"] == view["unit"] else ""
    return html.A(
        [
            html.Span(place, className="place"),
            called(child, language),
            html.Span(
                html.I(style={"width": f"{100 * value / within.most if within.most else 0:.1f}%"}), className="bar"
            ),
            html.Span(written(measure.value, within.indicator, language), className="value", title=made_of(measure)),
            *moved,
        ],
        href=address(view, unit=child["code"]),
        className=f"rank-row{marked}",
    )


def beside(child: Child, view: View, language: str) -> html.A:
    """Return the tick that puts a unit beside others; where there are enough of them it leads nowhere."""
    chosen = view.get("beside") or []
    on = child["code"] in chosen
    full = len(chosen) >= SIDE_BY_SIDE and not on
    said = say("beside_full" if full else "beside_put", language, name=name(child, language))
    there = {} if on else {"strip": "beside"}
    return html.A(
        "✓" if on else "+",
        href=None if full else address(view, beside=toggled(chosen, child["code"]), **there),
        role="checkbox",
        className=f"put-beside{' is-on' if on else ''}",
        title=said,
        **aria(label=said, checked=str(on).lower(), disabled=str(full).lower()),
    )


def sorts(view: View, language: str, *, compared: bool) -> html.Div:
    """Return the choice of which end comes first."""
    offered = (*SORTS, *MOVES) if compared else SORTS
    now = view["sort"] if view["sort"] in offered else "high"
    options = [
        toggle(
            say(f"sort_{sort}", language),
            href=address(view, sort=sort),
            on=sort == now,
            role="radio",
            look="choice",
        )
        for sort in offered
    ]
    return choices(options, say("sort_by", language))


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title, the choice of order, and a row for each unit."""
    if not picture or "frame" not in picture:
        return [*skeleton(8)]
    view, frame, indicator = picture["view"], picture["frame"], chosen(city, picture)
    leveled = picture.get("ranked")
    if leveled:  # in their order already
        children, rank = leveled["ranked"], city.rank(leveled["level"])
        found = measures_ranked(leveled, "value")
        past = measures_ranked(leveled, "then") if picture.get("compared") else {}
    else:
        found, past = measures(city, picture), measures_before(city, picture)
        by = moves(found, past) if past and view["sort"] in MOVES else found
        children = ranked(frame["children"], by, view["sort"])
        rank = min(len(frame["unit"]["path"]), len(city.levels) - 1)
    most = max((measure.value or 0 for measure in found.values()), default=0)
    level = city.levels[rank].title.text(language)
    table = Table(view, indicator, most, language, past)
    rows = [
        html.Div(
            [row(child, found.get(child["code"], NOTHING), place=place, within=table), beside(child, view, language)],
            className="rank-line",
        )
        for place, child in enumerate(children, start=1)
    ]
    among = ""
    if leveled:
        among = " · " + say("ranking_first", language, n=len(children), of=f"{leveled['units']:,}")
    title, unit = indicator.title.text(language), indicator.unit.text(language)
    # "Incidents per km² (per km²)" would say it twice.
    measured = title if unit in title.lower() else f"{title} ({unit})"
    return [
        html.Header([html.H2(say("ranking", language, level=level)), sorts(view, language, compared=bool(past))]),
        html.H3(measured + among),
        html.Div(rows, className="rows"),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
