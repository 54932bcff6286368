"""`/api/fields`: everything that a condition of the filter may ask about."""

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.asking import TheCity
from layers import clauses

router = APIRouter()


class Value(BaseModel):
    """A value that a field may have."""

    id: str
    name: str
    name_en: str


class FieldAnswer(BaseModel):
    """A field: `layer` is null for incidents, `comparisons` what `where` may say of it, `values` all there are."""

    id: str
    layer: str | None
    name: str
    name_en: str
    kind: str
    comparisons: list[str]
    values: list[Value]


@router.get("/api/fields")
async def read_fields(city: TheCity) -> list[FieldAnswer]:
    """Return the fields of incidents, then those of each layer's features."""
    return [
        FieldAnswer(
            id=field.id,
            layer=field.layer,
            name=field.title.zh,
            name_en=field.title.en,
            kind=field.kind,
            comparisons=list(clauses.COMPARISONS[field.kind]),
            values=[Value(id=key, name=title.zh, name_en=title.en) for key, title in field.choices.items()],
        )
        for field in clauses.fields(city).values()
    ]
