"""The colours of the map: classes of the units drawn by the chosen indicator, as soon as their numbers are known."""

from functools import partial
from typing import Any

from dash import Dash, Input, Output

from dashboard.classes import Class, class_of, classify
from dashboard.leaflet import ramp
from dashboard.measuring import chosen, made_of, measures, written
from dashboard.state import Picture, Store
from dashboard.words import say
from layers.pack import City


def shades(city: City, picture: Picture | None, theme: str | None, language: str | None) -> dict[str, Any] | None:
    """Return the classes as map and legend read them, low to high, and what is written on each unit."""
    if not picture or "frame" not in picture:
        return None
    view, indicator, tongue = picture["view"], chosen(city, picture), language or "zh"
    found = measures(city, picture)
    known = {code: each.value for code, each in found.items() if each.value is not None}
    method = view["classes"]
    leveled = picture.get("leveled")
    if leveled:
        classes = [Class(item["low"], item["high"], item["units"]) for item in leveled["classes"]]
        found, known = {}, {}
    else:
        classes = classify(list(known.values()), method, digits=indicator.digits, breaks=view.get("breaks") or ())
    zero = bool(classes) and classes[0].high == 0
    return {
        "unit": picture["frame"]["unit"]["code"],
        "title": indicator.title.text(tongue),
        "digits": indicator.digits,
        "sign": indicator.sign,
        "nothing": f"{say('no_data', tongue)} · {indicator.no_data.text(tongue)}",
        "bounds": [item.high for item in classes],
        "lows": [item.low for item in classes],
        "units": [item.units for item in classes],
        "unknown": leveled["unknown"] if leveled else len(found) - len(known),
        "colors": ramp(len(classes), theme or "dark", name=view.get("ramp") or "cyan", from_zero=zero),
        "classes": {code: class_of(value, classes, indicator.digits) for code, value in known.items()},
        "values": known,
        "texts": {code: written(value, indicator, tongue) for code, value in known.items()},
        "parts": {code: made_of(each) for code, each in found.items() if each.denominator is not None},
    }


def classes_of(found: dict[str, Any]) -> list[Class]:
    """Return the classes again."""
    return [Class(*item) for item in zip(found["lows"], found["bounds"], found["units"], strict=True)]


def register(app: Dash, city: City) -> None:
    """Wire the colours; before any panel, since the map waits for them."""
    app.callback(
        Output(Store.SHADES, "data"),
        Input(Store.PICTURE, "data"),
        Input(Store.THEME, "data"),
        Input(Store.LANGUAGE, "data"),
    )(partial(shades, city))
