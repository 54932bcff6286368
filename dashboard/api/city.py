"""`/api/city`: where a client starts."""

from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.asking import AConnection, TheCity, edition
from layers import units
from layers.words import STATUSES, status_code

router = APIRouter()


class Choice(BaseModel):
    """A value with what people read."""

    id: str
    name: str
    name_en: str


class CategoryNode(BaseModel):
    """A category, its place in the tree and its time limit."""

    code: str
    parent: str | None
    name: str
    name_en: str
    hours: float


class CityAnswer(BaseModel):
    """The city as the pack describes it, and which edition of its polygons is loaded."""

    code: str
    name: str
    name_en: str
    time_zone: str
    levels: list[Choice]
    generated: bool
    notice: str | None
    notice_en: str | None
    channels: list[Choice]
    statuses: list[Choice]
    categories: list[CategoryNode]
    version: str
    """Goes into the address of polygons as `v`."""
    now: datetime
    bounds: tuple[float, float, float, float] | None
    """West, south, east, north; null before the units are loaded."""


@router.get("/api/city")
async def read_city(connection: AConnection, city: TheCity) -> CityAnswer:
    """Return the city, its levels, categories and words, and the version of its polygons."""
    spec = city.spec
    own = (await connection.execute(units.described(spec.code))).one_or_none()
    return CityAnswer(
        code=spec.code,
        name=spec.name.zh,
        name_en=spec.name.en,
        time_zone=spec.time_zone,
        levels=[Choice(id=level.id, name=level.title.zh, name_en=level.title.en) for level in city.levels],
        generated=spec.generated is not None,
        notice=spec.generated and spec.generated.zh,
        notice_en=spec.generated and spec.generated.en,
        channels=[Choice(id=item.id, name=item.title.zh, name_en=item.title.en) for item in spec.channels],
        statuses=[Choice(id=status_code(key), name=title.zh, name_en=title.en) for key, title in STATUSES.items()],
        categories=[
            CategoryNode(
                code=item.code, parent=item.parent, name=item.title.zh, name_en=item.title.en, hours=item.hours
            )
            for item in city.categories.values()
        ],
        version=await edition(connection, city),
        now=datetime.now(UTC).astimezone(city.time_zone),
        bounds=own and (own.west, own.south, own.east, own.north),
    )
