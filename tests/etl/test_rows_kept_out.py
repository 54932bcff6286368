"""Every reason for which a row stays out, with the sentence it is promised; the rest of its file comes in."""

import json
import os
from typing import Any

import pytest

from etl.checks import list_some
from layers.errors import LoadError
from tests.etl.town import Town, case

EXCHANGED = "with longitude and latitude exchanged it would lie inside"
UNKNOWN = "known: order, order-stall, order-parking, noise"
MANY = "mend it, or place.datum where this is said of many rows"
CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "no key": ({"编号": " "}, "missing-key", "编号 is empty; every row needs a key of its own"),
    "key twice": ({"编号": "GOOD"}, "duplicate-key", "编号 'GOOD' stands in an earlier row of this load, row 1"),
    "no time": ({"时间": ""}, "bad-time", "时间 is empty; every incident needs the time when it was reported"),
    "no such day": (
        {"时间": "2026/02/30 08:00:00"},
        "bad-time",
        "时间 is '2026/02/30 08:00:00'; it should look like 2026/01/31 08:30:00 (%Y/%m/%d %H:%M:%S)",
    ),
    "another form of time": (
        {"结案": "1.6.2026"},
        "bad-time",
        "结案 is '1.6.2026'; it should look like 2026/01/31 08:30:00 (%Y/%m/%d %H:%M:%S)",
    ),
    "a day that stands for none": (
        {"结案": "1900/01/01 00:00:00"},
        "bad-time",
        "结案 is '1900/01/01 00:00:00', which stands for no time; leave it empty, or name such texts under read.null",
    ),
    "tomorrow": (
        {"时间": "2026/07/02 08:00:00"},
        "future-time",
        "时间 is '2026/07/02 08:00:00', which is yet to come",
    ),
    "category the map does not know": (
        {"分类": "外星人"},
        "unknown-category",
        "分类 is '外星人', which fields.category.map does not know; add it there; known: 占道, 违停, 噪声",
    ),
    "no category": ({"分类": ""}, "unknown-category", f"分类 is empty; {UNKNOWN}"),
    "status the map does not know": (
        {"状态": "办理中"},
        "unknown-status",
        "状态 is '办理中', which fields.status.map does not know; add it there; known: 已受理, 已结案",
    ),
    "no status": (
        {"状态": ""},
        "unknown-status",
        "状态 is empty; known: reported, accepted, dispatched, resolved, closed",
    ),
    "coordinates that are words": (
        {"经度": "东经约121度"},
        "not-a-number",
        "经度 and 纬度 are '东经约121度' and '29.80225'; both must be numbers, or both empty",
    ),
    "a key that a spreadsheet shortened": (
        {"编号": "1.10101E+17"},
        "rounded-key",
        (
            "编号 is '1.10101E+17': a spreadsheet shortened a long number, so several rows may have the same; have the "
            "column written as text and send it again"
        ),
    ),
    "half a place": (
        {"经度": ""},
        "not-a-number",
        "经度 and 纬度 are '' and '29.80225'; both must be numbers, or both empty",
    ),
    "endless coordinates": (
        {"经度": "inf"},
        "not-a-number",
        "经度 and 纬度 are 'inf' and '29.80225'; both must be numbers, or both empty",
    ),
    "zero": (
        {"经度": "0.0", "纬度": "0"},
        "zero-coordinates",
        "the coordinates are 0, 0; leave them empty where there is no place",
    ),
    "exchanged": (
        {"经度": "29.80225", "纬度": "121.51458"},
        "outside-city",
        f"the place 29.80225, 121.51458 (gcj02) lies outside Square City; {EXCHANGED}",
    ),
    "abroad": (
        {"经度": "2.3522", "纬度": "48.8566"},
        "outside-city",
        f"the place 2.3522, 48.8566 (gcj02) lies outside Square City; {MANY}",
    ),
    "NUL": ({"标题": "a\x00b"}, "bad-text", "标题 holds a NUL character, which no text may"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_row_stays_out_with_its_reason_and_a_sentence(town: Town, name: str) -> None:
    broken, reason, message = CASES[name]
    sent = case("BAD") | broken
    town.cases([case("GOOD"), sent, case("LAST")])
    outcome = town.load()
    assert (outcome.read, outcome.loaded, outcome.rejected, outcome.reasons) == (3, 2, 1, {reason: 1})
    (found,) = town.rejected(outcome)
    assert (found.file, found.row_number, found.reason, found.message) == ("hotline/1.csv", 2, reason, message)
    assert found.row == {column: value.replace("\x00", "\\x00") for column, value in sent.items()}
    assert list(found.row) == list(sent)


def test_bytes_outside_the_declared_encoding_keep_only_their_row_out(town: Town) -> None:
    file = town.cases([case("GOOD"), case("BAD", 标题="????")])
    file.write_bytes(file.read_bytes().replace(b"????", b"a\xff\xff\xb0"))
    outcome = town.load()
    assert outcome.loaded == 1
    (found,) = town.rejected(outcome)
    assert (found.row_number, found.reason) == (2, "bad-text")
    assert found.message == "标题 holds bytes that are no text in the declared encoding"
    assert found.row["标题"] == r"a\xff\xff\xb0"


def test_rows_in_utf8_stay_out_of_a_file_in_gb18030(town: Town) -> None:
    file = town.cases([case("GOOD", 标题="濉溪路摊贩, 洹北"), case("BAD", 标题="摊贩占道")])
    good, bad = file.read_bytes().splitlines(keepends=True)[1:]
    bad = bad.replace("摊贩占道".encode("gb18030"), "摊贩占道".encode())
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0] + good + bad)
    outcome = town.load()
    assert outcome.loaded == 1
    (found,) = town.rejected(outcome)
    expected = "标题 is in UTF-8, '摊贩占道', and not in the declared encoding"
    assert (found.row_number, found.reason, found.message) == (2, "bad-text", expected)


