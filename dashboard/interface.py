"""The pages, attached to the application that carries the API."""

import json
from typing import Any, cast

from dash import Dash
from fastapi import FastAPI

from dashboard import shades, state
from dashboard.pages import watch
from dashboard.panels import panels
from dashboard.texts import TEXTS
from layers.pack import City
from layers.settings import Settings

INDEX = """<!DOCTYPE html>
<html lang="zh-CN" data-mantine-color-scheme="dark">
    <head>
        {%metas%}
        <title>{%title%}</title>
        {%favicon%}
        {%css%}
        <script id="onemap-words" type="application/json">WORDS</script>
    </head>
    <body>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            {%renderer%}
        </footer>
    </body>
</html>"""


def attach(app: FastAPI, city: City, settings: Settings) -> None:
    """Serve the dashboard at the root of `app`; it asks for data at the API's own addresses, as any client does."""
    words = json.dumps(TEXTS, ensure_ascii=False).replace("<", "\\u003c")
    dash = Dash(
        __name__,
        server=cast("Any", app),
        title=f"{city.spec.name.zh} · 一张图 OneMap",
        update_title="",
        index_string=INDEX.replace("WORDS", words),
        prevent_initial_callbacks=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    # Callbacks go over HTTP; without this every page would still start the worker that speaks WebSocket for Dash.
    dash.backend.websocket_capability = False
    dash.layout = watch.layout(city, settings.tiles)
    state.register(dash)
    shades.register(dash, city)
    for panel in panels():
        panel.register(dash, city)
    watch.register(dash)
