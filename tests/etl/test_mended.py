"""Rejects are exported, mended, loaded again, and leave the list when they are in."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl import rejects
from etl.request import Request
from etl.run import Outcome
from layers.errors import SourceDataError
from tests.etl.town import Town, case

Mend = Callable[[dict[str, str]], dict[str, str]]


def sent_again(town: Town, outcome: Outcome, file: Path, mend: Mend, encoding: str = "utf-8-sig") -> Outcome:
    """Export a load's rejects, mend each row, load the file."""
    assert outcome.load_id is not None
    with town.engine.connect() as connection:
        rejects.export(connection, outcome.load_id, file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [mend(row) for row in csv.DictReader(lines)]
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return town.load(request=Request(file=file))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_rejects_that_are_mended_come_in_and_leave_the_list(town: Town, tmp_path: Path, encoding: str) -> None:
    town.cases([case("A"), case("B", 分类="外星人"), case("", 标题="no key"), case("D", 时间="gestern")])
    first = town.load()
    assert len(town.rejected(first)) == 3

    def mend(row: dict[str, str]) -> dict[str, str]:
        return row | {"分类": "占道"} | ({} if row["编号"] else {"编号": "C"})

    again = sent_again(town, first, tmp_path / "mended.csv", mend, encoding)
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
    good: dict[str, Any] = {"id": "A", "at": "2026-06-01T00:00:00Z", "kind": "noise"}
    town.geojson("reports.geojson", [(good | {"kind": "?"}, {"type": "Point", "coordinates": [121.511, 29.811]})])
    plain = town.source("hotline", read={"format": "geojson", "path": "reports.geojson"})
    fields = {"key": "id", "reported_at": "at", "category": "kind"}
    spec = type(plain).model_validate(plain.model_dump() | {"fields": fields, "place": {}})
    first = town.load(spec)
    assert first.load_id is not None
    file = tmp_path / "mended.csv"
    with town.engine.connect() as connection:
        rejects.export(connection, first.load_id, file)
    file.write_text(file.read_text(encoding="utf-8").replace("?", "noise"), encoding="utf-8")
    assert town.load(spec, request=Request(file=file)).loaded == 1
    assert town.one("SELECT ST_AsText(geom) FROM incident") == "POINT(121.511 29.811)"
    assert town.rejected(first) == []


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
