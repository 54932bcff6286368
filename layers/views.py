"""Saved views: an address of the page, kept under a link of its own, with a name and a sentence on what it is for.

The table stands here and not in `layers.model`, because nothing else of the city depends on it. `owner` is for the
accounts that may come: until then it is null, and everybody may change every view.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Insert,
    Table,
    Text,
    Update,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import update as change
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningDelete

from layers.errors import FilterError
from layers.filters import NAMES, Filter, parse
from layers.model import metadata
from layers.pack import City
from layers.questions import Question

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter that is taken for another when somebody reads a link out."""
SLUG_LENGTH = 8
QUERY_LENGTH = 4_000
PLACE = "view"
"""The parameter by which an address says which saved view it is."""

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("slug", Text, nullable=False, unique=True, comment="what its link ends with"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("query", Text, nullable=False, comment="the page's address after the question mark"),
    Column("owner", Text, comment="null: everybody's"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


def new_slug() -> str:
    """Return a name that nobody guesses: one of 30^8."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SLUG_LENGTH))


def checked(query: str, city: City) -> tuple[str, Filter]:
    """Return a page's address as it is kept, without question mark and the view it came from, and the filter it says.

    Raises:
        UnknownNameError: It names a category, status, source or channel that does not exist.
        FilterError: It is too long, or a value of its filter cannot be read.
    """
    said = query.removeprefix("?")
    if len(said) > QUERY_LENGTH:
        raise FilterError(name="query", value=f"{said[:80]}…", right=f"at most {QUERY_LENGTH:,} characters")
    pairs = [(name, value) for name, value in parse_qsl(said) if name != PLACE]
    # What is no part of the filter is the page's own affair: a newer page may know more than this program.
    asked = parse(pairs, city, besides=[name for name, _ in pairs if name not in NAMES])
    return urlencode(pairs, safe=",:"), asked


def every() -> Question:
    """Ask for all views, the last changed first."""
    return select(saved_view).order_by(saved_view.c.updated_at.desc(), saved_view.c.id.desc())


def one(slug: str) -> Question:
    """Ask for a view."""
    return select(saved_view).where(saved_view.c.slug == slug)


def alone() -> Executable:
    """Wait until nobody else names a view; readers don't wait."""
    return text("LOCK TABLE saved_view IN SHARE ROW EXCLUSIVE MODE")


def called(name: str, *, besides: str | None) -> Question:
    """Ask for a view of that name, capitals or not, other than the one it is for."""
    same = func.lower(saved_view.c.name) == func.lower(name)
    return select(saved_view).where(same, saved_view.c.slug.is_distinct_from(besides)).limit(1)


def kept(values: Mapping[str, Any], *, now: datetime) -> Insert:
    """Keep a new view; answers with its row."""
    row = {**values, "slug": new_slug(), "created_at": now, "updated_at": now}
    return insert(saved_view).values(row).returning(*saved_view.c)


def changed(slug: str, values: Mapping[str, Any], *, now: datetime) -> Update:
    """Change a view; answers with its row, or none where there is no such view."""
    where = change(saved_view).where(saved_view.c.slug == slug)
    return where.values(**values, updated_at=now).returning(*saved_view.c)


def forgotten(slug: str) -> ReturningDelete[int]:
    """Delete a view; answers with its id, or none where there is no such view."""
    return delete(saved_view).where(saved_view.c.slug == slug).returning(saved_view.c.id)
