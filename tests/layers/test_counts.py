"""Counting: whatever is asked, the numbers add up, and the roll-up says what the incidents say."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any, TypeVar

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Executable, create_engine, func, select, text

from layers import counts, incidents, units
from layers.clauses import Term
from layers.counts import counted, fine, from_roll_up, pieces, tally
from layers.database import driver_url
from layers.filters import Filter, parse
from layers.model import Grain, Status, incident
from layers.pack import City
from layers.tallies import Family, from_incidents
from layers.units import Unit

NOW = datetime(2025, 6, 1, 12, 34, tzinfo=UTC)
CODES = [
    "990100000000",
    *(f"99010{d}000000" for d in "12"),
    *(f"99010{d}00{s}000" for d in "12" for s in "12"),
    *(f"99010{d}00{s}00{c}" for d in "12" for s in "12" for c in "12"),
    *(f"99010{d}00{s}00{c}00{g}" for d in "12" for s in "12" for c in "12" for g in "12"),
]
WHERE = (
    (Term("channel", "empty"), Term("title", "has", ("7",))),
    (Term("closed_at", "filled"), Term("status", "ne", ("accepted", "closed"))),
)
BOUNDS = st.none() | st.dates(date(2025, 1, 15), date(2025, 10, 15))
MOMENTS = st.integers(1_738_339_200, 1_759_276_800).map(lambda second: datetime.fromtimestamp(second, UTC))

Value = TypeVar("Value", str, Status)


def some(*values: Value) -> st.SearchStrategy[tuple[Value, ...]]:
    return st.sets(st.sampled_from(values)).map(sorted).map(tuple)


@st.composite
def countable(draw: st.DrawFn) -> Filter:
    """Draw what the roll-up can answer."""
    start, end = draw(BOUNDS), draw(BOUNDS)
    return Filter(
        unit=draw(st.sampled_from(CODES)),
        start=start,
        end=end if start is None or end is None or end > start else start + timedelta(days=1),
        categories=draw(some("order", "order-stall", "order-parking", "noise")),
        statuses=draw(some(*Status)),
        sources=draw(some("hotline", "cameras")),
    )


@st.composite
def anything(draw: st.DrawFn) -> Filter:
    """Draw what only the incidents can answer, or both."""
    plain = draw(countable())
    start = draw(st.none() | MOMENTS)
    west, south = 121.49 + draw(st.integers(0, 80)) / 1000, 29.79 + draw(st.integers(0, 40)) / 1000
    size = draw(st.integers(1, 60)) / 1000
    triangle = f"POLYGON (({west} {south}, {west + size} {south}, {west} {south + size}, {west} {south}))"
    return Filter(
        unit=plain.unit,
        start=start,
        end=start and start + timedelta(minutes=draw(st.integers(1, 200_000))),
        categories=plain.categories,
        statuses=plain.statuses,
        sources=plain.sources,
        channels=draw(some("phone", "app")),
        bbox=draw(st.none() | st.just((west, south, west + size, south + size))),
        within=draw(st.none() | st.just(triangle)),
        q=draw(st.sampled_from([None, "case 1", "Road 7", "H12", "%"])),
        hours=draw(st.sampled_from([None, (8, 20), (22, 6), (0, 24)])),
        weekdays=tuple(draw(st.sets(st.integers(1, 7)).map(sorted))),
        circle=draw(st.none() | st.just((west, south, 3000.0))),
        where=draw(st.sampled_from([(), WHERE[:1], WHERE])),
    )


@pytest.fixture(scope="module")
def filled(filled_url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(filled_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def family(connection: Connection, code: str | None) -> Family:
    found = [Unit.of(row) for row in connection.execute(units.family(code or CODES[0])).mappings()]
    return Family(found[0], found[1:])


def totals(connection: Connection, question: Executable) -> dict[str, Counter[Any]]:
    """Return what was counted, whichever way, in a form that two ways can be compared in."""
    found: dict[str, Counter[Any]] = defaultdict(Counter)
    for row in connection.execute(question):
        key = {"unit": (row.category, row.status, row.source), "day": row.day}.get(row.part, (row.child_id, row.status))
        found[f"{row.part} n"][key] += row.n
        if row.part in {"unit", "child"}:
            found[f"{row.part} on_time"][key] += row.on_time
        if row.part in {"unit", "late"}:
            found["late"][None] += row.late
        if row.part in {"child", "late"} and row.child_id:
            found["late"][row.child_id] += row.late
    return found


@settings(max_examples=150, deadline=None)
@given(asked=countable(), many=st.sampled_from([0, counts.MANY]))
def test_the_roll_up_and_the_incidents_give_one_answer(
    filled: Connection, city: City, asked: Filter, many: int
) -> None:
    of = family(filled, asked.unit)
    if fine(asked, of):
        of = Family(of.unit, [])
        asked = replace(asked, categories=())
    assume(not fine(asked, of))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(counts, "MANY", many)
        quick = totals(filled, from_roll_up(asked, city, of=of, now=NOW))
    exact = totals(filled, from_incidents(asked, city, of=of, now=NOW))
    # What belongs to no child is not in the roll-up's rows: it is the rest.
    listed = {child.id for child in of.children}
    for part in ("child n", "child on_time"):
        for found in (quick, exact):
            found[part] = Counter({key: n for key, n in found[part].items() if key[0] in listed})
    for found in (quick, exact):
        found["late"] = Counter({key: n for key, n in found["late"].items() if key is None or key in listed})
    for part in ("unit n", "unit on_time", "child n", "child on_time", "day n", "late"):
        assert +quick[part] == +exact[part], part


def test_what_is_late_is_the_same_however_far_it_was_judged(filled: Connection, city: City) -> None:
    of, changed = (
        family(filled, None),
        "UPDATE incident SET status = 5 - status % 5, due_at = due_at + interval '9 days'",
    )

    def late(asked: Filter, now: datetime) -> list[Counter[Any]]:
        ways = (from_roll_up(asked, city, of=of, now=now), from_incidents(asked, city, of=of, now=now))
        listed = {None, *(child.id for child in of.children)}
        return [
            Counter({key: n for key, n in totals(filled, way)["late"].items() if key in listed and n}) for way in ways
        ]

    with filled.begin_nested() as undone:
        for step in ("SELECT", "SELECT incident_judge('2025-05-01')", changed, "SELECT incident_judge('2025-07-01')"):
            filled.execute(text(step))
            for asked, now in product((Filter(), Filter(statuses=(Status.ACCEPTED,))), (NOW, NOW + timedelta(days=60))):
                quick, exact = late(asked, now)
                assert quick == exact, step
                assert quick.total()
        undone.rollback()


@settings(max_examples=150, deadline=None)
@given(asked=countable() | anything())
def test_children_and_unplaced_and_days_and_kinds_add_up_to_the_total(
    filled: Connection, city: City, asked: Filter
) -> None:
    of = family(filled, asked.unit)
    found = totals(filled, tally(asked, city, of=of, now=NOW))
    where = incidents.conditions(asked, city, of.unit)
    count = select(func.count()).select_from(incident)
    total = filled.execute(count.where(*where)).scalar_one()
    unplaced = filled.execute(count.where(*where, incidents.unplaced(of.unit))).scalar_one()
    listed = {child.id for child in of.children}
    assert unplaced + sum(n for (child, _), n in found["child n"].items() if child in listed) == total
    assert found["unit n"].total() == total
    assert found["day n"].total() == total


@given(start=BOUNDS, end=BOUNDS)
def test_the_pieces_of_a_period_are_the_period(start: date | None, end: date | None) -> None:
    if start and end and end <= start:
        start, end = end, start + timedelta(days=1)
    cut = list(pieces(start, end))
    assert (cut[0][1], cut[-1][2]) == (start, end)
    assert all(before[2] == after[1] for before, after in pairwise(cut))
    assert all(bound is None or bound.day == 1 for grain, *bounds in cut if grain is Grain.MONTH for bound in bounds)


def test_what_cuts_a_day_or_looks_at_places_is_asked_of_the_incidents(city: City) -> None:
    assert counted(Filter(start=date(2025, 3, 1), sources=("hotline",)), city)
    assert not counted(Filter(start=datetime(2025, 3, 1, tzinfo=UTC)), city)
    assert not counted(Filter(q="x"), city)
    assert not counted(Filter(channels=("app",)), city)
    assert not counted(Filter(bbox=(1, 2, 3, 4)), city)
    assert not counted(Filter(circle=(121.5, 29.8, 500)), city)
    assert not counted(Filter(hours=(22, 6)), city)
    assert not counted(Filter(weekdays=(6, 7)), city)
    assert not counted(parse([("where", "severity:ge:2")], city), city)
    assert counted(parse([("where", "cameras.status:eq:offline")], city), city)


@pytest.mark.parametrize("unit", [CODES[0], CODES[1], CODES[3], CODES[7], CODES[15]])
def test_a_unit_without_incidents_in_the_period_counts_nothing(filled: Connection, city: City, unit: str) -> None:
    asked = Filter(unit=unit, start=date(2030, 1, 1))
    assert not +totals(filled, tally(asked, city, of=family(filled, unit), now=NOW))["unit n"]
