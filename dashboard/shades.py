"""The colours of the map: classes of the units drawn, computed as soon as their numbers are known."""

from typing import Any

from dash import Dash, Input, Output

from dashboard.classes import Class, classify
from dashboard.leaflet import ramp
from dashboard.state import Picture, Store

MEASURE = "total"


def shades(picture: Picture | None, theme: str | None) -> dict[str, Any] | None:
    """Return the classes as the map's style function and the legend read them, low to high."""
    if not picture or "frame" not in picture:
        return None
    values = [child[MEASURE] for child in picture["frame"]["children"]]
    classes = classify(values, picture["view"]["classes"])
    return {
        "unit": picture["frame"]["unit"]["code"],
        "measure": MEASURE,
        "method": picture["view"]["classes"],
        "bounds": [item.high for item in classes],
        "lows": [item.low for item in classes],
        "units": [item.units for item in classes],
        "colors": ramp(len(classes), theme or "dark", from_zero=bool(classes) and classes[0].high == 0),
    }


def classes_of(found: dict[str, Any]) -> list[Class]:
    """Return the classes again."""
    return [Class(*item) for item in zip(found["lows"], found["bounds"], found["units"], strict=True)]


def register(app: Dash) -> None:
    """Wire the colours; before any panel, since the map waits for them."""
    app.callback(Output(Store.SHADES, "data"), Input(Store.PICTURE, "data"), Input(Store.THEME, "data"))(shades)
