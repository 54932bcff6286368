"""The layers as a tree, by theme or by owner: switches to show them, and what each is, unfolded on demand."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from dash import Dash, Input, dcc, html
from dash.development.base_component import Component

from dashboard import symbols
from dashboard.facts import drawing
from dashboard.looks import GROUPS
from dashboard.painting import canvas, paint
from dashboard.parts import aria, choices, skeleton, toggle
from dashboard.state import ALL, Picture, Store, View, address, toggled
from dashboard.words import count, moment, say
from layers.pack import City
from layers.specs import LayerSpec, SourceSpec

THEMES = ("people", "places", "things", "events", "organisations")


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "layer-list-body"
    FIND = "layer-list-find"
    """Where a name is typed; `layer_list.js` hides what does not have it."""
    NONE = "layer-list-none"
    """What is said where no name has it."""
    OPACITY = "layer-list-opacity-"
    """With the layer behind it: its slider, which `layer_list.js` hands to the address."""


@dataclass(frozen=True)
class Shown:
    """What the rows of one drawing have in common."""

    city: City
    picture: Picture
    on: list[str]
    """The layers that are shown."""
    order: list[str]
    """All layers, from the top of the drawing to its bottom."""
    language: str


def layout() -> html.Div:
    """Return the empty panel, in its loading state."""
    return canvas(Ids.BODY, skeleton(6), className="panel layer-list")


def shown(city: City, view: View) -> list[str]:
    """Return the layers a view shows; without a word about them, those the pack shows."""
    chosen = view.get("layers")
    return [layer.id for layer in city.layers.values() if layer.shown] if chosen is None else chosen


def order(city: City, view: View) -> list[str]:
    """Return the layers as a view draws them, the topmost first; those it does not name follow in the pack's order."""
    said = [layer for layer in view.get("order") or () if layer in city.layers]
    return [*said, *(layer for layer in drawing(city) if layer not in said)]


def moved(city: City, now: list[str], layer: str, by: int) -> list[str] | None:
    """Return the order with a layer moved down by so many places; none where that is the pack's own."""
    at = now.index(layer)
    rest = [item for item in now if item != layer]
    rest.insert(min(max(at + by, 0), len(rest)), layer)
    return None if rest == drawing(city) else rest


def feeding(city: City, layer: LayerSpec) -> list[SourceSpec]:
    """Return the sources a layer comes from."""
    return [spec for spec in city.sources.values() if spec.feeds == layer.id or spec.id == layer.incidents]


def owners(origins: Iterable[SourceSpec], language: str) -> list[str]:
    """Return whose data a layer draws, in the order of their names; a dash where no source feeds it."""
    return sorted({source.owner.text(language) for source in origins}) or ["—"]


def grouped(city: City, by: str, language: str) -> dict[str, list[LayerSpec]]:
    """Return the layers under the name of their theme or owner, in their own order."""
    found: dict[str, list[LayerSpec]] = {}
    for layer in sorted(city.layers.values(), key=lambda each: (THEMES.index(each.theme), each.order, each.id)):
        for name in owners(feeding(city, layer), language) if by == "owner" else [say(layer.theme, language)]:
            found.setdefault(name, []).append(layer)
    return found


def amounts(city: City, picture: Picture) -> dict[str, int]:
    """Return how much each layer holds in the unit: features, or incidents of the filter and period."""
    by_source = {item["code"]: item["total"] for item in picture["facets"]["source"]}
    return {
        layer.id: by_source.get(layer.incidents, 0) if layer.incidents else picture["held"].get(layer.id, 0)
        for layer in city.layers.values()
    }


def row(layer: LayerSpec, *, amount: int | None, within: Shown) -> html.Div:
    """Return one layer with its symbol, count and switch, and its details folded away."""
    view, language = within.picture["view"], within.language
    name = layer.title.text(language)
    switch = toggle(
        [
            symbols.symbol(layer),
            html.Span(name, className="name", title=name),
            html.Span("" if amount is None else count(amount, language), className="value"),
            html.Span(className="switch"),
        ],
        href=address(view, layers=toggled(within.on, layer.id), after=view.get("after")),
        on=layer.id in within.on,
        role="switch",
        look="layer-row",
    )
    more = html.Details(
        [html.Summary("", **aria(label=say("layer_details", language, name=name))), *details(layer, within)],
        className="layer-more",
    )
    return html.Div([switch, more], className="layer")


