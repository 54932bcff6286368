"""`/api/views`: views of the map that people keep under a name; `/v/…` is the link that opens one."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from dashboard.asking import AConnection, TheCity, a_transaction, before, unit_of
from layers import views
from layers.errors import NameTakenError, UnknownNameError
from layers.pack import City

router = APIRouter()
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]


class ViewAnswer(BaseModel):
    """A saved view; `query` is the page's address after the question mark, `link` opens it."""

    slug: str
    name: str
    description: str
    query: str
    link: str
    owner: str | None
    created_at: datetime
    updated_at: datetime


class NewView(BaseModel):
    """What a person says of a view to be kept."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    description: Sentence = ""
    query: str


class ChangedView(BaseModel):
    """What is to be other than before; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    description: Sentence | None = None
    query: str | None = None


@router.get("/api/views")
async def read_views(connection: AConnection, city: TheCity) -> list[ViewAnswer]:
    """Return every saved view, the last changed first."""
    return [described(row, city) for row in (await connection.execute(views.every())).mappings()]


@router.post("/api/views", status_code=HTTPStatus.CREATED)
async def keep_view(new: NewView, request: Request, city: TheCity, response: Response) -> ViewAnswer:
    """Keep a view under a new link; one of a name that another one has is refused."""
    async with a_transaction(request) as connection:
        values = {**new.model_dump(), "query": await kept(connection, city, new.query)}
        await free(connection, new.name)
        row = (await connection.execute(views.kept(values, now=datetime.now(UTC)))).mappings().one()
    response.headers["Location"] = f"/api/views/{row['slug']}"
    return described(row, city)


@router.get("/api/views/{slug}")
async def read_view(slug: str, connection: AConnection, city: TheCity) -> ViewAnswer:
    """Return one saved view."""
    return described(await found(connection, slug, views.one(slug)), city)


@router.patch("/api/views/{slug}")
async def change_view(slug: str, said: ChangedView, request: Request, city: TheCity) -> ViewAnswer:
    """Change a view's name, description or content; its link stays."""
    values: dict[str, Any] = said.model_dump(exclude_none=True)
    async with a_transaction(request) as connection:
        if said.query is not None:
            values["query"] = await kept(connection, city, said.query)
        if said.name is not None:
            await free(connection, said.name, besides=slug)
        return described(await found(connection, slug, views.changed(slug, values, now=datetime.now(UTC))), city)


@router.delete("/api/views/{slug}", status_code=HTTPStatus.NO_CONTENT)
async def forget_view(slug: str, connection: AConnection) -> None:
    """Delete a view; its link leads nowhere from then on."""
    await found(connection, slug, views.forgotten(slug))


@router.get("/v/{slug}", include_in_schema=False)
async def open_view(slug: str, request: Request, connection: AConnection) -> RedirectResponse:
    """Lead from a view's link to the page it keeps; a view that is no more leads to the page, which says so."""
    row = (await connection.execute(views.one(slug))).mappings().one_or_none()
    said = [row["query"]] if row and row["query"] else []
    place = urlencode({views.PLACE: slug})
    looks = [f"{name}={request.query_params[name]}" for name in ("lang", "theme") if name in request.query_params]
    return RedirectResponse(f"/?{'&'.join([*said, *looks, place])}", status_code=HTTPStatus.TEMPORARY_REDIRECT)


async def kept(connection: AsyncConnection, city: City, query: str) -> str:
    """Return an address as it is kept.

    Raises:
        UnknownNameError: Its filter names what there is not, its unit included.
        FilterError: It is too long, or a value of its filter cannot be read.
    """
    said, asked = views.checked(query, city)
    if asked.unit:
        await unit_of(connection, city, replace(asked, before=await before(connection, asked.as_of)))
    return said


async def free(connection: AsyncConnection, name: str, *, besides: str | None = None) -> None:
    """See to it that no other view has a name, now and until the transaction ends.

    Raises:
        NameTakenError: One has.
    """
    await connection.execute(views.alone())
    other = (await connection.execute(views.called(name, besides=besides))).mappings().one_or_none()
    if other is not None:
        raise NameTakenError(other["name"], slug=other["slug"])


async def found(connection: AsyncConnection, slug: str, question: Executable) -> RowMapping:
    """Return the row a statement about a view answers with.

    Raises:
        UnknownNameError: There is no such view.
    """
    row = (await connection.execute(question)).mappings().one_or_none()
    if row is None:
        known = [item["slug"] for item in (await connection.execute(views.every())).mappings()]
        raise UnknownNameError(kind="view", name=slug, known=known)
    return row


def described(row: RowMapping, city: City) -> ViewAnswer:
    """Put a view's row as the API answers it, in the city's time."""
    times = {name: row[name].astimezone(city.time_zone) for name in ("created_at", "updated_at")}
    said = {name: row[name] for name in ("slug", "name", "description", "query", "owner")}
    return ViewAnswer(**said, **times, link=f"/v/{row['slug']}")
