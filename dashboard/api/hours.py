"""`/api/hours`: incidents by day of the week and hour."""

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, TheFilter, documented, unit_of
from layers import rhythms

WEEKDAYS, HOURS = 7, 24
router = APIRouter()


class Hours(BaseModel):
    """`totals[weekday][hour]`, Monday first, in hours of the city's clocks; their sum is `total`."""

    unit: Named
    total: int
    totals: list[list[int]]


@router.get("/api/hours", openapi_extra=documented())
async def hours(connection: AConnection, city: TheCity, asked: TheFilter) -> Hours:
    """Count the incidents a filter means by local day of the week and hour."""
    unit = await unit_of(connection, city, asked)
    totals = [[0] * HOURS for _ in range(WEEKDAYS)]
    for row in await connection.execute(rhythms.hours(asked, city, of=unit)):
        totals[row.weekday - 1][row.hour] = row.n
    return Hours(unit=named(unit), total=sum(map(sum, totals)), totals=totals)