def details(layer: LayerSpec, within: Shown) -> list[Component]:
    """Return what one may know of a layer and do to it: its signs, how much of it is seen, its place, its origin."""
    view, language, at = within.picture["view"], within.language, within.order.index(layer.id)
    opacity = view.get("opacity", {}).get(layer.id, ALL)
    slider = dcc.Input(id=f"{Ids.OPACITY}{layer.id}", type="range", min=10, max=ALL, step=10, value=opacity)
    origins = feeding(within.city, layer)
    time = within.picture.get("layer_times", {}).get(layer.id)
    facts = [
        ("layer_owner", ("、" if language == "zh" else ", ").join(owners(origins, language))),
        ("layer_time", moment(time, within.city.time_zone)),
        ("share_level", ", ".join(sorted({say(f"share_{source.share}", language) for source in origins})) or "—"),
    ]
    return [
        *symbols.key(layer, within.city, language),
        *ways(layer, within),
        html.Label([html.Span(say("opacity", language)), slider, html.Output(f"{opacity}%")]),
        html.Div([html.Span(say("layer_place", language, n=at + 1)), *moves(layer, within)], className="layer-moves"),
        html.Dl([part for name, text in facts for part in (html.Dt(say(name, language)), html.Dd(text))]),
    ]


def ways(layer: LayerSpec, within: Shown) -> list[Component]:
    """Return the choice between a layer's points and their density, which only points have."""
    if layer.geometry != "point":
        return []
    view, language = within.picture["view"], within.language
    heated = view.get("heat") or []
    options = [
        toggle(
            say(f"drawn_{way}", language),
            href=address(view, heat=toggled(heated, layer.id) if on != hot else heated, after=view.get("after")),
            on=on == hot,
            role="radio",
            look="choice",
        )
        for on in [layer.id in heated]
        for way, hot in (("points", False), ("heat", True))
    ]
    return [
        html.Div([html.Span(say("drawn", language)), choices(options, say("drawn", language))], className="layer-ways")
    ]


def moves(layer: LayerSpec, within: Shown) -> list[Component]:
    """Return the ways one place up and one down, where there is one."""
    at, view = within.order.index(layer.id), within.picture["view"]
    found: list[Component] = []
    for key, sign, by in (("layer_up", "↑", -1), ("layer_down", "↓", 1)):
        label = say(key, within.language)
        if 0 <= at + by < len(within.order):
            goes = address(view, order=moved(within.city, within.order, layer.id, by), after=view.get("after"))
            found.append(html.A(sign, href=goes, className="action", title=label, **aria(label=label)))
    return found


def levels(city: City, picture: Picture, language: str) -> list[Component]:
    """Return the choice of the level whose units are drawn, where there is more than one below the unit."""
    view = picture["view"]
    below = city.levels[len(picture["unit"]["path"]) :]
    if len(below) <= 1:
        return []
    on = next((level.id for level in below if level.id == view.get("level")), None)
    titles = [(None, say("level_automatic", language)), *((item.id, item.title.text(language)) for item in below)]
    options = [
        toggle(title, href=address(view, level=ident), on=ident == on, role="radio", look="choice")
        for ident, title in titles
    ]
    return [
        html.Div(
            [html.Span(say("level_units", language)), choices(options, say("level_choose", language))],
            className="levels",
        )
    ]


def groups(view: View, language: str) -> html.Div:
    """Return the choice of what the layers are grouped by."""
    options = [
        toggle(
            say(f"by_{by}", language), href=address(view, group=by), on=view["group"] == by, role="radio", look="choice"
        )
        for by in GROUPS
    ]
    return choices(options, say("layers_by", language))


def branch(name: str, rows: Iterable[Component]) -> html.Details:
    """Return a group of layers, unfolded until somebody folds it."""
    return html.Details([html.Summary(name), *rows], className="layer-group", open=True)


def draw(city: City, picture: Picture | None, language: str) -> list[Component]:
    """Return the title, the choices of level and of grouping, and the tree."""
    if not picture or "facets" not in picture:
        return [*skeleton(6)]
    view, held = picture["view"], amounts(city, picture)
    within = Shown(city, picture, shown(city, view), order(city, view), language)
    tree = [
        branch(name, (row(layer, amount=held.get(layer.id), within=within) for layer in inside))
        for name, inside in grouped(city, view["group"], language).items()
    ]
    find = dcc.Input(id=Ids.FIND, type="search", placeholder=say("layers_find", language))
    return [
        html.Header([html.H2(say("layers", language)), groups(view, language)]),
        *levels(city, picture, language),
        html.Label([html.Span(say("layers_find", language), className="unseen"), find], className="layer-find"),
        html.Div(tree, className="rows layer-tree"),
        html.P(say("layers_none", language), id=Ids.NONE, className="note", hidden=True),
    ]


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    paint(
        app,
        Ids.BODY,
        partial(draw, city),
        Input(Store.PICTURE, "data"),
        Input(Store.LANGUAGE, "data"),
    )
