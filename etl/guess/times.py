"""Times: which columns hold them, in which forms, a date and its time apart or together, and which time of what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.counted_times import COUNTS
from etl.fields import instants_in
from etl.guess.columns import Column, Sample
from etl.guess.guess import Guess, Sure
from etl.guess.words import ANY_TIME, STANDING, folded, time_of
from layers.plural import counted

ISO = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d+)?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?$"
DATES = {
    r"\d{4}-\d{1,2}-\d{1,2}": ("%Y-%m-%d",),
    r"\d{4}/\d{1,2}/\d{1,2}": ("%Y/%m/%d",),
    r"\d{4}[.]\d{1,2}[.]\d{1,2}": ("%Y.%m.%d",),
    r"\d{4}年\d{1,2}月\d{1,2}日": ("%Y年%m月%d日",),
    r"(19|20)\d{6}": ("%Y%m%d",),
    r"\d{1,2}/\d{1,2}/\d{4}": ("%m/%d/%Y", "%d/%m/%Y"),
    r"\d{1,2}/\d{1,2}/\d{1,2}": ("%m/%d/%y", "%d/%m/%y", "%y/%m/%d"),
    r"\d{1,2}-\d{1,2}-\d{4}": ("%m-%d-%Y", "%d-%m-%Y"),
    r"\d{1,2}[.]\d{1,2}[.]\d{4}": ("%d.%m.%Y",),
}
"""How dates look, and the forms that may mean."""
SPOKEN = {
    r"\d{1,2}-\d{1,2}-\d{1,2}": ("%m-%d-%y", "%d-%m-%y", "%y-%m-%d"),
    r"\d{1,2}[.]\d{1,2}[.]\d{1,2}": ("%d.%m.%y", "%y.%m.%d"),
    r"\d{4}-\d{1,2}": ("%Y-%m",),
    r"\d{4}/\d{1,2}": ("%Y/%m",),
    r"\d{4}年\d{1,2}月": ("%Y年%m月",),
}
"""What dates look like only where the name says so."""
CLOCKS = {
    r"\d{1,2}:\d\d": "%H:%M",
    r"\d{1,2}:\d\d:\d\d": "%H:%M:%S",
    r"\d{1,2}:\d\d:\d\d[.]\d+": "%H:%M:%S.%f",
    r"\d{1,2}:\d\d [AaPp][Mm]": "%I:%M %p",
    r"\d{1,2}:\d\d:\d\d [AaPp][Mm]": "%I:%M:%S %p",
    r"[上下]午\d{1,2}:\d\d": "%p%I:%M",
    r"[上下]午\d{1,2}:\d\d:\d\d": "%p%I:%M:%S",
    r"[上下]午 \d{1,2}:\d\d": "%p %I:%M",
    r"[上下]午 \d{1,2}:\d\d:\d\d": "%p %I:%M:%S",
    r"\d{1,2}时\d{1,2}分": "%H时%M分",
    r"\d{1,2}时\d{1,2}分\d{1,2}秒": "%H时%M分%S秒",
}
BETWEEN = (" ", "T", "")
FITS = 0.95
LOOKED_AT = 5_000
"""Different values that are tried."""
PERIODS = ((timedelta(days=2), "1d"), (timedelta(days=10), "7d"), (timedelta(days=60), "30d"))
"""How long a file's times span, and how often such files come."""
MIDNIGHT = r"[T ](00?:00(:00([.]0+)?)?|12:00(:00)? [Aa][Mm])[Zz]?$"
WHOLE_NUMBER = r"^\d+$"


@dataclass(frozen=True)
class Time:
    """A time that rows have."""

    columns: tuple[str, ...]
    """One, or a date and its time of day."""
    formats: tuple[str, ...]
    """None means ISO 8601."""
    rows: int
    """How many have it."""
    why: str
    sure: Sure
    to_the_day: bool = False
    """Whether it is a date without any time of day."""

    @property
    def role(self) -> str | None:
        """Which time of an incident the name speaks of."""
        return time_of(self.columns[0])

    @property
    def standing(self) -> bool:
        """Whether the name speaks of what merely stands there, or was done to the record."""
        return re.fullmatch(STANDING, folded(self.columns[0])) is not None

    def entry(self, why: str = "", sure: Sure | None = None) -> Guess:
        """Return the field."""
        said = "; ".join(part for part in (why, self.why) if part)
        spec: dict[str, object] = (
            {"columns": list(self.columns)} if len(self.columns) > 1 else {"column": self.columns[0]}
        )
        if self.formats:
            spec["format"] = self.formats[0] if len(self.formats) == 1 else list(self.formats)
        value = self.columns[0] if spec == {"column": self.columns[0]} else spec
        return Guess(value, said, sure or self.sure)


def times(sample: Sample, zone: ZoneInfo) -> list[Time]:
    """Return every time of a file's rows, in the order of the columns."""
    clocks = {column.name: forms for column in sample.columns if (forms := _clocks(column))}
    found: list[Time] = []
    names = [column.name for column in sample.columns]
    for column in sample.columns:
        time = time_in(column, zone)
        if time is None:
            continue
        clock = None if any("%H" in form or "%I" in form for form in time.formats) else _clock(column, clocks, names)
        if clock is None or not _dates_only(column):
            found.append(replace(time, to_the_day=_days(column, time)))
            continue
        dates = time.formats or ("%Y-%m-%d",)
        formats = tuple(f"{date} {form}" for date, form in product(dates, clocks.pop(clock)))
        why = "the date stands in one column and its time of day in another"
        found.append(Time((column.name, clock), formats, time.rows, why, time.sure))
    return found


