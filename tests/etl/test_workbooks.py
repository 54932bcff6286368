"""Loads of workbooks: what cells hold that are not formatted, or whose formulas failed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter

from etl import catalogue
from etl.run import Outcome
from layers.errors import LoadError
from tests.etl.town import COLUMNS, Town, case

NAMES = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0"/>'
ODS = f"""<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0"
    xmlns:text="{NAMES}:text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">
    <office:body><office:spreadsheet>{{}}</office:spreadsheet></office:body></office:document-content>"""


def load(town: Town, *rows: Mapping[str, object]) -> Outcome:
    """Load a workbook of cases; a text that begins with `=` is a formula that came to an error."""
    file = Path(town.write("hotline.xlsx", ""))
    with xlsxwriter.Workbook(file) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, COLUMNS)
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row.values()):
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(at, column, value, None, value.removeprefix("="))
                else:
                    sheet.write(at, column, value, day if isinstance(value, date) else None)
    return load_file(town, file.name)


def load_file(town: Town, name: str) -> Outcome:
    """Load a workbook of the inbox."""
    read = {"format": "excel", "path": name, "encoding": None}
    return town.load(town.source("hotline", read=read, fields={"reported_at": {"column": "时间", "format": ()}}))


def test_a_number_where_a_time_should_be_is_told_as_the_day_it_would_be(town: Town) -> None:
    outcome = load(town, case("A") | {"时间": date(2026, 6, 1)}, case("B") | {"时间": 46174.5})
    assert (outcome.loaded, outcome.reasons) == (1, {"bad-time": 1})
    (found,) = town.rejected(outcome)
    expected = (
        "时间 is '46174.5'; it should be ISO 8601, such as 2026-01-31T08:30:00; as a spreadsheet counts days it would "
        'be 2026-06-01 12:00: say format = "days", or give the column the format of a date there and save it anew'
    )
    assert found.message == expected


def test_formulas_that_failed_are_nothing_and_keep_rows_out_that_need_them(town: Town) -> None:
    times = {"时间": date(2026, 6, 1)}
    outcome = load(
        town,
        {**case("A"), **times, "标题": "=#N/A"},
        {**case("B"), "时间": "=#REF!"},
        {**case("=#DIV/0!"), **times},
        {**case("C"), **times, "经度": "=#VALUE!"},
    )
    assert outcome.reasons == {"bad-time": 1, "missing-key": 1, "not-a-number": 1}
    assert town.one("SELECT title FROM incident") is None
    (finding,) = outcome.findings["failed_formula"]
    assert finding["cells"] == 4
    again = load_file(town, "hotline.xlsx")
    assert (again.state, again.read, again.findings) == ("unchanged", 4, outcome.findings)
    with town.engine.connect() as connection:
        assert [item.findings for item in catalogue.loads(connection, source="hotline")] == [outcome.findings] * 2


def test_digits_that_a_workbook_did_not_keep_are_counted_and_none_is_made_up(town: Town) -> None:
    card = {"时间": date(2026, 6, 1), "标题": 110101199001011000}
    outcome = load(town, {**case("A"), **card}, {**case("B"), **card, "标题": "11010119900101101X"})
    assert (outcome.loaded, [item["cells"] for item in outcome.findings["rounded_number"]]) == (2, [1])
    titles = [title for (title,) in town.rows("SELECT title FROM incident ORDER BY key")]
    assert titles == ["110101199001011000", "11010119900101101X"]


def test_a_workbook_under_the_name_of_a_csv_is_called_one(town: Town) -> None:
    load(town, case("A") | {"时间": date(2026, 6, 1)})
    with pytest.raises(LoadError, match=r'hotline.xlsx: it is a workbook; say read.format = "excel"'):
        town.load(town.source("hotline", read={"path": "hotline.xlsx"}))


def test_a_cell_merged_over_several_rows_is_that_of_each(town: Town) -> None:
    with xlsxwriter.Workbook(Path(town.write("hotline.xlsx", ""))) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "台账")
        for at, name in enumerate(COLUMNS):
            sheet.merge_range(1, at, 2, at, name)
        for at in range(4):
            sheet.write_row(3 + at, 0, (case(f"K{at}") | {"时间": "2026-06-01T08:30:00", "标题": ""}).values())
        sheet.merge_range(3, 1, 5, 1, "夜间摊贩")
        sheet.merge_range(6, 1, 6, 2, "")
        sheet.write_row(6, 1, ("噪声", "2026-06-02T08:30:00"))
    reading = {"format": "excel", "path": "hotline.xlsx", "encoding": None, "header": 4, "columns": COLUMNS}
    outcome = town.load(town.source("hotline", read=reading, fields={"reported_at": {"column": "时间", "format": ()}}))
    assert (outcome.loaded, outcome.rejected) == (4, 0)
    found = [title for (title,) in town.rows("SELECT title FROM incident ORDER BY key")]
    assert found == ["夜间摊贩", "夜间摊贩", "夜间摊贩", "噪声"]


def test_formulas_that_failed_are_counted_in_the_sheet_of_an_ods_that_is_read(town: Town) -> None:
    error = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"/>'
    row = {**case("A", 时间="2026-06-01T08:30:00"), "标题": error}
    with ZipFile(town.write("hotline.ods", ""), "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", MANIFEST)
        book.writestr("content.xml", ODS.format(sheet(COLUMNS, list(row.values())) + sheet([error])))
    outcome = load_file(town, "hotline.ods")
    (finding,) = outcome.findings["failed_formula"]
    assert (outcome.loaded, finding["cells"], town.one("SELECT title FROM incident")) == (1, 1, None)


def sheet(*rows: Sequence[str]) -> str:
    """Return a sheet as an .ods writes it."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    written = ["".join(it if it.startswith("<") else cell.format(it) for it in row) for row in rows]
    lines = "".join(f"<table:table-row>{cells}</table:table-row>" for cells in written)
    return f'<table:table table:name="{len(rows)}">{lines}</table:table>'
