"""The pages, attached to the application that carries the API."""

import json
from collections.abc import Mapping
from typing import Any, cast

from dash import Dash
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import shades, state
from dashboard.base_maps import BaseMap, policy
from dashboard.pages import watch
from dashboard.panels import panels
from dashboard.texts import TEXTS
from layers.pack import City

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


def attach(app: FastAPI, city: City, base_maps: Mapping[str, BaseMap]) -> None:
    """Serve the dashboard at the root of `app`; it asks for data at the API's own addresses, as any client does."""
    words = json.dumps(TEXTS, ensure_ascii=False).replace("<", "\\u003c")
    dash = Dash(
        __name__,
        server=cast("Any", app),
        title=f"{city.spec.name.zh} · 一张图 OneMap",
        update_title="",
        index_string=INDEX.replace("WORDS", words),
        prevent_initial_callbacks=True,
        assets_ignore=r"^(pmtiles|protomaps-leaflet)\.js$",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    # Callbacks go over HTTP; without this every page would still start the worker that speaks WebSocket for Dash.
    dash.backend.websocket_capability = False
    dash.layout = watch.layout(city, list(base_maps.values()))
    state.register(dash)
    shades.register(dash, city)
    for panel in panels():
        panel.register(dash, city)
    watch.register(dash)
    app.add_middleware(Policy, says=policy(base_maps, list(dash.csp_hashes())))


class Policy:
    """Tells browsers what the pages may ask for and run; the API's own documentation is not one of them."""

    def __init__(self, app: ASGIApp, says: str) -> None:
        """Wrap an application."""
        self.app = app
        self.says = says

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the header on pages."""

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = self.says
            await send(message)

        page = scope["type"] == "http" and not scope["path"].startswith("/api/")
        await self.app(scope, receive, watch if page else send)