def time_in(column: Column, zone: ZoneInfo) -> Time | None:
    """Return the time that a column holds, or nothing."""
    values = pa.array(list(column.counts)[:LOOKED_AT], pa.string())
    if not len(values):
        return None
    spoken = time_of(column.name) or re.fullmatch(ANY_TIME, folded(column.name))
    if not spoken and _share(values, WHOLE_NUMBER) > 1 - FITS:
        return None
    rows = column.rows - column.text.null_count
    if _share(values, ISO) == 1:
        return Time((column.name,), (), rows, "every value is ISO 8601, so no format is needed", "sure")
    american = str(zone).startswith("America/")
    formats, doubts = [], []
    fitting = 0
    for pattern, forms in [*_forms(DATES), *((*_forms(SPOKEN), *_counts()) if spoken else ())]:
        some = values.filter(pc.match_substring_regex(values, pattern))
        if not len(some):
            continue
        able = [
            form
            for form in (forms if american else forms[::-1])
            if instants_in(some, (form,), zone).null_count <= (1 - FITS) * len(some)
        ]
        if able:
            able.sort(key=lambda form: _span(some, form, zone))
            fitting += len(some)
            formats.append((len(some), able[0]))
            doubts += [f"{able[0]} and {able[1]} both fit every value"] if len(able) > 1 else []
    if fitting < FITS * len(values):
        return None
    ordered = tuple(dict.fromkeys(form for _, form in sorted(formats, key=lambda pair: -pair[0])))
    why = "; ".join([f"{fitting / len(values):.0%} of the values look so", *doubts])
    return Time((column.name,), ordered, rows, why, "unsure" if doubts else "sure")


def refresh(sample: Sample, found: list[Time], *, feeds: str, zone: ZoneInfo) -> Guess:
    """Return how often a file may come."""
    if feeds == "units":
        return Guess("365d", "boundaries change seldom; how often does the owner send them?", "unsure")
    reported = next((time for time in found if time.role == "reported_at" or not time.standing), None)
    if feeds != "incidents" or reported is None:
        return Guess("30d", "nothing in the file says how often it comes; ask the owner", "unsure")
    dates = (
        tuple(form.partition(" ")[0] for form in reported.formats) if len(reported.columns) > 1 else reported.formats
    )
    moments = np.sort(instants_in(sample[reported.columns[0]].text, dates, zone).drop_null().to_numpy())
    if not len(moments):
        return Guess("30d", "nothing in the file says how often it comes; ask the owner", "unsure")
    first, last = moments[len(moments) // 100], moments[len(moments) * 99 // 100]
    span: timedelta = (last - first).astype("timedelta64[s]").item()
    every = next((period for most, period in PERIODS if span <= most), "365d")
    hours = max(round(span.total_seconds() / 3600), 1)
    said = counted(hours, "hour") if span <= PERIODS[0][0] else counted(span.days, "day")
    return Guess(every, f"the file spans {said}, and files mostly come as often as they span; ask the owner", "unsure")


def _span(values: pa.Array, form: str, zone: ZoneInfo) -> int:
    """Return how many quarters a file would span, about: the form by which it spans least is the likeliest."""
    moments = pc.min_max(instants_in(values, (form,), zone)).as_py()
    return round((moments["max"] - moments["min"]) / timedelta(days=91)) if moments["max"] else 0


def _forms(dates: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what dates with and without times look like, and what that may mean."""
    for date, forms in dates.items():
        yield f"^{date}$", forms
        for (clock, form), between in product(CLOCKS.items(), BETWEEN):
            yield f"^{date}{between}{clock}$", tuple(f"{one}{between}{form}" for one in forms)
    yield r"^(19|20)\d{12}$", ("%Y%m%d%H%M%S",)


def _counts() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield how numbers look that mean times where a name says so: eight digits are a date."""
    for name, looks in (("days", COUNTS["days"].looks), ("unix", r"1\d{9}"), ("unix-ms", r"1\d{12}")):
        yield f"^{looks}$", (name,)


def _clocks(column: Column) -> tuple[str, ...]:
    values = pa.array(list(column.counts)[:LOOKED_AT], pa.string())
    shares = {form: _share(values, f"^{pattern}$") for pattern, form in CLOCKS.items()}
    fitting = sorted((form for form, share in shares.items() if share), key=lambda form: -shares[form])
    return tuple(fitting) if sum(shares.values()) >= FITS else ()


def _clock(date: Column, clocks: dict[str, tuple[str, ...]], names: list[str]) -> str | None:
    """Return the column with the time of a date: called alike, or the next one."""
    alike = re.sub(r"date|日期|\bday\b", "", folded(date.name)).strip()
    for name in clocks:
        if re.sub(r"time|时间|\bhour\b|时刻", "", folded(name)).strip() == alike:
            return name
    following = names[names.index(date.name) + 1 : names.index(date.name) + 2]
    return following[0] if following and following[0] in clocks else None


def _days(column: Column, time: Time) -> bool:
    """Tell whether no value says more than a day; midnight says no more, where all say it."""
    values = [value for value in list(column.counts)[:LOOKED_AT] if value]
    midnight = all(re.search(MIDNIGHT, value) for value in values)
    return midnight or (_dates_only(column) and not any("%H" in form for form in time.formats))


def _dates_only(column: Column) -> bool:
    return not any(":" in value or "时" in value for value in list(column.counts)[:LOOKED_AT])


def _share(values: pa.Array, pattern: str) -> float:
    return float((pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / max(len(values), 1))
