"""Questions as of a date: whatever editions follow, the old boundaries have the counts they had."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import shapely
from sqlalchemy import Connection, select

from dashboard.api.summary import added_up
from etl.stamp import Stamp, former_stamps, units_in_force
from layers import counts, editions, features, incidents, orders, units
from layers.filters import Filter, parse
from layers.model import feature, incident
from layers.tallies import Family
from layers.units import Unit
from tests.etl.test_editions import GONE, MERGED, edition, merged, scatter
from tests.etl.test_unit_rows import Feature
from tests.etl.test_unit_rows import features as plain
from tests.etl.town import Town, case

NOW = datetime(2026, 7, 2, tzinfo=UTC)
SECOND, THIRD = date(2026, 7, 1), date(2027, 1, 1)
QUERIES = (
    "",
    "from=2026-05-15&to=2026-06-02",
    "category=order&status=accepted",
    "q=摊贩",
    "bbox=121.51,29.80,121.56,29.83",
    "within=POLYGON((121.5 29.8,121.58 29.8,121.5 29.84,121.5 29.8))",
)
Told = Mapping[tuple[str, str], dict[str, Any]]


def told(town: Town, before: date | None = None) -> Told:
    """Return every summary, number of features and list of incidents of every unit, each within some filters."""
    found = {}
    with town.engine.connect() as connection:
        held, live = units.in_force(before)
        codes = connection.execute(select(held.c.code).where(*live)).scalars().all()
        for code in codes:
            own, *children = (Unit.of(row) for row in connection.execute(units.family(code, before)).mappings())
            for query in QUERIES if children else QUERIES[:2]:
                asked = replace(parse(parse_qsl(query), town.city), before=before)
                family = Family(own, children)
                rows = connection.execute(counts.tally(asked, town.city, of=family, now=NOW)).all()
                summary = added_up(rows, family, asked=asked, city=town.city, now=NOW).model_dump()
                require_conserved(summary)
                found[code, query] = summary
            found[code, ""] |= {"listed": listed(connection, town, own, before)}
            whole = found[code, ""]
            assert len(whole["listed"]) == whole["total"]
            assert sum(loose for _, _, loose in whole["listed"]) == whole["unplaced"]
            cameras = connection.execute(features.held(["cameras"], own, before)).all()
            found[code, ""] |= {"cameras": [tuple(row) for row in cameras]}
            drawn = connection.execute(units.geojson(code, before=before)).one()
            found[code, ""] |= {"polygons": json.loads(drawn.polygons)}
    return found


def listed(connection: Connection, town: Town, of: Unit, before: date | None) -> list[tuple[str, int, bool]]:
    """Return the incidents of a unit with the units they are in, and whether none of its children has them."""
    where = incidents.conditions(Filter(before=before), town.city, of)
    order = orders.read(orders.USUAL, before)
    every = incidents.page(where, limit=999, order=order)
    loose = incidents.page([*where, incidents.unplaced(of, before)], limit=999, order=order)
    keys = {row.key for row in connection.execute(loose)}
    return [(row.key, row.unit_id, row.key in keys) for row in connection.execute(every)]


def require_conserved(summary: dict[str, Any]) -> None:
    """Make sure that nothing vanished."""
    total = summary["total"]
    assert sum(child["total"] for child in summary["children"]) + summary["unplaced"] == total
    for parts in ("by_day", "by_status", "by_category", "by_source"):
        assert sum(item["total"] for item in summary[parts]) == total


def require_fresh_stamps(town: Town) -> None:
    """Hold what every row was before every edition against what the old boundaries say of its place."""
    with town.engine.connect() as connection:
        for day, stamp in former_stamps(connection, town.city).items():
            for table in (incident, feature):
                rows = connection.execute(
                    select(
                        editions.unit_id(table, day).label("unit"),
                        table.c.geom.ST_X().label("x"),
                        table.c.geom.ST_Y().label("y"),
                    ).where(table.c.geom.is_not(None))
                ).all()
                fresh = stamp.at(np.array([row.x for row in rows]), np.array([row.y for row in rows]))
                assert [row.unit for row in rows] == np.where(fresh == 0, stamp.top, fresh).tolist()


def split(town: Town) -> list[Feature]:
    """Return the units, the last two cells made one and the first made two; the second is cut from west to east."""
    west, east = shapely.box(121.5, 29.8, 121.5062, 29.81), shapely.box(121.5062, 29.8, 121.6, 29.81)
    found = merged(town)
    values, shape = next(item for item in found if item[0]["code"] == "990101001001001")
    whole = shapely.from_geojson(json.dumps(shape))
    halves = [shapely.geometry.mapping(shapely.intersection(whole, half)) for half in (west, east)]
    new = values | {"code": "990101001001009", "name": "新网格"}
    rest = [item for item in found if item[0]["code"] != "990101001001001"]
    return [*rest, (values, halves[0]), (new, halves[1])]


def cases(numbers: range, place: Callable[[int], tuple[float, float]], **values: str) -> list[dict[str, str]]:
    """Return cases at places of their own."""
    where = {number: place(number) for number in numbers}
    return [case(str(number), 经度=repr(lon), 纬度=repr(lat), **values) for number, (lon, lat) in where.items()]


def test_every_answer_as_of_an_edition_is_what_it_was(own_town: Town) -> None:
    scatter(own_town)
    own_town.load("cameras")
    first = told(own_town)
    own_town.load(edition(own_town, merged(own_town)))
    assert told(own_town, SECOND) == first
    # Sent again it corrects itself, and what was before stays.
    own_town.load(edition(own_town, split(own_town)))
    assert told(own_town, SECOND) == first
    second = told(own_town)
    assert second.keys() != first.keys()
    own_town.load(edition(own_town, plain(own_town), "2027-01-01"))
    assert told(own_town, SECOND) == first
    assert told(own_town, THIRD) == second
    require_fresh_stamps(own_town)


def test_rows_loaded_later_are_counted_where_they_would_have_been(own_town: Town) -> None:
    scatter(own_town, rows=50)
    hotline = own_town.source("hotline", place={"datum": "4326"}, mode="snapshot", retire_limit=1)
    own_town.load(edition(own_town, merged(own_town)))
    own_town.load(edition(own_town, plain(own_town), "2027-01-01"))
    chance = np.random.default_rng(7)
    rows = cases(range(20, 300), lambda _: (chance.uniform(121.501, 121.579), chance.uniform(29.801, 29.839)))
    own_town.cases([*rows, case("coded", 经度="", 纬度="", 社区=GONE)])
    outcome = own_town.load(hotline)
    assert (outcome.loaded, outcome.retired) == (281, 22)
    own_town.load("cameras")
    require_fresh_stamps(own_town)
    with own_town.engine.connect() as connection:
        before, after = Stamp(units_in_force(connection, SECOND), own_town.city), units_in_force(connection, THIRD)
        assert GONE not in after.by_code
        coded = select(editions.unit_id(incident, SECOND)).where(incident.c.key == "coded")
        assert connection.execute(coded).scalar() == before.units.by_code[GONE]
        coded = select(editions.unit_id(incident, THIRD)).where(incident.c.key == "coded")
        assert connection.execute(coded).scalar() == after.by_code["990102002002"]
    now, then = told(own_town), told(own_town, THIRD)
    # The one without a place was of the community, not of the cell, before the cell came back.
    assert then[MERGED, ""]["total"] == now[MERGED, ""]["total"] + now[GONE, ""]["total"] - 1


def test_a_unit_says_when_it_was_in_force(own_town: Town) -> None:
    own_town.load(edition(own_town, merged(own_town)))
    own_town.load(edition(own_town, plain(own_town), "2027-01-01"))
    with own_town.engine.connect() as connection:
        spans = [tuple(row) for row in connection.execute(units.spans(GONE))]
        listed = [tuple(row) for row in connection.execute(editions.every())]
    assert spans == [(None, SECOND), (THIRD, None)]
    assert listed == [(None, SECOND, 31, 0, 31, 0), (SECOND, THIRD, 30, 1, 0, 1), (THIRD, None, 31, 1, 1, 0)]
