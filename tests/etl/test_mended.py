"""Rejects are exported, mended, loaded again, and leave the list when they are in."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl import rejects
from etl.mended import export_spec
from etl.request import Request
from etl.run import Outcome
from etl.spreadsheets import restored
from layers.errors import LoadError, SourceDataError
from tests.etl.town import Town, case

Mend = Callable[[dict[str, str]], dict[str, str]]


def sent_again(
    town: Town, outcome: Outcome, file: Path, mend: Mend, form: tuple[str, str] = ("utf-8-sig", ",")
) -> Outcome:
    """Export a load's rejects, mend each row, load the file."""
    assert outcome.load_id is not None
    with town.engine.connect() as connection:
        rejects.export(connection, outcome.load_id, file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [mend(row) for row in csv.DictReader(lines)]
    with file.open("w", encoding=form[0], newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=form[1])
        writer.writeheader()
        writer.writerows(rows)
    return town.load(request=Request(file=file))


@pytest.mark.parametrize("form", [("utf-8-sig", ","), ("utf-8", ","), ("gb18030", ","), ("utf-16", "\t"), ("gbk", ";")])
def test_rejects_that_are_mended_come_in_and_leave_the_list(town: Town, tmp_path: Path, form: tuple[str, str]) -> None:
    town.cases([case("A"), case("B", 分类="外星人"), case("", 标题="no key"), case("D", 时间="gestern")])
    first = town.load()
    assert len(town.rejected(first)) == 3

    def mend(row: dict[str, str]) -> dict[str, str]:
        return row | {"分类": "占道"} | ({} if row["编号"] else {"编号": "C"})

    again = sent_again(town, first, tmp_path / "mended.csv", mend, form)
    assert (again.read, again.loaded, again.rejected) == (3, 2, 1)
    assert again.files == ("mended.csv",)
    assert {row.key for row in town.rows("SELECT key FROM incident")} == {"A", "B", "C"}
    assert [(item.row_number, item.reason) for item in town.rejected(first)] == [(4, "bad-time")]
    assert [(item.row_number, item.reason) for item in town.rejected(again)] == [(3, "bad-time")]
    assert town.rows("SELECT DISTINCT resolved_by FROM reject WHERE resolved_by IS NOT NULL") == [(again.load_id,)]


def test_a_ragged_row_can_be_written_out_by_hand(town: Town, tmp_path: Path) -> None:
    file = town.cases([case("A")])
    file.write_bytes(file.read_bytes() + b"K2,one,two\r\n")
    first = town.load()

    def mend(row: dict[str, str]) -> dict[str, str]:
        return case("K2") | {name: value for name, value in row.items() if name.startswith("reject_")}

    assert sent_again(town, first, tmp_path / "mended.csv", mend).loaded == 1
    assert town.rejected(first) == []


def test_what_a_spreadsheet_did_to_an_export_is_undone(town: Town, tmp_path: Path) -> None:
    long = "99010100100100112345"
    town.cases(
        [
            case("0001", 标题="=HYPERLINK(1)", 分类="外星人"),
            case(long, 标题="-1.50", 分类="外星人"),
            case("+3", 标题="'=1", 分类="外星人"),
            case("04", 标题="@SUM(1)", 时间="gestern", 社区="990101001002"),
        ]
    )
    first = town.load()
    assert first.load_id is not None
    seen = []

    def mend(row: dict[str, str]) -> dict[str, str]:
        seen.append(row["标题"])
        spoilt = {"0001": "1", long: "9.90101E+19", "+3": "3", "04": "4"}[row["编号"]]
        mended = {"标题": "'=SUM(1)", "时间": "2026/06/02 08:30:00"} if spoilt == "4" else {}
        return row | {"编号": spoilt, "分类": "占道", "社区": row["社区"] and "9.90101E+11"} | mended

    assert sent_again(town, first, tmp_path / "mended.csv", mend).loaded == 4
    assert seen == ["'=HYPERLINK(1)", "-1.50", "'=1", "'@SUM(1)"]
    assert town.rows("SELECT key, title FROM incident ORDER BY key") == [
        ("+3", "'=1"),
        ("0001", "=HYPERLINK(1)"),
        ("04", "=SUM(1)"),
        (long, "-1.50"),
    ]
    assert town.rejected(first) == []


@pytest.mark.parametrize(
    ("now", "sent", "taken"),
    [
        ("2", "0002", "0002"),
        ("2", "0003", "2"),
        ("1.2E+14", "110101199001010", "1.2E+14"),
        ("1.10101E+14", "110101199001010", "110101199001010"),
        ("110101199001011000", "110101199001011234", "110101199001011234"),
        ("110101199001012000", "110101199001011234", "110101199001012000"),
        ("121.51", "121.5100", "121.5100"),
        ("", "0002", ""),
        ("1E999", "1", "1E999"),
        ("三", "'三", "三"),
    ],
)
def test_a_value_is_put_back_only_where_a_spreadsheet_rounds_it_so(now: str, sent: str, taken: str) -> None:
    assert restored(now, sent) == taken


@pytest.mark.parametrize("content", [b"a\rb,\x00c\nreject_id", "编号,\r\n1".encode("utf-16"), b"PK\x03\x04\r\r\x00"])
def test_no_other_file_is_taken_for_an_export(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "named"
    file.write_bytes(content)
    assert export_spec(file) is None


def test_an_export_that_cannot_be_written_is_one_sentence(town: Town, tmp_path: Path) -> None:
    town.cases([case("B", 分类="外星人")])
    first = town.load()
    assert first.load_id is not None
    with town.engine.connect() as connection, pytest.raises(LoadError, match="No such file or directory; name a file"):
        rejects.export(connection, first.load_id, tmp_path / "none" / "out.csv")


def test_a_row_mended_at_its_source_leaves_the_list_too(town: Town) -> None:
    town.cases([case("A"), case("B", 分类="外星人"), case("C", 分类="外星人")])
    first = town.load()
    town.cases([case("A"), case("B"), case("C", 分类="外星人")])
    second = town.load()
    assert [item.row["编号"] for item in town.rejected(first)] == ["C"]
    assert [item.row["编号"] for item in town.rejected(second)] == ["C"]


def test_a_row_that_only_repeats_a_key_stays_on_the_list(town: Town) -> None:
    town.cases([case("A"), case("A", 标题="second")])
    first = town.load()
    town.cases([case("A", 标题="改"), case("A", 标题="second")])
    town.load()
    assert [item.reason for item in town.rejected(first)] == ["duplicate-key"]


def test_a_file_of_a_vector_source_gets_its_geometry_back(town: Town, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"id": "A", "at": "2026-06-01T00:00:00Z", "kind": "?"}
    where = {"type": "Point", "coordinates": [121.511, 29.811]}
    town.geojson("reports.geojson", [(wrong, where), (wrong | {"id": "B"}, where)])
    plain = town.source("hotline", read={"format": "geojson", "path": "reports.geojson"})
    fields = {"key": "id", "reported_at": "at", "category": "kind"}
    spec = type(plain).model_validate(plain.model_dump() | {"fields": fields, "place": {}})
    first = town.load(spec)
    assert first.load_id is not None
    file = tmp_path / "mended.csv"
    with town.engine.connect() as connection:
        rejects.export(connection, first.load_id, file)
    one, other = file.read_text(encoding="utf-8").replace("?", "noise").split("\nB,")
    file.write_text(f"{one}\nB,{other.replace('29.811]', '29.8')}", encoding="utf-8")
    again = town.load(spec, request=Request(file=file))
    assert (again.loaded, again.reasons) == (1, {"bad-geometry": 1})
    assert town.one("SELECT ST_AsText(geom) FROM incident") == "POINT(121.511 29.811)"
    assert [item.row["id"] for item in town.rejected(first)] == ["B"]


def test_any_file_of_the_sources_shape_can_be_named(town: Town, tmp_path: Path) -> None:
    town.cases([case("A")])
    town.load()
    extra = town.cases([case("B")], "elsewhere.csv").rename(tmp_path / "extra.csv")
    outcome = town.load(request=Request(file=extra))
    assert (outcome.files, outcome.loaded) == (("extra.csv",), 1)
    with pytest.raises(SourceDataError, match="there is no such file; name one that is there"):
        town.load(request=Request(file=tmp_path / "none.csv"))


def test_old_rows_sent_again_do_not_make_the_source_older(town: Town, tmp_path: Path) -> None:
    town.cases([case("A")])
    newest = town.load().data_time
    old = town.cases([case("B", 时间="2020/01/01 00:00:00")], "elsewhere.csv").rename(tmp_path / "old.csv")
    assert town.load(request=Request(file=old)).data_time == newest
    assert town.load().state == "unchanged"
