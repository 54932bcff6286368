"""`/api/compare`: the numbers of a unit and its children in a period, and in another one."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dashboard.answers import Named
from dashboard.api.summary import Summary, Totals, added_up
from dashboard.asking import ASnapshot, TheCity, documented, family_of, filter_besides
from layers import counts, periods
from layers.filters import Filter

EXPLAINED = (
    "What the period is compared with: `before`, the period just before it, as long; `week`, a week earlier; `year`, "
    "the same days a year earlier; or the first day (2025-01-31) of a period as long. Needs `from` and `to`."
)
router = APIRouter()


class Change(BaseModel):
    """A number in both periods; `per_cent` of `then` is null where that was nothing."""

    now: int
    then: int
    change: int
    per_cent: float | None


class Changes(BaseModel):
    """How the totals of a summary changed; what is overdue is so at `as_of`, in both periods."""

    total: Change
    open: Change
    overdue: Change
    closed: Change
    on_time: Change
    due: Change


class Child(Named, Changes):
    """A child of the unit with its changes."""


class Period(BaseModel):
    """From a day or instant to another that is not included, as addresses say it."""

    since: str
    until: str


class Comparison(Changes):
    """`now` is what `/api/summary` answers, `then` the same filter in the period `then`."""

    unit: Named
    unplaced: Change
    children: list[Child]
    against: str
    now: Period
    then: Period
    as_of: datetime
    """The instant that decided what is overdue."""


@router.get("/api/compare", openapi_extra={"parameters": documented()["parameters"]})
async def compare(
    connection: ASnapshot,
    city: TheCity,
    asked: Annotated[Filter, Depends(filter_besides(periods.NAME))],
    against: Annotated[str, Query(description=EXPLAINED)] = periods.BEFORE,
) -> Comparison:
    """Compare a unit and its children in one period with another one, both as of one instant."""
    filters = (asked, periods.earlier(asked, against, city.time_zone))
    family = await family_of(connection, city, asked)
    now = datetime.now(UTC)
    found = []
    for each in filters:
        rows = (await connection.execute(counts.tally(each, city, of=family, now=now))).all()
        found.append(added_up(rows, family, asked=each, city=city, now=now))
    present, past = found
    return Comparison(
        **changes(present, past),
        unit=present.unit,
        unplaced=change(present.unplaced, past.unplaced),
        children=[
            Child(**child.model_dump(include=set(Named.model_fields)), **changes(child, before))
            for child, before in zip(present.children, past.children, strict=True)
        ],
        against=against,
        now=period(filters[0]),
        then=period(filters[1]),
        as_of=present.as_of,
    )


def changes(now: Totals | Summary, then: Totals | Summary) -> dict[str, Change]:
    """Return the change of each of the totals."""
    return {name: change(getattr(now, name), getattr(then, name)) for name in Totals.model_fields}


def change(now: int, then: int) -> Change:
    """Return a number's change."""
    return Change(now=now, then=then, change=now - then, per_cent=100 * (now - then) / then if then else None)


def period(asked: Filter) -> Period:
    """Return a filter's period as an address says it."""
    said = dict(asked.pairs())
    return Period(since=said["from"], until=said["to"])
