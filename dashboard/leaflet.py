"""How layers reach Leaflet: named functions of `assets/`, never code in strings, and the ramps that colour polygons."""

import dash_leaflet as dl

from layers.specs import LayerSpec

DARK = ("#17324d", "#1d4b6b", "#23678a", "#2f86a6", "#4aa8bf", "#7cc9cf")
LIGHT = ("#e3f1f5", "#bfe0e8", "#8fc8d6", "#57a9bf", "#2a86a2", "#0f6480")
RAMPS = {
    "cyan": {"dark": DARK, "light": LIGHT},
    "violet": {
        "dark": ("#2a2250", "#3f3274", "#584796", "#7663b3", "#9a89cd", "#c3b8e6"),
        "light": ("#f0edf8", "#d8d1ec", "#b9addb", "#9484c4", "#6f5ba8", "#4a3684"),
    },
    "green": {
        "dark": ("#143728", "#1c4f38", "#28694a", "#3f8661", "#68a781", "#a3cdb0"),
        "light": ("#e8f4ea", "#c8e4cd", "#9cccaa", "#68ae83", "#3a8a60", "#15623f"),
    },
}
"""Sequential, of one hue each: told apart by lightness alone, so that no eye needs the hue."""
INCIDENT = "#f2b84b"
EMPTY_GEOBUF = "IgA="
"""A collection of nothing: makes the browser fetch its decoder before there is anything to decode."""


def named(function: str) -> dict[str, str]:
    """Return a reference to a function of `window.onemap.leaflet`, as dash-leaflet looks them up."""
    return {"variable": f"onemap.leaflet.{function}"}


def ramp(classes: int, theme: str, *, name: str = "cyan", from_zero: bool = False) -> list[str]:
    """Return that many colours of a ramp, low to high, spread over its whole range."""
    colors = RAMPS.get(name, RAMPS["cyan"])["light" if theme == "light" else "dark"]
    if classes <= 1:
        return [colors[0 if from_zero else len(colors) // 2]] * classes
    last = len(colors) - 1
    return [colors[round(at * last / (classes - 1))] for at in range(classes)]


def polygons(ident: str, *, style: str, each: str, only: str | None = None) -> dl.GeoJSON:
    """Return a layer of units; its geometry and its values arrive apart."""
    chosen = {"filter": named(only)} if only else {}
    return dl.GeoJSON(
        id=ident,
        data=EMPTY_GEOBUF,
        format="geobuf",
        hideout={},
        style=named(style),
        onEachFeature=named(each),
        disableDefaultEventHandlers=True,
        **chosen,
    )


def overlay(ident: str, layer: LayerSpec | None) -> dl.GeoJSON:
    """Return the overlay of a layer's features, or without a layer that of all incidents."""
    drawn = {} if layer is None or layer.geometry == "point" else {"style": named("shapeStyle")}
    return dl.GeoJSON(
        id=ident,
        data={"type": "FeatureCollection", "features": []},
        hideout={"layer": layer.id if layer else "incidents", "color": layer.color if layer else INCIDENT},
        pointToLayer=named("point"),
        onEachFeature=named("eachPoint"),
        disableDefaultEventHandlers=True,
        **drawn,
    )
