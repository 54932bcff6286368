"""`/api/months`: incidents by month and category."""

from collections import Counter
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from dashboard.answers import Named, named
from dashboard.asking import AConnection, TheCity, TheFilter, documented, unit_of
from layers import rhythms
from layers.pack import City

router = APIRouter()


class Months(BaseModel):
    """A category at the top of the tree with its branch: `totals` in the order of `months`."""

    code: str
    name: str
    name_en: str
    totals: list[int]


class ByMonth(BaseModel):
    """Local months in which something happened and all between them, by their first day; `totals` sum up to `total`."""

    unit: Named
    total: int
    months: list[date]
    categories: list[Months]


@router.get("/api/months", openapi_extra=documented())
async def months(connection: AConnection, city: TheCity, asked: TheFilter) -> ByMonth:
    """Count the incidents a filter means by local month and top category."""
    unit = await unit_of(connection, city, asked)
    totals: Counter[tuple[str, date]] = Counter()
    for row in await connection.execute(rhythms.months(asked, city, of=unit)):
        totals[top(city, row.code), row.month] += row.n
    every = months_between(sorted(month for (_, month), n in totals.items() if n))
    tops = [code for code, item in city.categories.items() if item.parent is None]
    # A category that the pack no longer knows still counts, under its code.
    unknown = sorted({code for code, _ in totals} - set(tops))
    return ByMonth(
        unit=named(unit),
        total=totals.total(),
        months=every,
        categories=[
            Months(code=code, **titled(city, code), totals=[totals[code, month] for month in every])
            for code in (*tops, *unknown)
        ],
    )


def top(city: City, code: str) -> str:
    """Return the category above all others of a branch."""
    found = code
    while found in city.categories and (above := city.categories[found].parent):
        found = above
    return found


def titled(city: City, code: str) -> dict[str, str]:
    """Return a category's names."""
    item = city.categories.get(code)
    return {"name": item.title.zh if item else code, "name_en": item.title.en if item else code}


def months_between(found: list[date]) -> list[date]:
    """Return all months from the first to the last."""
    if not found:
        return []
    first, last = (day.year * 12 + day.month - 1 for day in (found[0], found[-1]))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]