def test_column_names_among_the_rows_are_no_row(town: Town) -> None:
    file = town.cases([case("K1")])
    file.write_bytes(file.read_bytes() * 2)
    outcome = town.load()
    assert (outcome.read, outcome.loaded) == (3, 1)
    assert [(found.row_number, found.reason) for found in town.rejected(outcome)] == [
        (2, "repeated-header"),
        (3, "duplicate-key"),
    ]


def test_a_row_in_which_nothing_stands_is_no_row(town: Town) -> None:
    nothing = dict.fromkeys(case(""), " ")
    town.cases([case("A"), nothing, case("", 标题="x"), case("B"), nothing])
    outcome = town.load()
    assert (outcome.read, outcome.loaded, outcome.reasons) == (3, 2, {"missing-key": 1})
    assert [found.row_number for found in town.rejected(outcome)] == [3]


def test_a_file_whose_name_is_no_utf8_is_read_and_named(town: Town) -> None:
    folder = town.cases([case("A")]).parent
    (folder / "1.csv").rename(folder / os.fsdecode("热线.csv".encode("gbk")))
    outcome = town.load()
    name = r"hotline/\xc8\xc8\xcf\xdf.csv"
    assert (outcome.loaded, outcome.files) == (1, (name,))
    town.write("hotline/2.csv", "")
    with pytest.raises(LoadError, match=r"hotline/2.csv: the file is empty"):
        town.load()


def test_a_ragged_row_is_kept_as_its_line(town: Town) -> None:
    file = town.cases([case("GOOD")])
    file.write_bytes(file.read_bytes() + b"K2,one,two\r\n")
    outcome = town.load()
    (found,) = town.rejected(outcome)
    assert (found.row_number, found.reason, found.row) == (2, "ragged-row", {"text": "K2,one,two"})
    assert found.message == "the row has 3 values, the header 9 columns; the line is cut or broken"


