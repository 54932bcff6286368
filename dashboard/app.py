"""The application: one ASGI app that carries API, live feed and pages."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

import dashboard.api
from dashboard import documentation, problems
from dashboard.base_maps import offered
from dashboard.compression import Compression
from dashboard.interface import attach
from dashboard.kept import Kept
from dashboard.takeaway.exports import Exports
from layers import units
from layers.database import connect_async
from layers.gazetteer import Gazetteer
from layers.ground import Ground
from layers.pack import City
from layers.settings import Settings


def create_app(settings: Settings, city: City, database_url: str) -> FastAPI:
    """Return the application; the database may come up later, or go and come back."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # What is there by now stays: looking through all of it again and again holds up answers for 50 to 100 ms.
        gc.collect()
        gc.freeze()
        app.state.engine = connect_async(database_url).execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield
        finally:
            await app.state.engine.dispose()

    app = FastAPIOffline(
        title=f"OneMap 一张图 · {city.spec.name.zh} {city.spec.name.en}",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        static_url=documentation.STATIC,
        swagger_ui_parameters={"validatorUrl": None, "deepLinking": False},
        lifespan=lifespan,
    )
    app.state.city = city
    app.state.gazetteer = Kept(Gazetteer, units.listed)
    app.state.ground = Kept(Ground, units.grounds)
    app.state.points_cost = settings.points_cost
    app.state.base_maps = offered(settings, city)
    app.state.exports = Exports(database_url, city.spec.time_zone)
    app.add_middleware(Compression)
    problems.install(app)
    documentation.attach(app)
    for router in routers():
        app.include_router(router)
    app.add_api_route("/api/{rest:path}", nothing_here, include_in_schema=False)
    attach(app, city, app.state.base_maps)
    return app


def routers() -> Iterator[APIRouter]:
    """Find the router of every module in `dashboard/api/`."""
    for module in iter_modules(dashboard.api.__path__, f"{dashboard.api.__name__}."):
        yield import_module(module.name).router


async def nothing_here() -> None:
    """Answer below /api what no router knows, before a page does."""
    raise HTTPException(HTTPStatus.NOT_FOUND)
