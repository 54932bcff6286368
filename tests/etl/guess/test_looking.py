"""How a file opens is found out in the sandbox, for every format, packed or not."""

import gzip
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter

from etl.guess.guess import plain
from etl.guess.looking import looked_at
from etl.readers import formats
from layers.errors import SourceDataError
from layers.specs import SERVICES
from tests.etl.readers.samples import NAMES, sample, zipped

FILES = [name for name in formats() if name not in SERVICES]


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_known_by_what_is_in_the_file(name: str, tmp_path: Path) -> None:
    file = sample(tmp_path, name)
    if name != "shapefile":  # whose parts are found by their names
        file = file.rename(file.with_suffix(".dat"))
    found = looked_at(file)
    assert found.read["format"].value == name
    assert next(iter(found.sample["Name"].counts)) in NAMES


@pytest.mark.parametrize("name", sorted(set(FILES) - {"excel"}))
def test_every_format_is_known_within_an_archive(name: str, tmp_path: Path) -> None:
    assert looked_at(zipped(sample(tmp_path, name))).read["format"].value == name


def test_a_gzip_is_looked_into(tmp_path: Path) -> None:
    file = tmp_path / "case.json.gz"
    file.write_bytes(gzip.compress(json.dumps([{"a": 1}]).encode()))
    assert looked_at(file).read["format"].value == "json"


def test_lists_in_a_file_are_text(tmp_path: Path) -> None:
    file = tmp_path / "street.geojson"
    place = {"type": "Point", "coordinates": [116.4, 39.9]}
    feature = {"type": "Feature", "properties": {"code": "1", "labelPoint": [39.9, 116.4]}, "geometry": place}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert list(looked_at(file).sample["labelPoint"].counts) == ["[39.9, 116.4]"]


def test_text_is_opened_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "案件.txt"
    file.write_text(
        "2026 年案件\t\t\n编号\t时间\t地址\n1\t2026-01-01\t中山路\n2\t2026-01-02\t(null)\n", encoding="gb18030"
    )
    found = looked_at(file)
    said = {"format": "csv", "encoding": "gb18030", "delimiter": "\t", "header": 2, "null": ("(null)",)}
    assert plain(found.read) == said
    assert [column.name for column in found.sample.columns] == ["编号", "时间", "地址"]


def test_a_word_means_nothing_where_numbers_or_times_stand_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "案件.csv"
    rows = ["1,121.5,2026-01-01,无", "2,/,—,无", "3,无,2026/1/2 8:00,轻伤", "4,121.6,2026年1月3日,/"]
    file.write_text("\n".join(["编号,经度,时间,伤亡", *rows]), encoding="utf-8")
    found = looked_at(file)
    assert set(plain(found.read)["null"]) == {"/", "—", "无"}
    assert found.sample["经度"].numeric
    file.write_text("编号,伤亡\n1,无\n2,轻伤\n", encoding="utf-8")
    assert "null" not in plain(looked_at(file).read)


def test_lines_may_end_in_returns_alone(tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(b"id;note\r" + b'1;"x\ny"\r2;z\r' * 50_000)
    found = looked_at(file)
    assert plain(found.read) == {"format": "csv", "delimiter": ";"}
    assert list(found.sample["note"].counts) == ["x\ny", "z"]


def test_a_file_without_names_gets_some(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,121.5,29.8\n2,121.6,29.9\n", encoding="utf-8")
    found = looked_at(file)
    assert found.read["columns"].value == ["column 1", "column 2", "column 3"]
    assert found.sample.rows == 2


def test_names_of_merged_cells_stand_in_two_rows_of_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "cases.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:D1", "受理情况")
        sheet.merge_range("A2:A3", "编号")
        sheet.merge_range("B2:C2", "坐标")
        sheet.write_row("D2", ["编号"])
        sheet.write_row("B3", ["经度", "纬度"])
        sheet.write_row("A4", ["A1", 121.5, 29.8, "x"])
        sheet.write_row("A5", ["A2", 121.6, 29.9, "y"])
    found = looked_at(file)
    assert {column.name: list(column.counts) for column in found.sample.columns} == {
        "编号": ["A1", "A2"],
        "经度": ["121.5", "121.6"],
        "纬度": ["29.8", "29.9"],
        "编号 (4)": ["x", "y"],
    }


def test_records_are_found_under_their_keys(tmp_path: Path) -> None:
    file = tmp_path / "cameras.json"
    file.write_text(json.dumps({"about": [{"x": 1}], "data": {"items": [{"id": 1}, {"id": 2}]}}), encoding="utf-8")
    found = looked_at(file)
    assert (found.read["records"].value, found.read["records"].sure) == ("data.items", "likely")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"a,b\n", "it has no rows"),
        (b"  \n\n  \n", "it has no rows"),
        (b"a,b\n1\n2\n", "no row can be taken apart; of row 1, the row has 1 value, the header 2 columns"),
        (b'{"type": "Feature"}\n' * 2, "it is a list of features; send them as one FeatureCollection"),
        (b"<html><body>", "it is XML or HTML, but no KML"),
        (b'{"a": 1}', "no list of records in it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\xfd", "its text is neither UTF-8, GB18030 nor UTF-16"),
        (b"PK\x03\x04broken", "the archive is damaged"),
        (b"%PDF-1.4\nx", "it is a PDF; ask for the table as a workbook or CSV"),
        (b"Rar!\x1a\x07\x01\x00", "it is a RAR archive; pack it as a zip"),
        (b"  0\r\nSECTION\r\n", "it is an AutoCAD DXF; save it as a GeoPackage or shapefile"),
    ],
)
def test_what_cannot_be_read_is_explained(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "case"
    file.write_bytes(content)
    with pytest.raises(SourceDataError, match=f"^case: .*{said}"):
        looked_at(file)


def test_an_archive_of_something_else_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    with ZipFile(file, "w") as made:
        made.writestr("letter.docx", "x")
    with pytest.raises(SourceDataError, match=r"the archive holds letter\.docx; pack a file that ends in one of"):
        looked_at(file)
