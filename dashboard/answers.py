"""Shapes that several addresses answer with."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel

from layers import steps
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


class Step(BaseModel):
    """Days that are taken together, both included."""

    first: date
    last: date


def stepped(firsts: Sequence[date], last: date) -> list[Step]:
    """Return the steps of a period from their first days and the last day of all."""
    return [Step(first=first, last=end) for first, end in zip(firsts, steps.ends(firsts, last), strict=True)]


def named(unit: Unit) -> Named:
    """Name a unit."""
    return Named(code=unit.code, name=unit.name, name_en=unit.name_en, level=unit.level)
