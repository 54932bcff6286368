"""The generated city, loaded by the real ETL and served by the real server, for as long as a benchmark asks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
from sqlalchemy import create_engine

from etl.run import load, order
from layers.database import migrate
from layers.pack import City
from layers.settings import HOME, Settings
from simulate.city import make
from tests.benchmarks._scratch import scratch

PATIENCE = 60


@contextmanager
def served() -> Iterator[httpx.Client]:
    """Yield a client of the city of the settings, with as many incidents as they say."""
    settings = Settings()
    with scratch("served") as url:
        own = url.render_as_string(hide_password=False)
        fill(settings, own)
        with serve(settings, own) as client:
            yield client


def fill(settings: Settings, url: str) -> None:
    """Generate the city's files where there are none yet, and load them all."""
    city, now = City(settings.city), datetime.now(UTC)
    make(city, settings.inbox, rows=settings.demo_rows, now=now)
    engine = create_engine(url)
    migrate(engine, city)
    for source in order(city):
        outcome = load(source, city=city, engine=engine, inbox=settings.inbox, now=now)
        print(f"  {source.id}: {outcome.loaded:,} rows in {outcome.seconds:.1f} s", file=sys.stderr)
    engine.dispose()


@contextmanager
def serve(settings: Settings, url: str) -> Iterator[httpx.Client]:
    """Start the server on a free port and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "commands.application:application", "--factory", "--interface", "asgi"]
    environment = {**os.environ, "ONEMAP_DATABASE_URL": url, "ONEMAP_CITY": str(settings.city)}
    process = subprocess.Popen([*command, "--port", str(port), "--no-ws"], env=environment, cwd=HOME)  # noqa: S603 - our own server
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Accept-Encoding": "gzip"}, timeout=PATIENCE
        ) as client:
            wait(client)
            yield client
    finally:
        process.terminate()
        process.wait()


def wait(client: httpx.Client) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            client.get("/healthz").raise_for_status()
        except httpx.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
