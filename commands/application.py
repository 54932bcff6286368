"""What a server's worker process serves; apart from the commands, so that these start without loading the pages."""

from fastapi import FastAPI

from dashboard.app import create_app
from layers.errors import OneMapError
from layers.pack import City
from layers.settings import Settings


def application() -> FastAPI:
    """Return the dashboard with its API; ONEMAP_DATABASE_URL must name the database.

    Raises:
        OneMapError: It does not.
    """
    settings = Settings()
    if settings.database_url is None:
        msg = "ONEMAP_DATABASE_URL is not set; `onemap serve` sets it for the embedded database"
        raise OneMapError(msg)
    return create_app(settings, City(settings.city), settings.database_url)
