"""The quiet notice in the map's corner that says which data is generated."""

from enum import StrEnum
from functools import partial

from dash import Dash, Input, Output, html

from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "notice-body"


def layout(city: City) -> html.P:
    """Return the notice; empty where every row is real."""
    return html.P(id=Ids.BODY, className="notice", hidden=city.spec.generated is None, tabIndex=0)


def draw(city: City, language: str | None) -> str:
    """Return what is generated, in the city's own words."""
    if city.spec.generated is None or language is None:
        return ""
    return f"{say('generated', language)} · {city.spec.generated.text(language)}"


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    app.callback(Output(Ids.BODY, "children"), Input(Store.LANGUAGE, "data"))(partial(draw, city))