def test_a_key_repeated_far_behind_is_noticed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.readers.csv.BLOCK", 1024)
    between = [case(f"K{n}", 纬度=f"29.{8020 + n}") for n in range(200)]
    town.cases([case("A", 标题="first"), *between, case("A", 标题="second")])
    town.cases([case("A", 标题="third"), case("B")], "hotline/2.csv")
    outcome = town.load()
    said = "编号 'A' stands in an earlier row of this load, row 1"
    assert [(item.file, item.row_number, item.message) for item in town.rejected(outcome)] == [
        ("hotline/1.csv", 202, said),
        ("hotline/2.csv", 1, f"{said} of hotline/1.csv"),
    ]
    assert town.one("SELECT title FROM incident WHERE key = 'A'") == "first"


def test_the_first_row_of_a_key_that_may_in_is_taken(town: Town) -> None:
    town.cases([case("A", 分类="外星人"), case("A")])
    outcome = town.load()
    assert (outcome.loaded, outcome.reasons) == (1, {"unknown-category": 1})


@pytest.mark.parametrize(
    ("values", "reason", "message"),
    [
        ({"level": "many"}, "bad-number", "level is 'many', not a number"),
        ({"level": "2.5"}, "bad-number", "level is 2.5, not a small whole number"),
        ({"level": "99999"}, "bad-number", "level is 99999, not a small whole number"),
        (
            {"via": "fax"},
            "unknown-channel",
            "via is 'fax', which this city does not know; say by fields.channel.map what it means; known: phone, app",
        ),
        (
            {"kind": "ufo"},
            "unknown-category",
            f"kind is 'ufo', which this city does not know; say by fields.category.map what it means; {UNKNOWN}",
        ),
        ({"at": "yesterday"}, "bad-time", "at is 'yesterday'; it should be ISO 8601, such as 2026-01-31T08:30:00"),
    ],
)
def test_values_of_a_source_in_our_own_words_are_checked_too(
    town: Town, values: dict[str, str], reason: str, message: str
) -> None:
    fields = {"key": "id", "reported_at": "at", "category": "kind", "severity": "level", "channel": "via"}
    good = {"id": "A", "at": "2026-06-01T08:00:00", "kind": "noise", "level": "2", "via": "app"}
    town.geojson("reports.geojson", [(good, None), (good | {"id": "B"} | values, None)])
    plain = town.source("hotline", read={"format": "geojson", "path": "reports.geojson", "encoding": "utf-8"})
    spec = plain.model_copy(
        update={"fields": town.source("hotline", fields=fields).fields, "place": type(plain.place)()}
    )
    spec = spec.model_copy(update={"fields": {name: spec.fields[name] for name in fields}})
    outcome = town.load(spec)
    assert (outcome.loaded, outcome.reasons) == (1, {reason: 1})
    assert town.rejected(outcome)[0].message == message


def test_an_incident_that_is_an_area_stays_out(town: Town) -> None:
    area: dict[str, Any] = {
        "type": "Polygon",
        "coordinates": [[[121.51, 29.81], [121.52, 29.81], [121.52, 29.82], [121.51, 29.81]]],
    }
    point = {"type": "MultiPoint", "coordinates": [[121.51, 29.81]]}
    good = {
        "编号": "A",
        "标题": "",
        "时间": "2026/06/01 08:00:00",
        "结案": None,
        "分类": "噪声",
        "状态": "已受理",
        "社区": None,
    }
    town.geojson("reports.geojson", [(good, point), (good | {"编号": "B"}, area)])
    place = {"lon": None, "lat": None, "datum": "4326"}
    spec = town.source("hotline", read={"format": "geojson", "path": "reports.geojson"}, place=place)
    outcome = town.load(spec)
    (found,) = town.rejected(outcome)
    assert (found.reason, found.message) == ("wrong-geometry", "the place is a Polygon, incidents have points")
    assert json.loads(json.dumps(found.row["geometry"])) == area


def test_a_long_list_of_known_names_is_cut() -> None:
    names = [str(number) for number in range(25)]
    assert list_some(names) == ", ".join(names[:20]) + ", …"
