"""The units below this one, from most to fewest; each row is the way down to it."""

from enum import StrEnum
from functools import partial

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import choices, skeleton, toggle
from dashboard.state import Child, Picture, Store, View, address
from dashboard.words import count, name, say, share
from layers.pack import City

SORTS = ("total", "open", "overdue", "rate")


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "ranking-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(8), className="panel ranking")


def worth(child: Child, sort: str) -> float:
    """Return what a unit is ranked by."""
    if sort == "rate":
        return child["closed"] / child["total"] if child["total"] else 0.0
    return {"open": child["open"], "overdue": child["overdue"]}.get(sort, child["total"])


def ranked(children: list[Child], sort: str) -> list[Child]:
    """Return the units, the greatest first; equal ones by code."""
    return sorted(children, key=lambda child: (-worth(child, sort), child["code"]))


def row(child: Child, *, place: int, most: float, view: View, language: str) -> html.A:
    """Return one unit's bar."""
    value = worth(child, view["sort"])
    shown = share(child["closed"], child["total"]) if view["sort"] == "rate" else count(value, language)
    marked = " is-chosen" if child["code"] == view["unit"] else ""
    return html.A(
        [
            html.Span(place, className="place"),
            html.Span(name(child, language), className="name", title=name(child, language)),
            html.Span(html.I(style={"width": f"{100 * value / most if most else 0:.1f}%"}), className="bar"),
            html.Span(shown, className="value", title=f"{child['total']:,}"),
        ],
        href=address(view, unit=child["code"]),
        className=f"rank-row{marked}",
    )


def sorts(view: View, language: str) -> html.Div:
    """Return the choice of what to rank by."""
    options = [
        toggle(
            say(f"by_{sort}", language),
            href=address(view, sort=sort),
            on=sort == view["sort"],
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
    view, frame = picture["view"], picture["frame"]
    children = ranked(frame["children"], view["sort"])
    most = max((worth(child, view["sort"]) for child in children), default=0)
    level = city.levels[min(len(frame["unit"]["path"]), len(city.levels) - 1)].title.text(language)
    rows = [
        row(child, place=place, most=most, view=view, language=language)
        for place, child in enumerate(children, start=1)
    ]
    return [
        html.Header([html.H2(say("ranking", language, level=level)), sorts(view, language)]),
        html.Div(rows, className="rows"),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
