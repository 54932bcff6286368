"""CSV: UTF-8 with the mark by which Excel knows it, lines as RFC 4180 wants them, and no text that becomes a formula.

Excel and its kin run what begins with `=`, `+`, `-` or `@`, quoted or not, and a hotline takes text from anybody. So an
apostrophe is put before such text (and before what begins with a tab or a line end), as OWASP recommends; numbers and
times are never touched. Programs that want the text as it is ask for `text=verbatim`, or for any other format.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from dashboard.takeaway.writing import Job

MARK = "\ufeff"
LIVE = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
"""What a formula begins with, in the wide forms that Chinese keyboards type too."""


def csv_file(job: Job, *, verbatim: bool = False) -> Iterator[bytes]:
    """Return the rows as CSV, as they arrive."""
    columns = [column.value for column in job.table.columns]
    page = io.StringIO(newline="")
    lines = csv.writer(page)
    page.write(MARK)
    lines.writerow(column.title.text(job.order.language) for column in job.table.columns)
    told = partial(cell, verbatim=verbatim)
    for batch in job.batches():
        lines.writerows([told(value(row)) for value in columns] for row in batch)
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()


def cell(value: object, *, verbatim: bool = False) -> object:
    """Return a value as it is written: times as YYYY-MM-DD HH:MM:SS by the city's clocks, text without a formula."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and not verbatim and LIVE.match(value):
        return f"'{value}"
    return value
