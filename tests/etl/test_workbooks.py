"""Loads of workbooks: what cells hold that are not formatted, or whose formulas failed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import xlsxwriter

from etl.run import Outcome
from tests.etl.town import COLUMNS, Town, case


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
    read = {"format": "excel", "path": file.name, "encoding": None}
    return town.load(town.source("hotline", read=read, fields={"reported_at": {"column": "时间", "format": ()}}))


def test_a_number_where_a_time_should_be_is_told_as_the_day_it_would_be(town: Town) -> None:
    outcome = load(town, case("A") | {"时间": date(2026, 6, 1)}, case("B") | {"时间": 46174.5})
    assert (outcome.loaded, outcome.reasons) == (1, {"bad-time": 1})
    (found,) = town.rejected(outcome)
    expected = (
        "时间 is '46174.5'; it should be ISO 8601, such as 2026-01-31T08:30:00; as a spreadsheet counts days it would "
        "be 2026-06-01 12:00: give the column the format of a date there and save it anew"
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
