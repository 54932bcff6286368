"""tipg, which makes vector tiles of any table, in an environment of its own: what it pins is not what we pin."""

import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import httpx
from sqlalchemy import make_url

PATIENCE = 60
VERSION = "1.6.1"
TILE = "/collections/public.incident/tiles/WebMercatorQuad/{zoom}/{x}/{y}"


@contextmanager
def tipg(url: str) -> Iterator[httpx.Client | None]:
    """Yield a client of tipg, or nothing where it can't be installed or started."""
    with TemporaryDirectory() as folder, socket.socket() as probe:
        python, uv = str(Path(folder) / "bin" / "python"), str(Path(sys.executable).parent / "uv")
        install = [uv, "pip", "install", "-q", "-p", python, f"tipg=={VERSION}", "uvicorn"]
        commands = [[uv, "venv", "-q", "-p", sys.executable, folder], install]
        if any(subprocess.run(command, check=False).returncode for command in commands):  # noqa: S603 - our own tool
            print("  tipg can't be installed here and is left out", file=sys.stderr)
            yield None
            return
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        environment = {**os.environ, "DATABASE_URL": address(url), "TIPG_DB_SCHEMAS": '["public"]'}
        command = [python, "-m", "uvicorn", "tipg.main:app", "--port", port, "--log-level", "warning"]
        process = subprocess.Popen(command, env=environment, cwd=folder)  # noqa: S603 - a fixed program
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                yield client if answers(client) else None
        finally:
            process.terminate()
            process.wait()


def address(url: str) -> str:
    """Return an address as asyncpg takes it: a socket's folder where a host's name would be."""
    made = make_url(url)
    host = made.query.get("host", made.host or "localhost")
    port = f":{made.port}" if made.port else ""
    return (
        f"postgresql://{made.username}:{quote(made.password or '')}@{quote(str(host), safe='')}{port}/{made.database}"
    )


def answers(client: httpx.Client) -> bool:
    """Wait until tipg answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return client.get("/healthz").is_success
        except httpx.HTTPError:
            time.sleep(0.3)
    return False


def tile(lon: float, lat: float, zoom: int) -> tuple[str, str]:
    """Return the address of the tile that holds a place, and its box as our addresses take it."""
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    west, east = (at / 2**zoom * 360 - 180 for at in (x, x + 1))
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * at / 2**zoom)))) for at in (y, y + 1))
    return TILE.format(zoom=zoom, x=x, y=y), f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
