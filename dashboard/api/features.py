"""`/api/features/…`: one thing that stands somewhere."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity
from dashboard.ways import ways
from layers import features
from layers.errors import UnknownNameError

router = APIRouter()


class FeatureAnswer(BaseModel):
    """A feature as people read it, with the attributes its layer declares."""

    id: int
    layer: str
    key: str
    name: str | None
    lon: float | None
    lat: float | None
    path: list[Named]
    """From the city down to the deepest unit known for it."""
    attributes: dict[str, Any]


@router.get("/api/features/{number}")
async def read_feature(number: int, connection: AConnection, city: TheCity) -> FeatureAnswer:
    """Return one feature by its `id`; of a line or a polygon, a point on it."""
    row = (await connection.execute(features.one(number))).mappings().one_or_none()
    layer = city.layers.get(row["layer"]) if row else None
    if row is None or layer is None or row["retired_at"] is not None:
        raise UnknownNameError(kind="feature", name=str(number), known=())
    path = (await ways([row["unit_id"]], connection, city))[row["unit_id"]]
    shown = {field.id for field in layer.fields}
    return FeatureAnswer(
        **{name: row[name] for name in ("id", "layer", "key", "name", "lon", "lat")},
        path=[named(unit) for unit in path],
        attributes={name: value for name, value in row["attributes"].items() if name in shown},
    )
