"""Shapes that several addresses answer with."""

from pydantic import BaseModel

from layers.units import Unit


class Named(BaseModel):
    """A unit as it is named in answers."""

    code: str
    name: str
    name_en: str
    level: str


class Share(BaseModel):
    """How many incidents are of one category, status or source."""

    code: str
    name: str
    name_en: str
    total: int


def named(unit: Unit) -> Named:
    """Name a unit."""
    return Named(code=unit.code, name=unit.name, name_en=unit.name_en, level=unit.level)
