"""How panels with many small parts reach the page without slowing it.

Dash's renderer looks at every component on the page at every change of any store: a thousand spans cost a drill two
seconds. So a panel's parts travel as one plain tree, and `paint.js` makes elements of it; the panel is one component.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component


def canvas(ident: str, skeleton: Sequence[Component], **attributes: str) -> html.Div:
    """Return the place of a panel in its loading state, with the store its tree arrives in."""
    place: dict[str, Any] = {"id": ident, **attributes}
    return html.Div([html.Section(skeleton, **place), dcc.Store(id=tree(ident))], className="canvas")


def tree(ident: str) -> str:
    """Return the id of the store a place is painted from."""
    return f"{ident}-tree"


def paint(app: Dash, ident: str, draw: Callable[..., Sequence[Component]], *inputs: Input | State) -> None:
    """Let a panel follow its inputs: `draw` makes the components, the browser their elements."""
    app.callback(Output(tree(ident), "data"), *inputs)(lambda *values: plain(draw(*values)))
    app.clientside_callback(ClientsideFunction("paint", "paint"), Input(tree(ident), "data"), Input(ident, "id"))


Part = Component | str | float | None


def plain(parts: Part | Iterable[Part]) -> list[Any]:
    """Return components as lists of tag, attributes and children; text as it is."""
    several = [parts] if parts is None or isinstance(parts, Component | str | int | float) else parts
    return [_element(part) if isinstance(part, Component) else str(part) for part in several if part is not None]


def _element(part: Component) -> list[Any]:
    said = part.to_plotly_json()
    attributes = {name: value for name, value in said["props"].items() if name != "children" and value is not None}
    return [said["type"].lower(), attributes, plain(said["props"].get("children"))]
