"""The pages, attached to the application that carries the API."""

from dash import Dash, html
from fastapi import FastAPI

from layers.pack import City
from layers.settings import Settings


def attach(app: FastAPI, city: City, settings: Settings) -> None:
    """Serve the dashboard at the root of `app`; it asks for data at the API's own addresses, as any client does."""
    del settings
    dash = Dash(__name__, server=app, title=f"{city.spec.name.zh} · OneMap 一张图", update_title="")
    dash.layout = html.Main(city.spec.name.zh)
