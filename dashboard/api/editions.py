"""`/api/editions`: the boundaries there have been, and a day to ask with for each."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Row

from dashboard.asking import AConnection
from layers import editions

DAY = timedelta(days=1)
router = APIRouter()


class EditionAnswer(BaseModel):
    """Boundaries, how many units they have, and how many of these changed, came or went when they came into force."""

    begins: date | None
    """Null for those that were there before any had a date."""
    ends: date | None
    """The first day of the next; null while in force."""
    as_of: date | None
    """What to give as `as_of`; null for those in force, which need none."""
    units: int
    changed: int
    brought: int
    ended: int


@router.get("/api/editions")
async def read_editions(connection: AConnection) -> list[EditionAnswer]:
    """Return every edition of the boundaries, the newest first; none before units are loaded."""
    found = [described(row.begins, row.ends, row) for row in await connection.execute(editions.every())]
    return found[::-1]


def described(begins: date | None, ends: date | None, row: Row[Any]) -> EditionAnswer:
    """Tell of an edition; what began on no day is asked for by its last."""
    as_of = None if ends is None else begins or ends - DAY
    numbers = {name: getattr(row, name) for name in ("units", "changed", "brought", "ended")}
    return EditionAnswer(begins=begins, ends=ends, as_of=as_of, **numbers)
