"""`onemap serve` and `onemap demo`: the dashboard, with your data or with a generated city."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from commands.loading import load_all
from commands.session import Session, out, progress, session
from layers import database
from layers.embedded import Embedded
from layers.errors import OneMapError
from layers.pack import City
from layers.settings import Settings
from simulate.city import make

app = typer.Typer()
FRESH = timedelta(hours=12)
"""A generated city whose "now" is older than this is generated again, so that today has incidents."""
PATIENCE = 10
"""Seconds that a worker has for what it is answering when the server is to stop."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="default: ONEMAP_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="default: ONEMAP_PORT")] = None,
) -> None:
    """Serve the dashboard and its API until Ctrl-C."""
    settings = _changed(host=host, port=port)
    _require_free(settings)
    with session(settings) as opened:
        _serve(opened)


@app.command()
def demo(
    rows: Annotated[int | None, typer.Option(help="incidents to generate; default: ONEMAP_DEMO_ROWS")] = None,
    city: Annotated[Path | None, typer.Option(help="a city pack; default: ONEMAP_CITY")] = None,
) -> None:
    """Generate a city's data where its pack says how, load everything, serve it until Ctrl-C."""
    settings = _changed(demo_rows=rows, city=city)
    _require_free(settings)
    with session(settings) as opened:
        _generate_anew(opened)
        load_all(opened)
        _serve(opened)


@app.command()
def generate(
    rows: Annotated[int | None, typer.Option(help="incidents to generate; default: ONEMAP_DEMO_ROWS")] = None,
) -> None:
    """Write the files of a generated city into the inbox; a pack without simulation.toml needs none."""
    settings = _changed(demo_rows=rows)
    _generate(City(settings.city), settings)


def _changed(**options: object) -> Settings:
    """Return the settings with the options given; the server's worker process reads them from the environment."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"ONEMAP_{name.upper()}"] = str(value)
    return Settings()


def _require_free(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as taken:
            msg = f"{settings.host}:{settings.port} can't be used ({taken.strerror}); set ONEMAP_PORT to a free port"
            raise OneMapError(msg) from taken


def _generate(city: City, settings: Settings) -> bool:
    """Make the generated files of a pack that says how; return whether older ones were replaced."""
    if not (city.folder / "simulation.toml").is_file():
        return False
    made = settings.inbox / "made.json"
    before = made.read_bytes() if made.is_file() else b""
    now = datetime.now(UTC)
    if before and now - datetime.fromisoformat(json.loads(before)["now"]) > FRESH:
        made.unlink()
    with progress() as report:
        make(city, settings.inbox, rows=settings.demo_rows, now=now, report=report)
    return bool(before) and made.read_bytes() != before


def _generate_anew(opened: Session) -> None:
    """Generate; where an earlier generated city stood in the embedded database, begin with an empty one."""
    settings = opened.settings
    if _generate(opened.city, settings) and settings.database_url is None:
        opened.engine.dispose()
        Embedded(settings.data_dir).reset()
        database.migrate(opened.engine, opened.city)


def _serve(opened: Session) -> None:
    settings = opened.settings
    opened.engine.dispose()
    os.environ["ONEMAP_DATABASE_URL"] = opened.url
    out.print(f"\n  {opened.city.spec.name.zh} {opened.city.spec.name.en}: http://{settings.host}:{settings.port}/\n")
    Granian(
        "commands.application:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=PATIENCE,
    ).serve()
