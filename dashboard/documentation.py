"""`/api/docs`: every address with a form to try it, by Swagger UI, which is served from here and not from elsewhere."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse

PAGE, STATIC = "/api/docs", "/api/docs/static"
CONTRAST = """
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1a62b8; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #1b7553; }
.swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0b6e63; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #c02626; }
.swagger-ui .info .title small, .swagger-ui .info .title small.version-stamp { background: #4d6b00; }
.swagger-ui .info .title small:not(.version-stamp) { background: #5b6470; }
.swagger-ui .info a, .swagger-ui .info .url { color: #1a62b8; }
.swagger-ui .parameter__in, .swagger-ui .parameter__extension, .swagger-ui .parameter__type,
.swagger-ui .prop-format, .swagger-ui .response-control-media-type__accept-message { color: #595f66; }
.swagger-ui .json-schema-2020-12-expand-deep-button, .swagger-ui .json-schema-2020-12__attribute,
.swagger-ui .response-control-media-type__accept-message { color: #4a5057; }
.swagger-ui .btn.try-out__btn.cancel, .swagger-ui .btn.cancel { border-color: #c02626; color: #c02626; }
.swagger-ui .btn.execute { background: #1a62b8; border-color: #1a62b8; }
.swagger-ui .parameter__name.required::after { color: #b3261e; }
"""
"""Swagger UI's own colours, dark enough to be read."""


def attach(app: FastAPI) -> None:
    """Serve the page."""

    @app.get(PAGE, include_in_schema=False)
    async def page() -> HTMLResponse:
        made = get_swagger_ui_html(
            openapi_url=app.openapi_url or "",
            title=f"{app.title} · API",
            swagger_js_url=f"{STATIC}/swagger-ui-bundle.js",
            swagger_css_url=f"{STATIC}/swagger-ui.css",
            swagger_favicon_url=f"{STATIC}/favicon.png",
            swagger_ui_parameters=app.swagger_ui_parameters,
        )
        text = bytes(made.body).decode("utf-8")
        head = f"<style>{CONTRAST}</style></head>"
        return HTMLResponse(text.replace("<html>", '<html lang="en">', 1).replace("</head>", head, 1))
