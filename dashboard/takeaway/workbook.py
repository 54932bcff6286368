"""XLSX: times as dates, numbers as numbers, text as text whatever it begins with; a second sheet says what it is."""

from collections.abc import Iterator
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dashboard.takeaway.tables import Column
from dashboard.takeaway.titles import told
from dashboard.takeaway.writing import Job, sent

ROWS = 1_048_575
"""What a sheet holds below its header."""
LONGEST = 32_767
EARLIEST = 1900
FIRST_WIDE = 0x2E80
"""Letters from here on are as wide as two."""
WIDTHS = {"time": 17, "integer": 10, "number": 12, "text": 16}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def xlsx(job: Job) -> Iterator[bytes]:
    """Make a workbook in the job's folder, keeping one row in memory, then return it."""
    file = job.folder / "rows.xlsx"
    book = Workbook(str(file), {**OPTIONS, "tmpdir": str(job.folder)})
    head = book.add_format({"bold": True, "bottom": 1})
    times = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(sheet_name(job.table.title.text(job.order.language)))
    prepare(sheet, job, head=head)
    columns = [(at, column.value) for at, column in enumerate(job.table.columns)]
    line = 0
    for batch in job.batches():
        for row in batch:
            line += 1
            for at, value in columns:
                put(sheet, line, at, value=value(row), times=times)
        yield b""
    sheet.autofilter(0, 0, line, len(columns) - 1)
    explain(book.add_worksheet(told("notes", job.order.language)), job, head=head)
    book.close()
    yield from sent(file)


def prepare(sheet: Worksheet, job: Job, *, head: Format) -> None:
    """Write the header and set the widths."""
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(job.table.columns):
        said = column.title.text(job.order.language)
        sheet.set_column(at, at, _width(column, said))
        sheet.write_string(0, at, said, head)


def put(sheet: Worksheet, line: int, at: int, *, value: object, times: Format) -> None:
    """Write one cell by what its value is, never by what a text looks like."""
    if value is None:
        return
    if isinstance(value, datetime) and value.year >= EARLIEST:
        sheet.write_datetime(line, at, value, times)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, at, value)
    else:
        text = str(value)
        sheet.write_string(line, at, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def explain(sheet: Worksheet, job: Job, *, head: Format) -> None:
    """Write the notes."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for line, (label, text) in enumerate(job.notes):
        sheet.write_string(line, 0, label, head)
        sheet.write_string(line, 1, text)


def sheet_name(title: str) -> str:
    """Return a title as the name of a sheet, which may have neither 32 letters nor some signs."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31]


def _width(column: Column, said: str) -> int:
    wide = sum(2 if ord(letter) > FIRST_WIDE else 1 for letter in said)
    return max(WIDTHS[column.kind], wide + 3)
