"""Keys, kinds and what is kept: by names in both languages, and by values."""

import pytest

from etl.guess import feeding, fields, kinds
from etl.guess.names import id_of, source_id_of
from etl.guess.times import times
from etl.guess.words import status_of
from layers.pack import City
from tests.etl.guess.columns import SHANGHAI, sample


def test_a_key_is_what_is_never_empty_and_never_twice_the_same() -> None:
    found = fields.key(sample(名称=["a", "b", "b"], 编号=["1", "2", "3"], 序号=["7", None, "9"]))
    assert (found.value, found.sure) == ("编号", "sure")


def test_two_columns_are_a_key_together_where_none_is_one() -> None:
    found = fields.key(sample(day=["1", "1", "2", "2"], place=["x", "y", "x", "y"]))
    assert (found.value, found.sure) == ({"columns": ["day", "place"]}, "unsure")


def test_what_comes_nearest_to_a_key_says_how_many_rows_it_would_cost() -> None:
    found = fields.key(sample(name=["x", "x", "y"]))
    assert (found.value, found.sure) == ("name", "unsure")
    assert "1 of 3 rows" in found.why


def test_columns_that_repeat_coordinates_are_not_kept() -> None:
    rows = sample(agency=["A", "B"], location=["(40.84, -73.93)", "(40.8, -73.9)"], x__coordinate=["1", "2"])
    assert [column.name for _, column in fields.others(rows, [], used=set(), taken=())] == ["agency"]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("待签收", "reported"),
        ("已受理", "accepted"),
        ("办理中", "dispatched"),
        ("已办结", "resolved"),
        ("已结案", "closed"),
        ("In Progress", "dispatched"),
        ("Closed", "closed"),
        ("苹果", None),
    ],
)
def test_words_for_a_status(word: str, status: str | None) -> None:
    assert status_of(word) == status


def test_an_unknown_status_is_named_and_reported_until_a_person_says_better() -> None:
    found = kinds.status(sample(状态=["已结案", "已受理", "神秘"]))
    assert found is not None
    assert found.value == {"column": "状态", "map": {"已结案": "closed", "已受理": "accepted"}, "other": "reported"}
    assert "神秘" in found.why


def test_words_that_are_categories_of_the_pack_are_mapped_and_all_are_listed(city: City) -> None:
    rows = sample(问题类型=["违停", "噪声", "违停", "外星人"] * 3)
    found, made = kinds.category(rows, city, source_id="reports", key="id")
    assert made is not None
    assert dict(made.words) == {"违停": ("order-parking", 6), "噪声": ("noise", 3), "外星人": ("", 3)}
    assert found.value["map"] == "categories-reports.csv"
    assert "fill in 1 other; until" in found.why


def test_the_map_of_another_source_is_taken_where_it_knows_the_words(city: City) -> None:
    found, made = kinds.category(sample(分类=["占道", "违停"] * 4), city, source_id="reports", key="id")
    assert made is None
    assert found.value["map"] == {"占道": "order-stall", "违停": "order-parking", "噪声": "noise"}
    assert "'hotline'" in found.why


def test_without_a_column_of_kinds_the_names_may_tell(city: City) -> None:
    assert kinds.category(sample(id=["1"]), city, source_id="noise-2026", key="id")[0].value == {"value": "noise"}
    assert kinds.category(sample(id=["1"]), city, source_id="x", key="id")[0].value == {"value": "order"}


def test_rows_with_a_time_are_incidents_unless_it_is_when_something_was_put_up(city: City) -> None:
    happened = sample(编号=["1"], 受理时间=["2026-01-01 08:00:00"])
    stands = sample(编号=["1"], 安装日期=["2026-01-01"])
    assert feeding.kind_of(happened, times(happened, SHANGHAI), city, None).value == "incidents"
    assert feeding.kind_of(stands, times(stands, SHANGHAI), city, None).value == "layer"


def test_the_times_of_an_incident_go_where_their_names_say() -> None:
    said = {name: ["2026-01-01 08:00:00"] for name in ("结案时间", "派遣时间", "受理时间", "更新时间")}
    rows = sample(**said)
    city = {"reported_at": "受理时间", "dispatched_at": "派遣时间", "closed_at": "结案时间"}
    roles = feeding._roles(times(rows, SHANGHAI))  # noqa: SLF001 - one step of many
    assert {name: guess.value for name, guess in roles.items()} == city


def test_a_name_is_not_what_most_rows_share() -> None:
    tracts = sample(BoroName=["Bronx", "Bronx", "Queens", "Queens", "Queens"], TractName=["1", "Alpha", "B", "B", "C"])
    found = fields.named(tracts, "name")
    assert found is not None
    assert found.value == "TractName"
    assert fields.named(sample(BoroName=["Bronx", "Bronx", "Queens", "Queens", "Queens"]), "name") is None


@pytest.mark.parametrize("days", [["2026-01-01", "2026-01-02"], ["2026-01-01T00:00:00.000", "2026-01-02T00:00:00.000"]])
def test_a_time_of_day_tells_more_than_a_date_alone(days: list[str]) -> None:
    full = ["2026-01-01 10:00:00", "2026-01-02 00:00:00"]
    named = sample(受理日期=days, 受理时刻=full, 结案时间=days)
    roles = feeding._roles(times(named, SHANGHAI))  # noqa: SLF001 - one step of many
    assert {name: guess.value for name, guess in roles.items()} == {"reported_at": "受理时刻", "closed_at": "结案时间"}
    vague = feeding._roles(times(sample(日期=days, 时间=full), SHANGHAI))  # noqa: SLF001 - as above
    assert vague["reported_at"].value == "时间"


def test_a_day_that_is_called_the_report_gives_way_to_a_time_of_no_such_name() -> None:
    rows = sample(上报日期=["2026-01-01", "2026-01-02"], timestamp=["2026-01-01 08:30:00"] * 2)
    found = feeding._roles(times(rows, SHANGHAI))["reported_at"]  # noqa: SLF001 - one step of many
    assert (found.value, found.sure) == ("timestamp", "unsure")
    assert "上报日期 is called so" in found.why
    rarely = sample(上报日期=["2026-01-01", "2026-01-02"], timestamp=["2026-01-01 08:30:00", None])
    assert feeding._roles(times(rarely, SHANGHAI))["reported_at"].value == "上报日期"  # noqa: SLF001 - as above


def test_a_name_is_a_label_or_plainly_called_so_or_the_only_one() -> None:
    numbers = [str(number) for number in range(20)]
    tracts = sample(BoroName=["East", "West"] * 10, TractLabel=numbers)
    toilets = sample(名称=["公厕", "公厕", "公厕", "岗亭"], 编号=numbers[:4])
    district = sample(Name=["大兴区"], code=["1"])
    for rows, name in ((tracts, "TractLabel"), (toilets, "名称"), (district, "Name")):
        found = fields.named(rows, "name")
        assert found is not None
        assert found.value == name


def test_a_measure_is_no_sure_key() -> None:
    found = fields.key(sample(length=["1.5", "2.5"]))
    assert (found.value, found.sure) == ("length", "unsure")
    assert "seldom a key" in found.why


def test_ids_are_made_of_what_things_are_called() -> None:
    assert source_id_of("交通 摄像头_2026.csv") == "jiaotongshexiangtou2026"
    assert source_id_of("nyc_cameras.json") == "nyc-cameras"
    assert source_id_of("2026.csv") == "c-2026"
    assert id_of("NUMBER OF PERSONS INJURED") == "number_of_persons_injured"
