"""Services that answer with JSON, page by page: Socrata, Open311 GeoReport v2, or one list at once."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from etl import answers
from etl.pages import Client, pages
from etl.rows import Rows
from layers.errors import SourceDataError
from layers.specs import ReadSpec


def fetch(into: Path, *, name: str, spec: ReadSpec, since: datetime | None) -> None:
    """Ask for everything, or for what is newer than `since`, and keep the answer in a file."""
    headers = {header: _setting(setting, name) for header, setting in spec.headers.items()}
    with Client(name, headers=headers) as client:
        # Pages overlap where a service grows while it is asked.
        answers.keep(_records(client, spec, since), into, once=True)


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:  # noqa: ARG001 - as every reader
    """Read a kept answer."""
    return answers.read(file, name)


def _records(client: Client, spec: ReadSpec, since: datetime | None) -> Iterator[Any]:
    for page in pages(client, spec, since):
        yield from page


def _setting(setting: str, name: str) -> str:
    # Only the pack knows which settings there are, so they cannot be fields of `Settings`.
    if setting not in os.environ:
        raise SourceDataError(name, found=f"{setting} is not set", right="set it where onemap runs")
    return os.environ[setting]
