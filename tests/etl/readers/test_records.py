"""Records, workbooks and tables: what their values become."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from etl.readers import reader
from etl.rows import Rows
from layers.errors import SourceDataError
from tests.etl.readers.samples import POINTS, sample, spec


def read(file: Path, name: str, **keys: Any) -> list[Rows]:  # noqa: ANN401 - any key of `read`
    return list(reader(name)(file, name=file.name, spec=spec(name, **keys)))


def document(folder: Path, content: object) -> Path:
    file = folder / "case.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_records_may_lack_keys_and_hold_others_within(tmp_path: Path) -> None:
    sent = [{"a": 1, "place": {"lon": 121.5, "lat": 29.8}}, {"b": [1, 2]}, {"a": 2.5, "c": True}]
    (rows,) = read(document(tmp_path, {"data": {"items": sent}}), "json", records="data.items")
    assert rows.columns.to_pydict() == {
        "a": [1.0, None, 2.5],
        "place.lon": [121.5, None, None],
        "place.lat": [29.8, None, None],
        "b": [None, "[1, 2]", None],
        "c": [None, None, True],
    }


def test_a_column_of_several_kinds_is_text(tmp_path: Path) -> None:
    sent = '[{"a": 1, "b": 12345678901234567890}, {"a": "x", "b": 1}, {"a": NaN, "b": "\\ud800"}, {"a": true}]'
    (rows,) = read(document(tmp_path, sent), "json")
    assert rows.columns.to_pydict() == {
        "a": ["1", "x", "NaN", "true"],
        "b": ["12345678901234567890", "1", "\\ud800", None],
    }


def test_what_is_no_record_is_a_broken_row(tmp_path: Path) -> None:
    (rows,) = read(document(tmp_path, [{"a": 1}, 7, {"a": 2}]), "json")
    assert rows.numbers.tolist() == [1, 3]
    assert [(item.number, item.reason, item.row) for item in rows.broken] == [(2, "not-a-record", {"value": "7"})]


def test_records_may_stand_a_line_each(tmp_path: Path) -> None:
    (rows,) = read(document(tmp_path, '{"a": 1}\r\n{"a": 2}\n\n{"a": 3\n{"a": 4}\n'), "json")
    assert (rows.columns.to_pydict(), rows.numbers.tolist()) == ({"a": [1, 2, 4]}, [1, 2, 4])
    assert [(item.number, item.row) for item in rows.broken] == [(3, {"value": '{"a": 3'})]


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        ({"cameras": []}, "", "no list of records at 'the top' but keys cameras; name the keys"),
        ({"cameras": []}, "items", "no key 'items' of 'items'; there it has cameras"),
        ({"cameras": {}}, "cameras.items", "no key 'items' of 'cameras.items'; there it has "),
        ("[" * 100_000, "", "it is nested too deeply; send a flat list of records"),
        ([{f"k{at}": 1} for at in range(3_000)], "", "more than 2000 different keys; send records that are alike"),
        ("[1,", "", "send the file again as JSON"),
        ('{"a": 1}\n}\n{"a": 2}', "", "send the file again as JSON"),
    ],
)
def test_a_document_without_records_is_explained(tmp_path: Path, content: object, path: str, message: str) -> None:
    with pytest.raises(SourceDataError) as raised:
        read(document(tmp_path, content), "json", records=path)
    assert message in str(raised.value)


def test_a_sheet_is_chosen_by_name_or_number(tmp_path: Path) -> None:
    file = sample(tmp_path, "excel")
    for sheet in (1, "Sheet1", None):
        (rows,) = read(file, "excel", sheet=sheet)
        assert rows.columns.column("n").to_pylist() == [0, 1, 2]
    for sheet in (2, "二月"):
        with pytest.raises(SourceDataError, match=f"no sheet {sheet!r}; it has Sheet1"):
            read(file, "excel", sheet=sheet)


def test_the_header_of_a_sheet_may_stand_lower_or_be_missing(tmp_path: Path) -> None:
    file = sample(tmp_path, "excel")
    assert read(file, "excel", header=2)[0].names == ["甲", "0"]
    (rows,) = read(file, "excel", columns=("x", "y"))
    assert rows.columns.to_pydict() == {"x": ["Name", "甲", "乙", "丙"], "y": ["n", "0", "1", "2"]}
    with pytest.raises(SourceDataError, match=r"row 9 is empty; name the row of column names under read.header"):
        read(file, "excel", header=9)


def test_parquet_keeps_numbers_and_makes_text_of_the_rest(tmp_path: Path) -> None:
    moment = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "t": pa.array([moment, None], pa.timestamp("ns", "UTC")),
            "d": pa.array([Decimal("1.50"), None]),
            "w": pa.array(["a", "b"]).dictionary_encode(),
            "l": pa.array([[1], None]),
        }
    )
    pq.write_table(table, tmp_path / "case.parquet")
    (rows,) = read(tmp_path / "case.parquet", "parquet")
    assert rows.columns.to_pydict() == {
        "n": [1, None],
        "t": ["2026-06-01 08:30:00Z", None],
        "d": ["1.50", None],
        "w": ["a", "b"],
        "l": ["[1]", None],
    }
    assert rows.shapes is None


@pytest.mark.parametrize(("crs", "told"), [("EPSG:4490", "EPSG:4490"), ("OGC:CRS84", "OGC:CRS84"), (None, None)])
def test_geoparquet_tells_its_reference_system(tmp_path: Path, crs: str | None, told: str | None) -> None:
    file = tmp_path / "case.parquet"
    geopandas.GeoDataFrame({"a": [1, 2, 3]}, geometry=POINTS, crs=crs).to_parquet(file)
    (rows,) = read(file, "parquet")
    assert rows.crs == told
    assert rows.shapes is not None
    assert [shape.x for shape in rows.shapes] == [121.5, 121.6, 121.7]


@pytest.mark.parametrize(
    ("sheets", "keys", "names", "message"),
    [
        ({"一": [["a", "b"], [1, 2]], "说明": [["about"]]}, {}, ["a", "b"], None),
        ({"1月": [["a"], [1]], "2月": [["a"], [2]]}, {"sheet": "2月"}, ["a"], None),
        ({"一": [["list of all"], ["a", None, "b"], [1, 2, 3]]}, {"header": 2}, ["a", "column 2", "b"], None),
        (
            {"1月": [["a"], [1]], "说明": [["about"]], "2月": [["a"], [2]]},
            {},
            [],
            (
                "the sheets '1月' and '2月' have the same columns; name one under read.sheet; it has 1月, 说明, 2月, "
                "a source for each"
            ),
        ),
        ({"空": [], "一": [["a"], [1]]}, {}, [], "the sheet '空' is empty; name one under read.sheet; it has 空, 一"),
    ],
)
def test_of_several_sheets_one_is_read_and_none_that_goes_on_is_passed_over(
    tmp_path: Path, sheets: dict[str, list[list[Any]]], keys: dict[str, Any], names: list[str], message: str | None
) -> None:
    file = tmp_path / "case.xlsx"
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    if message is None:
        assert [piece.names for piece in read(file, "excel", **keys)] == [names]
    else:
        with pytest.raises(SourceDataError, match=re.escape(f"case.xlsx: {message}")):
            read(file, "excel", **keys)
