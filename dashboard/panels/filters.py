"""What is counted: categories as a tree, statuses as chips, each with how many there would be."""

from enum import StrEnum
from functools import partial

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import aria, data, skeleton, toggle
from dashboard.state import Picture, Store, View, address, filtered, toggled, unfiltered
from dashboard.words import count, say
from layers.city_specs import Category
from layers.pack import City
from layers.words import STATUSES, status_code


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "filters-body"


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(8), className="panel filters")


def branch_totals(city: City, by_category: list[dict[str, object]]) -> dict[str, int]:
    """Return how many incidents each node of the tree holds, its branch included."""
    own = {str(item["code"]): int(str(item["total"])) for item in by_category}
    found: dict[str, int] = {}
    for code in reversed(list(city.categories)):
        below = (found[item.code] for item in city.categories.values() if item.parent == code)
        found[code] = own.get(code, 0) + sum(below)
    return found


def chosen(city: City, code: str | None, view: View) -> bool:
    """Tell whether a node or one above it is in the filter."""
    while code is not None:
        if code in view["category"]:
            return True
        code = city.categories[code].parent
    return False


def picked(city: City, view: View, code: str) -> list[str]:
    """Return the categories after a click on a node: it replaces what is chosen below it."""
    branch = city.branch(code) - {code}
    return toggled([item for item in view["category"] if item not in branch], code)


def node(city: City, item: Category, *, total: int, view: View, language: str) -> html.A:
    """Return one category with its box and its count."""
    on = chosen(city, item.code, view)
    return toggle(
        [
            html.Span(className="box"),
            html.Span(item.title.text(language), className="name", title=item.title.text(language)),
            html.Span(count(total, language), className="value"),
        ],
        href=address(view, category=picked(city, view, item.code)),
        on=on,
        role="checkbox",
        look="category",
    )


def tree(city: City, picture: Picture, language: str) -> list[Component]:
    """Return the top categories, each with what is below it folded away."""
    view = picture["view"]
    totals = branch_totals(city, picture["facets"]["category"])
    found: list[Component] = []
    for top in (item for item in city.categories.values() if item.parent is None):
        below = [item for item in city.categories.values() if item.parent == top.code]
        line = node(city, top, total=totals[top.code], view=view, language=language)
        if not below:
            found.append(html.Div(line, className="branch is-leaf"))
            continue
        leaves = [node(city, item, total=totals[item.code], view=view, language=language) for item in below]
        opened = any(item.code in view["category"] for item in below)
        # Beside the line and not around it: what can be pressed may not hold something else that can.
        arrow = html.Summary(**aria(label=say("category_below", language, name=top.title.text(language))))
        below_it = html.Details([arrow, html.Div(leaves, className="leaves")], open=opened)
        found.append(html.Div([line, below_it], className="branch"))
    return found


def statuses(picture: Picture, language: str) -> html.Div:
    """Return the statuses as chips."""
    view = picture["view"]
    totals = {item["code"]: item["total"] for item in picture["facets"]["status"]}
    found = []
    for status, title in STATUSES.items():
        code = status_code(status)
        on = code in view["status"]
        found.append(
            toggle(
                [title.text(language), html.Small(count(totals.get(code, 0), language))],
                href=address(view, status=toggled(view["status"], code)),
                on=on,
                role="checkbox",
                look="chip",
            )
        )
    return html.Div(found, className="chips")


def boundaries(picture: Picture, language: str) -> list[Component]:
    """Return the choice among the editions of the boundaries; nothing where there is but one."""
    view, editions = picture["view"], picture["editions"]
    if len(editions) <= 1:
        return []
    # A link may name any day: what it shows are the boundaries of that day.
    day = view.get("as_of")
    shown = next(item for item in editions[::-1] if item["ends"] is None or (day and item["ends"] > day))
    options = [
        toggle(
            named(item, language),
            href=address(view, as_of=item["as_of"]),
            on=item is shown,
            role="radio",
            look="chip",
            title=say("boundaries_did", language, **item),
        )
        for item in editions
    ]
    label = aria(label=say("boundaries", language))
    return [
        html.H3(say("boundaries", language)),
        html.Div(options, role="radiogroup", className="chips boundaries", **label),
    ]


def named(edition: dict[str, str | None], language: str) -> str:
    """Return what people call an edition of the boundaries: since when it is in force, or until when it was."""
    if edition["begins"]:
        day = say("boundaries_from", language, day=edition["begins"])
        return day if edition["ends"] else f"{day} · {say('boundaries_now', language)}"
    return say("boundaries_to", language, day=edition["as_of"]) if edition["ends"] else say("boundaries_now", language)


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title, the statuses and the tree."""
    if not picture or "facets" not in picture:
        return [*skeleton(8)]
    view = picture["view"]
    more = html.Button(say("more_filters", language), className="action", **data(opens="more-filters"))
    head: list[Component] = [html.H2(say("filters", language)), html.Span(className="spring"), more]
    if filtered(view):
        head.append(html.A(say("clear", language), href=unfiltered(view), className="action"))
    return [
        html.Header(head),
        html.H3(say("status", language)),
        statuses(picture, language),
        html.H3(say("category", language)),
        html.Div(tree(city, picture, language), className="tree"),
        *boundaries(picture, language),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(app, Ids.BODY, partial(draw, city), Input(Store.PICTURE, "data"), Input(Store.LANGUAGE, "data"))
