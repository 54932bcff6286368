"""The map: polygons to go down through, the units around them, and one overlay for each layer of points."""

from enum import StrEnum

import dash_leaflet as dl
from dash import ClientsideFunction, Dash, Input, Output, State, html

from dashboard.leaflet import overlay, polygons
from dashboard.parts import aria
from dashboard.state import Store
from dashboard.words import say
from layers.pack import City


class Ids(StrEnum):
    """Every id this panel owns; overlays are `map-points-` and the layer."""

    MAP = "map"
    UNITS = "map-units"
    AROUND = "map-around"
    POINTS = "map-points-"
    MOVED = "map-moved"


def overlays(city: City) -> list[str]:
    """Return the ids of the overlays: each layer of features, and one for all incidents."""
    return [*(layer.id for layer in city.layers.values() if layer.incidents is None), "incidents"]


def layout(city: City, *, attributed: bool) -> html.Div:
    """Return the map without anything on it, with room for whom a base map must name if there are any."""
    return html.Div(
        dl.MapContainer(
            [
                polygons(Ids.AROUND, style="aroundStyle", each="eachAround", only="notHidden"),
                polygons(Ids.UNITS, style="unitStyle", each="eachUnit"),
                *(overlay(f"{Ids.POINTS}{ident}", city.layers.get(ident)) for ident in overlays(city)),
                dl.ScaleControl(position="bottomright", imperial=False),
            ],
            id=Ids.MAP,
            center=[0, 0],
            zoom=2,
            preferCanvas=True,
            trackViewport=False,
            attributionControl=attributed,
            zoomControl=False,
            zoomSnap=0.05,
            zoomDelta=0.5,
            wheelPxPerZoomLevel=120,
            maxZoom=19,
            className="map",
        ),
        className="map-frame",
        role="region",
        **aria(label=say("map", "zh")),
    )


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    app.clientside_callback(ClientsideFunction("map_view", "look"), Input(Store.VIEW, "data"))
    app.clientside_callback(
        ClientsideFunction("map_view", "draw"),
        Output(Ids.UNITS, "data"),
        Output(Ids.UNITS, "hideout"),
        Output(Ids.AROUND, "data"),
        Output(Ids.AROUND, "hideout"),
        Input(Store.SHADES, "data"),
        Input(Store.LANGUAGE, "data"),
        State(Store.PICTURE, "data"),
    )
    app.clientside_callback(ClientsideFunction("points", "follow"), Input(Store.PICTURE, "data"))
    hideouts = [f"{Ids.POINTS}{ident}" for ident in overlays(city)]
    app.clientside_callback(
        ClientsideFunction("points", "dress"),
        [Output(ident, "hideout") for ident in hideouts],
        Input(Store.LANGUAGE, "data"),
        Input(Store.THEME, "data"),
        *(State(ident, "hideout") for ident in hideouts),
    )
