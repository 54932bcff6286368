"""What a row with a known key does, and what it means that a row is gone: append, upsert, snapshot."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select

from etl.request import Request
from layers import features, incidents, orders, points, units
from layers.counts import from_roll_up
from layers.errors import LoadError
from layers.filters import Filter
from layers.model import incident
from layers.specs import SourceSpec
from layers.tallies import Family, from_incidents
from layers.units import Unit
from tests.etl.town import NOW, Town, case

LATER = NOW + timedelta(hours=1)


def snapshot(town: Town, **changes: Any) -> SourceSpec:  # noqa: ANN401 - any key of a source
    return town.source("hotline", mode="snapshot", retire_limit=1.0, **changes)


def live(town: Town) -> set[str]:
    return {row.key for row in town.rows("SELECT key FROM incident WHERE retired_at IS NULL")}


def test_a_snapshot_retires_what_is_gone_and_keeps_it(town: Town) -> None:
    spec = snapshot(town)
    town.cases([case("A"), case("B"), case("C")])
    town.load(spec)
    town.cases([case("A"), case("C", 标题="改")])
    outcome = town.load(spec, now=LATER)
    assert (outcome.state, outcome.read, outcome.loaded, outcome.unchanged, outcome.retired) == (
        "published",
        2,
        1,
        1,
        1,
    )
    assert live(town) == {"A", "C"}
    assert town.rows("SELECT retired_at, title FROM incident WHERE key = 'B'") == [(LATER, "摊贩占道")]
    assert town.one("SELECT rows_retired FROM load WHERE id = :id", id=outcome.load_id) == 1
    assert town.one("SELECT count(*) FROM change WHERE (detail ->> 'load')::bigint = :id", id=outcome.load_id) == 1


@pytest.mark.parametrize("values", [{}, {"标题": "anders"}])
def test_a_retired_row_that_returns_is_the_same_row_again(town: Town, values: dict[str, str]) -> None:
    spec = snapshot(town)
    town.cases([case("A"), case("B")])
    town.load(spec)
    number = town.one("SELECT id FROM incident WHERE key = 'B'")
    town.cases([case("A")])
    town.load(spec)
    town.cases([case("A"), case("B", **values)])
    outcome = town.load(spec)
    assert (outcome.loaded, outcome.unchanged, outcome.retired) == (1, 1, 0)
    assert live(town) == {"A", "B"}
    assert town.one("SELECT id FROM incident WHERE key = 'B'") == number
    assert town.one("SELECT sum(n) FROM incident_count WHERE rank = 0 AND grain = 1 AND category_id = 0") == 2


def test_a_snapshot_that_would_retire_too_much_is_refused(town: Town) -> None:
    spec = town.source("hotline", mode="snapshot")
    town.cases([case(f"K{n}") for n in range(10)])
    town.load(spec)
    town.cases([case("K0"), case("K1")])
    message = (
        "hotline: 8 of the 10 rows there are would be retired, more than the share of 0.5 that the source allows; "
        "send the whole snapshot, or raise retire_limit"
    )
    with pytest.raises(LoadError, match=message):
        town.load(spec)
    assert len(live(town)) == 10
    town.cases([case(f"K{n}") for n in range(5)])
    assert town.load(spec).retired == 5


def test_a_row_that_stays_out_is_wrong_and_not_gone(town: Town) -> None:
    spec = snapshot(town)
    town.cases([case("A"), case("B")])
    town.load(spec)
    town.cases([case("A"), case("B", 分类="外星人")])
    outcome = town.load(spec)
    assert (outcome.retired, outcome.rejected) == (0, 1)
    assert live(town) == {"A", "B"}


def test_with_rows_that_do_not_say_which_they_are_nothing_is_known_to_be_gone(town: Town) -> None:
    spec = snapshot(town)
    town.cases([case("A"), case("B"), case("C")])
    town.load(spec)
    file = town.cases([case("A"), case("", 标题="改")])
    file.write_bytes(file.read_bytes() + b"B,2\r\n")
    outcome = town.load(spec)
    assert (outcome.retired, outcome.rejected, live(town)) == (0, 2, {"A", "B", "C"})
    assert outcome.findings["not_retired"] == [
        {
            "because": "1 row that could not be taken apart and 1 row without a key might each be one that seems to be "
            "gone; none was retired"
        }
    ]
    town.cases([case("A"), case("  ")])
    assert (town.load(spec).retired, live(town)) == (0, {"A", "B", "C"})
    town.cases([case("A")])
    assert (town.load(spec).retired, live(town)) == (2, {"A"})


@pytest.mark.parametrize("request_", [Request(limit=1), Request(since=NOW - timedelta(days=300))])
def test_a_part_of_a_snapshot_retires_nothing(town: Town, request_: Request) -> None:
    spec = snapshot(town)
    town.cases([case("A"), case("B")])
    town.load(spec)
    town.cases([case("A", 标题="改")])
    outcome = town.load(spec, request=request_)
    assert (outcome.loaded, outcome.retired) == (1, 0)
    assert live(town) == {"A", "B"}


def test_an_upsert_retires_nothing(town: Town) -> None:
    town.cases([case("A"), case("B")])
    town.load()
    town.cases([case("A")])
    assert town.load().retired == 0
    assert live(town) == {"A", "B"}


def test_append_takes_new_rows_and_keeps_changed_ones_out(town: Town) -> None:
    spec = town.source("hotline", mode="append")
    town.cases([case("A"), case("B")])
    town.load(spec)
    town.cases([case("A"), case("B", 标题="改"), case("C")])
    outcome = town.load(spec)
    assert (outcome.loaded, outcome.unchanged, outcome.rejected) == (1, 1, 1)
    (found,) = town.rejected(outcome)
    assert (found.row_number, found.reason, found.row["标题"]) == (2, "changed-row", "改")
    assert found.message == (
        "an earlier load brought this 编号 with other values, and the source may only append; "
        'say mode = "upsert" where rows may change'
    )
    assert town.one("SELECT title FROM incident WHERE key = 'B'") == "摊贩占道"


def test_append_takes_rows_whose_unit_or_due_time_is_worked_out_anew(town: Town) -> None:
    spec = town.source("hotline", mode="append")
    town.cases([case("A")])
    town.load(spec)
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE incident SET due_at = due_at + interval '1 h', row_hash = 1")
    town.cases([case("A"), case("B")])
    outcome = town.load(spec)
    assert (outcome.loaded, outcome.rejected) == (2, 0)


def test_features_are_retired_and_come_back_too(town: Town) -> None:
    spec = town.source("cameras", mode="snapshot", retire_limit=1.0)
    head = "id,name,status,lon,lat\n"
    one, two = "C1,one,online,121.511,29.811\n", "C2,two,online,121.512,29.812\n"
    seen = []
    for rows in (one + two, one, "", one + two):
        town.write("cameras.csv", head + rows)
        outcome = town.load(spec)
        seen.append((outcome.loaded, outcome.unchanged, outcome.retired, cameras(town)))
    assert seen == [(2, 0, 0, 2), (0, 1, 1, 1), (0, 0, 1, 0), (2, 0, 0, 2)]
    town.write("cameras.csv", head + one.replace("one", "other"))
    append = town.source("cameras", mode="append")
    assert town.load(append).reasons == {"changed-row": 1}


def cameras(town: Town) -> int:
    """Count cameras in the three ways they are asked for."""
    layer, asked = town.city.layers["cameras"], Filter()
    with town.engine.connect() as connection:
        whole = Unit.of(connection.execute(units.family(town.city.spec.code)).mappings().all()[0])
        held = sum(int(row.n) for row in connection.execute(features.held(["cameras"], whole)))
        view = points.View((121, 29, 122, 30), 12)
        drawn = connection.execute(points.features_in_view(layer, asked, town.city, of=whole, view=view)).scalar_one()
        assert f'"total" : {held},' in drawn
    return held


def test_units_have_no_mode(town: Town) -> None:
    with pytest.raises(ValidationError, match="mode 'snapshot' is not for units"):
        town.source("units", mode="snapshot")


def test_what_is_asked_only_for_news_is_no_snapshot(town: Town) -> None:
    plain = town.source("hotline").model_dump() | {"mode": "snapshot"}
    service = {"format": "http-json", "url": "https://example.org/cases", "since": "updated"}
    with pytest.raises(ValidationError, match="mode 'snapshot' needs all rows each time"):
        SourceSpec.model_validate(plain | {"read": service})


CASES = st.dictionaries(
    st.sampled_from("ABCDEFGH"),
    st.sampled_from(
        [
            {},
            {"状态": "已结案", "结案": "2026/06/01 12:00:00"},
            {"分类": "噪声"},
            {"时间": "2026/05/31 23:00:00"},
            {"经度": "", "纬度": ""},
            {"标题": "改"},
        ]
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(CASES, min_size=1, max_size=4))
def test_what_is_in_force_is_what_the_last_snapshot_says_for_every_question(
    town: Town, sent: list[dict[str, dict[str, str]]]
) -> None:
    spec = snapshot(town)
    for rows in sent:
        town.cases([case(key, **values) for key, values in rows.items()])
        town.load(spec)
    assert live(town) == set(sent[-1])
    asked, city = Filter(), town.city
    with town.engine.connect() as connection:
        found = [Unit.of(row) for row in connection.execute(units.family(city.spec.code)).mappings()]
        of = Family(found[0], found[1:])
        quick, exact = (
            _totals(connection.execute(way(asked, city, of=of, now=NOW)).all())
            for way in (from_roll_up, from_incidents)
        )
        listed = {child.id for child in of.children}
        exact["child"] = Counter({key: n for key, n in exact["child"].items() if key[0] in listed})
        assert {part: +n for part, n in quick.items()} == {part: +n for part, n in exact.items()}
        assert quick["unit"].total() == len(sent[-1])
        where = incidents.conditions(asked, city, of.unit)
        assert connection.execute(select(func.count(incident.c.id)).where(*where)).scalar_one() == len(sent[-1])
        page = connection.execute(incidents.page(where, limit=50, order=orders.read(orders.USUAL))).all()
        assert {row.key for row in page} == set(sent[-1])
        view = points.View((121, 29, 122, 30), 12)
        drawn = connection.execute(points.incidents_in_view(asked, city, of=of.unit, view=view, now=NOW)).scalar_one()
        placed = sum("经度" not in values for values in sent[-1].values())
        assert f'"total" : {placed},' in drawn


def _totals(rows: Any) -> dict[str, Counter[Any]]:  # noqa: ANN401 - rows of either way
    found: dict[str, Counter[Any]] = {part: Counter() for part in ("unit", "child", "day", "late")}
    for row in rows:
        key = {"unit": (row.category, row.status, row.source), "day": row.day}.get(row.part, (row.child_id, row.status))
        if row.part != "late":
            found[row.part][key] += row.n
        if row.part in {"unit", "late"}:
            found["late"][None] += row.late
        if row.part in {"child", "late"} and row.child_id:
            found["late"][row.child_id] += row.late
    return found
