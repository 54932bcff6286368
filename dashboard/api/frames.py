"""`/api/frames`: a unit's children step by step through the period, with classes that hold for all of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dashboard.answers import Named, Step, named, stepped
from dashboard.api.levels import Method, Range
from dashboard.api.summary import ends
from dashboard.asking import ASnapshot, TheCity, documented, family_of, filter_besides
from dashboard.classes import classify, shown
from layers import frames, indicators, measures, steps
from layers.errors import FilterError
from layers.filters import Filter
from layers.indicators import COUNT, Indicator
from layers.pack import City
from layers.parameters import numbers

MOST = 400
"""Steps of one answer."""
Playable = Literal["count", "per-km2", "per-10000"]
EXPLAINED = "What a step is; without it, days of up to 62 days, weeks of up to 400, else months."
router = APIRouter()


class Frames(BaseModel):
    """`values[step][child]` in the order of `steps` and `codes`, null being no data; `totals` of the unit itself."""

    indicator: str
    unit: Named
    by: steps.Size | None
    """Null where nothing happened."""
    steps: list[Step]
    """Calendar weeks and months; the first and the last may be cut by the period."""
    codes: list[str]
    totals: list[int]
    values: list[list[float | None]]
    classes: list[Range]
    """Of all values of all steps, low to high; a value is in the first whose `high` is not below it."""


@router.get("/api/frames", openapi_extra={"parameters": documented()["parameters"]})
async def play(  # noqa: PLR0913 - one parameter of the address each
    connection: ASnapshot,
    city: TheCity,
    *,
    asked: Annotated[Filter, Depends(filter_besides("by", "indicator", "classes", "breaks"))],
    by: Annotated[steps.Size | None, Query(description=EXPLAINED)] = None,
    indicator: Annotated[Playable, Query(description="What is measured of each child.")] = "count",
    classes: Annotated[Method, Query(description="How the classes are cut.")] = "quantile",
    breaks: Annotated[str, Query(description="The upper ends of classes cut by hand: `10,20,50`.")] = "",
) -> Frames:
    """Count a unit's children by day, week or month."""
    family = await family_of(connection, city, asked)
    meant = indicators.one(indicator, city)
    size = by or suitable(asked, city)
    rows = (await connection.execute(frames.frames(asked, city, of=family, by=size))).all()
    begins = [row.begin for row in rows if row.unit_id == family.unit.id]
    period = ends([*begins, *(steps.closing(begin, size) for begin in begins)], asked, city)
    firsts = steps.cut(*period, size) if period else []
    if len(firsts) > MOST:
        raise FilterError(name="by", value=size, right=f"{len(firsts):,} steps are more than {MOST}; take longer ones")
    ids = [child.id for child in family.children]
    found = {ident: [0] * len(firsts) for ident in (family.unit.id, *ids)}
    for row in rows:
        if row.unit_id in found:
            found[row.unit_id][steps.place(max(row.begin, firsts[0]), firsts)] = int(row.n)
    sizes = (await connection.execute(measures.sizes(ids, asked.before))).mappings()
    held = {row["id"]: {"area": row["area"], "residents": row["residents"]} for row in sizes}
    values = [
        [rounded(meant.value({COUNT.numerator: found[ident][at], **held[ident]}), meant) for ident in ids]
        for at in range(len(firsts))
    ]
    known = [value for step in values for value in step if value is not None]
    cut = classify(known, classes, digits=meant.digits, breaks=numbers("breaks", breaks))
    return Frames(
        indicator=indicator,
        unit=named(family.unit),
        by=size if period else None,
        steps=stepped(firsts, period[1]) if period else [],
        codes=[child.code for child in family.children],
        totals=found[family.unit.id],
        values=values,
        classes=[Range(low=item.low, high=item.high, units=item.units) for item in cut],
    )


def suitable(asked: Filter, city: City) -> steps.Size:
    """Return the size of steps for the filter's period; one that is open is long."""
    period = ends([], asked, city)
    return steps.suitable(*period) if period else "month"


def rounded(value: float | None, indicator: Indicator) -> float | None:
    """Return a value as it is shown."""
    return None if value is None else shown(value, indicator.digits)
