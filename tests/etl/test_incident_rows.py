"""What a department's case becomes: times as instants, a due time, a status, whatever else it says as attributes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Row

from layers.errors import LoadError
from tests.etl.town import Town, case


def loaded(town: Town, **changes: Any) -> Row[Any]:  # noqa: ANN401 - parts of a source
    assert town.load(town.source("hotline", **changes)).loaded == 1
    (row,) = town.rows("SELECT i.*, c.code AS category FROM incident i JOIN category c ON c.id = i.category_id")
    return row


def test_every_field_arrives(town: Town) -> None:
    town.cases([case(" A ", 标题="  占道 \n经营 ", 状态="已结案", 结案="2026/06/01 20:00:00")])
    row = loaded(town)
    assert (row.key, row.title, row.category, row.status, row.channel) == (
        "A",
        "占道 \n经营",
        "order-stall",
        5,
        "phone",
    )
    assert row.reported_at == datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
    assert row.closed_at == datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    assert (row.accepted_at, row.dispatched_at, row.resolved_at, row.severity, row.address) == (None,) * 5
    assert row.attributes == {}


def test_due_is_the_time_limit_of_the_category_after_the_report(town: Town) -> None:
    town.cases([case("A", 分类="违停")])
    assert loaded(town).due_at == datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


def test_a_due_time_of_the_source_goes_before_the_time_limit(town: Town) -> None:
    town.cases([case("A", 结案="2027/01/01 00:00:00")])
    fields = {"due_at": {"column": "结案", "format": "%Y/%m/%d %H:%M:%S"}, "closed_at": {"value": ""}}
    assert loaded(town, fields=fields).due_at == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(("closed", "status"), [("", 1), ("2026/06/02 00:00:00", 5)])
def test_without_a_status_the_last_time_tells(town: Town, closed: str, status: int) -> None:
    town.cases([case("A", 结案=closed)])
    plain = town.city.sources["hotline"]
    spec = plain.model_copy(
        update={"fields": {name: value for name, value in plain.fields.items() if name != "status"}}
    )
    town.load(spec)
    assert town.one("SELECT status FROM incident") == status


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-06-01T08:00:00", datetime(2026, 6, 1, 0, 0, tzinfo=UTC)),
        ("2026-06-01 08:00:00.5", datetime(2026, 6, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-06-01T08:00:00Z", datetime(2026, 6, 1, 8, 0, tzinfo=UTC)),
        ("2026-06-01T08:00:00+09:00", datetime(2026, 5, 31, 23, 0, tzinfo=UTC)),
        ("2026-06-01", datetime(2026, 5, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_the_citys(town: Town, sent: str, expected: datetime) -> None:
    town.cases([case("A", 时间=sent)])
    assert loaded(town, fields={"reported_at": {"column": "时间"}}).reported_at == expected


def test_what_has_no_column_of_its_own_is_kept_as_attributes(town: Town) -> None:
    sent = '引号" 反斜\\杠\t和\n换行 \x01 😀'
    town.cases([case("A", 标题=sent), case("B", 标题="", 社区="x")])
    town.load(town.source("hotline", fields={"said": {"column": "标题"}, "where": {"column": "社区"}}))
    assert town.rows("SELECT attributes FROM incident ORDER BY key") == [({"said": sent},), ({"where": "x"},)]


def test_numbers_of_a_typed_file_stay_numbers(town: Town) -> None:
    values = {
        "id": "A",
        "at": "2026-06-01T00:00:00Z",
        "kind": "noise",
        "floors": 3,
        "height": 1.5,
        "lit": True,
        "no": None,
    }
    town.geojson("reports.geojson", [(values, {"type": "Point", "coordinates": [121.51, 29.81, 7.5]})])
    fields = {
        "key": "id",
        "reported_at": "at",
        "category": "kind",
        "floors": "floors",
        "height": "height",
        "lit": "lit",
    }
    spec = town.source("hotline", read={"format": "geojson", "path": "reports.geojson"})
    plain = spec.model_dump() | {"fields": fields | {"no": "no"}, "place": {}}
    town.load(type(spec).model_validate(plain))
    assert town.one("SELECT attributes FROM incident") == {"floors": 3, "height": 1.5, "lit": True}
    assert town.one("SELECT ST_AsText(geom) FROM incident") == "POINT(121.51 29.81)"


def test_a_source_without_what_every_incident_needs_is_refused(town: Town) -> None:
    town.cases([case("A")])
    plain = town.city.sources["hotline"]
    spec = plain.model_copy(update={"fields": {"key": plain.fields["key"]}})
    message = r"hotline: incidents need the fields key, reported_at and category; add \['category', 'reported_at'\]"
    with pytest.raises(LoadError, match=message):
        town.load(spec)


def test_a_word_its_map_does_not_know_may_have_a_place_to_go(town: Town) -> None:
    town.cases([case("1", 分类="外星人"), case("2"), case("3", 分类="")])
    category = town.city.sources["hotline"].fields["category"].model_dump() | {"other": "noise"}
    fields = {name: spec.model_dump() for name, spec in town.city.sources["hotline"].fields.items()}
    outcome = town.load(town.source("hotline", fields=fields | {"category": category}))
    assert outcome.reasons == {"unknown-category": 1}  # what is empty is still no word
    found = town.rows("SELECT i.key, c.code FROM incident i JOIN category c ON c.id = i.category_id ORDER BY 1")
    assert [tuple(row) for row in found] == [("1", "noise"), ("2", "order-stall")]
