"""The real thing: Ningbo generated and loaded by the `onemap` command, served by it, looked at by Chromium."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visit import Dashboard
from tests.browsing import LAUNCH
from tests.conftest import Databases

ROWS = 20_000
FRONT_DOOR = (sys.executable, "-W", "ignore", "-c", "from onemap import main; main()")
PATIENCE = 180.0


@pytest.fixture(scope="session")
def environment(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the command needs to work on a database and a folder of its own."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")},
        "ONEMAP_DATABASE_URL": databases.make(),
        "ONEMAP_DATA_DIR": str(tmp_path_factory.mktemp("onemap")),
        "ONEMAP_PORT": str(free_port()),
    }


@pytest.fixture(scope="session")
def origin(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over Ningbo with 20,000 incidents."""
    for command in (("generate", "--rows", str(ROWS)), ("init",), ("load", "--all")):
        done = subprocess.run((*FRONT_DOOR, *command), env=environment, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            pytest.fail(f"onemap {' '.join(command)}: {done.stderr or done.stdout}")
    with serving(environment, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[str]:
    """Serve the dashboard, and yield its address."""
    with (
        log.open("wb") as lines,
        subprocess.Popen(  # noqa: S603
            (*FRONT_DOOR, "serve"), env=environment, stdout=lines, stderr=lines
        ) as server,
    ):
        address = f"http://127.0.0.1:{environment['ONEMAP_PORT']}"
        try:
            wait_for(f"{address}/healthz", log)
            yield address
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module; not longer, since it keeps an event loop running."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**LAUNCH)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    """A fresh visitor's page; whatever it asks elsewhere and every error it logs fails the test."""
    yield from visitor(browser, origin)


@pytest.fixture
def another_page(browser: Browser, origin: str) -> Iterator[Page]:
    """Another visitor's page, with nothing remembered."""
    yield from visitor(browser, origin)


@pytest.fixture
def dashboard(page: Page, origin: str) -> Dashboard:
    """The main page, not opened yet."""
    return Dashboard(page, origin)


def visitor(browser: Browser, origin: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    context.set_default_timeout(90_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((origin, "data:", "blob:")) else wrong.append(request.url),
    )
    yield page
    context.close()
    assert not wrong


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer: {log.read_text(errors='replace')[-2000:]}")
