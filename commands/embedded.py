"""`onemap db`: the embedded database."""

import sys

import typer

from commands.session import embedded_only
from layers.settings import Settings

app = typer.Typer(help="The embedded PostgreSQL with PostGIS.", no_args_is_help=True)


@app.command()
def start() -> None:
    """Start it and leave it running."""
    embedded = embedded_only(Settings())
    sys.stdout.write(("started" if embedded.start() else "already running") + f": {embedded.url}\n")


@app.command()
def stop() -> None:
    """Stop it if it runs."""
    sys.stdout.write("stopped\n" if embedded_only(Settings()).stop() else "not running\n")


@app.command()
def url() -> None:
    """Print its address, for psql and other programs."""
    sys.stdout.write(embedded_only(Settings()).url + "\n")
