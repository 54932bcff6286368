"""Times that programs write as numbers: days as spreadsheets count them, seconds or milliseconds since 1970."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Count:
    """What a number of a kind means."""

    looks: str
    begins: datetime
    """Where the count begins; without a zone, on the city's clocks."""
    unit: timedelta
    what: str


SECOND, MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
COUNTS = {
    "days": Count(r"[2-7]\d{4}(\.\d+)?", datetime(1899, 12, 30), timedelta(days=1), "a spreadsheet counts days"),  # noqa: DTZ001 - a day of no zone
    "unix": Count(r"-?\d{8,10}(\.\d+)?", datetime(1970, 1, 1, tzinfo=UTC), SECOND, "seconds since 1970"),
    "unix-ms": Count(r"-?\d{11,13}(\.\d+)?", datetime(1970, 1, 1, tzinfo=UTC), MILLISECOND, "milliseconds since 1970"),
}
"""By the names that they have under `format`; days are those from 1954 to 2118."""


def count_of(sent: str) -> tuple[str, str] | None:
    """Return the format that makes a time of a number, and the time that it would be."""
    for name, count in COUNTS.items():
        if re.fullmatch(count.looks, sent) and (name != "unix" or len(sent) > len("20260101")):
            then = count.begins + float(sent) * count.unit
            return name, then.isoformat(sep=" ", timespec="minutes")
    return None


def hint(sent: str) -> str:
    """Return what to do about a number where a time should be."""
    found = count_of(sent)
    if found is None:
        return ""
    name, then = found
    saved = ", or give the column the format of a date there and save it anew" if name == "days" else ""
    how = f"as {COUNTS[name].what} it would be {then}"
    return f'; {how}: say format = "{name}"{saved}'


def counted_in(text: pa.Array, name: str, zone: ZoneInfo) -> pa.Array:
    """Return the instants that numbers mean, to the millisecond, null where there is none."""
    count = COUNTS[name]
    looks = pc.fill_null(pc.match_substring_regex(text, f"^{count.looks}$"), fill_value=False)
    numbers = np.asarray(pd.to_numeric(pc.if_else(looks, text, None).to_numpy(zero_copy_only=False)), dtype=np.float64)
    there = np.isfinite(numbers)
    since = np.zeros(len(numbers), dtype=np.int64)
    since[there] = np.round(numbers[there] * (count.unit / MILLISECOND))
    begins = np.datetime64(count.begins.replace(tzinfo=None), "ms")
    moments = pa.array(begins + since.astype("timedelta64[ms]"), mask=~there).cast(pa.timestamp("us"))
    if count.begins.tzinfo is not None:
        return moments.cast(pa.timestamp("us", tz="UTC"))
    local = pc.assume_timezone(moments, str(zone), ambiguous="earliest", nonexistent="latest")
    return local.cast(pa.timestamp("us", tz="UTC"))
