"""`/api/frames`: a unit's children step by step through the period, with classes that hold for all of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Row

from dashboard.answers import Named, Step, named, stepped
from dashboard.api.indicators import family_at
from dashboard.api.levels import Method, Range
from dashboard.api.summary import ends
from dashboard.asking import ASnapshot, TheCity, documented, family_of, filter_besides
from dashboard.classes import classify, shown
from layers import frames, indicators, measures, steps
from layers.errors import FilterError
from layers.filters import Filter
from layers.indicators import Indicator, Needs
from layers.pack import City
from layers.parameters import numbers
from layers.tallies import Family
from layers.units import Unit

MOST, MOST_VALUES = 400, 250_000
"""Steps of one answer, and values in them."""
Playable = Literal["count", "per-km2", "per-10000", "open", "overdue", "closure", "on-time"]
EXPLAINED = "What a step is; without it, days of up to 62 days, weeks of up to 400, else months."
router = APIRouter()


class Frames(BaseModel):
    """`values[step][child]` in the order of `steps` and `codes`, null being no data; `totals`: its incidents."""

    indicator: str
    unit: Named
    by: steps.Size | None
    """Null where nothing happened."""
    steps: list[Step]
    """Calendar weeks and months; the first and the last may be cut by the period."""
    codes: list[str]
    totals: list[int]
    whole: list[float | None]
    """The unit's own values."""
    values: list[list[float | None]]
    classes: list[Range]
    """Of all values of all steps, low to high; a value is in the first whose `high` is not below it."""


@router.get("/api/frames", openapi_extra={"parameters": documented()["parameters"]})
async def play(  # noqa: PLR0913 - one parameter of the address each
    connection: ASnapshot,
    city: TheCity,
    *,
    asked: Annotated[Filter, Depends(filter_besides("by", "level", "indicator", "classes", "breaks"))],
    by: Annotated[steps.Size | None, Query(description=EXPLAINED)] = None,
    level: Annotated[str | None, Query(description="A level below the unit; without it, its children.")] = None,
    indicator: Annotated[Playable, Query(description="What is measured of each child.")] = "count",
    classes: Annotated[Method, Query(description="How the classes are cut.")] = "quantile",
    breaks: Annotated[str, Query(description="The upper ends of classes cut by hand: `10,20,50`.")] = "",
) -> Frames:
    """Count a unit's children, or all units of a level below it, by day, week or month."""
    family = await family_of(connection, city, asked)
    if level is not None:
        family = await family_at(connection, city, of=family.unit, level=level, before=asked.before)
    meant = indicators.one(indicator, city)
    now = datetime.now(UTC)
    size = by or suitable(asked, city, units=len(family.children))
    rows = (await connection.execute(frames.frames(asked, city, of=family, by=size, now=now))).all()
    begins = [row.begin for row in rows if row.unit_id == family.unit.id]
    period = ends([*begins, *(steps.closing(begin, size) for begin in begins)], asked, city)
    firsts = steps.cut(*period, size) if period else []
    if len(firsts) > MOST or len(firsts) * len(family.children) > MOST_VALUES:
        right = f"{len(firsts):,} steps of {len(family.children):,} units are too many; take longer ones"
        raise FilterError(name="by", value=size, right=right)
    ids = [family.unit.id, *(child.id for child in family.children)]
    question = measures.sizes(ids, asked.before)
    sizes = (await connection.execute(question)).mappings() if meant.needs is Needs.SIZES else ()
    held = {row["id"]: row[meant.denominator or ""] for row in sizes}
    # In a thread: of the many units of a level it takes a while.
    return await to_thread.run_sync(
        partial(
            answered,
            Counted(rows, family, firsts),
            held,
            meant,
            size=size,
            last=period[1] if period else None,
            method=classes,
            breaks=numbers("breaks", breaks),
        )
    )


PARTS: Mapping[str, Callable[[Row[Any]], int]] = {
    "total": lambda row: int(row.n),
    "open": lambda row: int(row.n - row.closed),
    "overdue": lambda row: int(row.late),
    "closed": lambda row: int(row.closed),
    "on_time": lambda row: int(row.on_time),
    "due": lambda row: int(row.closed + row.late),
}
"""What indicators are made of, from what is counted of a unit and a step."""


@dataclass(frozen=True)
class Counted:
    """What was counted of a unit and those below it, and where steps begin."""

    rows: Sequence[Row[Any]]
    of: Family
    firsts: Sequence[date]

    def by_unit(self, part: str) -> dict[int, list[int]]:
        """Return a number of the unit and of each child, step by step."""
        found, number = {unit.id: [0] * len(self.firsts) for unit in (self.of.unit, *self.of.children)}, PARTS[part]
        for row in self.rows:
            if row.unit_id in found:
                found[row.unit_id][steps.place(max(row.begin, self.firsts[0]), self.firsts)] += number(row)
        return found


def answered(  # noqa: PLR0913 - all that an answer says
    counted: Counted,
    held: Mapping[int, float | None],
    meant: Indicator,
    *,
    size: steps.Size,
    last: date | None,
    method: Method,
    breaks: Sequence[float],
) -> Frames:
    """Return the answer, with the classes of all values."""
    family = counted.of
    above, divisor = counted.by_unit(meant.numerator), meant.denominator
    below = counted.by_unit(divisor) if divisor is not None and divisor in PARTS else {}

    def of(unit: Unit) -> list[float | None]:
        return measured(above[unit.id], below.get(unit.id) or [held.get(unit.id)] * len(counted.firsts), meant)

    columns = [of(child) for child in family.children]
    values = [list(step) for step in zip(*columns, strict=True)] if columns else [[] for _ in counted.firsts]
    known = [value for step in values for value in step if value is not None]
    cut = classify(known, method, digits=meant.digits, breaks=breaks)
    return Frames(
        indicator=meant.id,
        unit=named(family.unit),
        by=size if last else None,
        steps=stepped(counted.firsts, last) if last else [],
        codes=[child.code for child in family.children],
        totals=counted.by_unit("total")[family.unit.id],
        whole=of(family.unit),
        values=values,
        classes=[Range(low=item.low, high=item.high, units=item.units) for item in cut],
    )


def measured(above: Sequence[int], below: Sequence[float | None], meant: Indicator) -> list[float | None]:
    """Return a unit's values as they are shown."""
    if meant.denominator is None:
        return list(above)
    found = (meant.value({meant.numerator: n, meant.denominator: of}) for n, of in zip(above, below, strict=True))
    return [None if value is None else shown(value, meant.digits) for value in found]


def suitable(asked: Filter, city: City, *, units: int) -> steps.Size:
    """Return the size of steps for the filter's period: longer ones for many units, and where it is open."""
    period = ends([], asked, city)
    if period is None:
        return "month"
    least = steps.SIZES.index(steps.suitable(*period))
    fitting = (size for size in steps.SIZES[least:] if len(steps.cut(*period, size)) * units <= MOST_VALUES)
    return next(fitting, "month")
