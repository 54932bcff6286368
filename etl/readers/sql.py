"""A question to another database; its address comes from a setting, never from the pack."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from etl import answers
from etl.rows import Rows
from layers.errors import SourceDataError, UnreachableError
from layers.specs import ReadSpec

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
"""What `:since` means at the first load."""
AT_ONCE = 10_000


def fetch(into: Path, *, name: str, spec: ReadSpec, since: datetime | None) -> None:
    """Ask the query, row by row, and keep the answer in a file; nothing is ever committed there."""
    setting = spec.database or ""
    address = os.environ.get(setting)  # only the pack knows which settings there are
    if address is None:
        right = "set it to an address such as postgresql+psycopg://user:password@host/name"
        raise SourceDataError(name, found=f"{setting} is not set", right=right)
    try:
        engine = create_engine(address)
    except (SQLAlchemyError, ImportError, ValueError) as mistake:
        # Its message might repeat the address, password and all.
        found = f"{setting} is no address that SQLAlchemy can use ({type(mistake).__name__})"
        raise SourceDataError(name, found=found, right="mend it, or install the driver it names") from None
    reached = False
    try:
        with engine.connect().execution_options(yield_per=AT_ONCE) as connection:
            reached = True
            answers.keep(_rows(connection, spec, since or ALWAYS, name), into, once=False)
    except SQLAlchemyError as mistake:
        said = str(getattr(mistake, "orig", None) or mistake).partition("\n")[0]
        if not reached or (isinstance(mistake, DBAPIError) and mistake.connection_invalidated):
            right = f"try again later, or mend {setting}"
            raise UnreachableError(name, found=f"the database does not answer: {said}", right=right) from mistake
        raise SourceDataError(name, found=f"the database refused: {said}", right="mend read.query") from mistake
    finally:
        engine.dispose()


def read(file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:  # noqa: ARG001 - as every reader
    """Read a kept answer."""
    return answers.read(file, name)


def _rows(connection: Connection, spec: ReadSpec, since: datetime, name: str) -> Iterator[dict[str, Any]]:
    asked = text(spec.query or "")
    values = {"since": since} if "since" in asked.compile().params else {}
    answer = connection.execute(asked, values)
    names = list(answer.keys())
    if len(set(names)) < len(names):
        twice = sorted({column for column in names if names.count(column) > 1})
        raise SourceDataError(name, found=f"columns named alike: {twice}", right="name them apart by AS")
    for row in answer:
        yield dict(zip(names, row, strict=True))
