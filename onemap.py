"""The front door: the `onemap` command and the server's application. Assembly only."""

import sys
from typing import TYPE_CHECKING

import typer

from commands import embedded, loading, serving
from commands.session import err
from dashboard.app import create_app
from layers.errors import OneMapError
from layers.pack import City
from layers.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

app = typer.Typer(help="One map of a city for the people who run it.", no_args_is_help=True, add_completion=False)
app.add_typer(loading.app)
app.add_typer(serving.app)
app.add_typer(embedded.app, name="db")


def application() -> "FastAPI":
    """Return what a server serves; ONEMAP_DATABASE_URL must name the database."""
    settings = Settings()
    if settings.database_url is None:
        msg = "ONEMAP_DATABASE_URL is not set; `onemap serve` sets it for the embedded database"
        raise OneMapError(msg)
    return create_app(settings, City(settings.city), settings.database_url)


def main() -> None:
    """Run a command; a mistake is one sentence on standard error and exit status 1."""
    try:
        app()
    except OneMapError as mistake:
        err.print(f"onemap: {mistake}", style="red", markup=False)
        sys.exit(1)
