"""A piece of a file under our own names: columns found, trimmed, mapped and typed."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from etl.checks import Verdicts, list_some
from etl.counted_times import COUNTS, counted_in, hint
from etl.records import text_of
from etl.rows import Rows
from layers.errors import SourceDataError
from layers.pack import City
from layers.specs import FieldSpec, SourceSpec

ZONED = r"[T ].*(?:[Zz]|[+-][\d:]+)$"
"""How an ISO 8601 time that names its own zone ends; one that is only a date does not."""
LEAP = r"^(.*\d\d:\d\d):60"
"""How an ISO 8601 time with a leap second begins."""
HALVES = {"上午": "AM", "下午": "PM"}
"""What `%p` may be in Chinese."""
INSTANT = pa.timestamp("us", tz="UTC")
SECOND = pa.timestamp("s", tz="UTC")
EXAMPLE = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)
"""A time that shows what a form means: no part of it could be another."""
FIRST = datetime(1901, 1, 1, tzinfo=UTC)
"""Earlier times are what programs write for none: 0001-01-01, 1899-12-30, 1900-01-01."""
LATEST = timedelta(days=1)
"""How far ahead of now a report may be: clocks differ, years do not."""
Floats = NDArray[np.float64]


class Vocabulary:
    """What the fields of a source mean, read from the pack once per load."""

    def __init__(self, source: SourceSpec, city: City) -> None:
        """Read the maps."""
        self.source = source
        self.zone = city.time_zone
        self.maps = {name: city.mapping(spec) for name, spec in source.fields.items()}


class Fields:
    """The fields of one piece; what cannot be read is told to the verdicts."""

    def __init__(self, rows: Rows, words: Vocabulary, verdicts: Verdicts) -> None:
        """Look the columns up.

        Raises:
            SourceDataError: A column that the source names is not in the file.
        """
        self.rows = rows
        self.words = words
        self.verdicts = verdicts
        place = words.source.place
        wanted = [name for spec in words.source.fields.values() for name in spec.sent]
        missing = [name for name in (*wanted, place.lon, place.lat, place.unit) if name and name not in rows.names]
        if missing:
            found = f"no column {list_some([repr(name) for name in missing])}"
            said = "columns, encoding and delimiter" if len(rows.names) == 1 else "columns and encoding"
            right = f"the file has {list_some(rows.names)}; mend the file, or the source's {said}"
            raise SourceDataError(rows.file, found=found, right=right)

    def __contains__(self, name: str) -> bool:
        """Say whether the source has a field."""
        return name in self.words.source.fields

    def label(self, name: str) -> str:
        """Return the column a field comes from, as the department calls it."""
        return " + ".join(self._spec(name).sent) or name

    def raw(self, name: str) -> pa.Array:
        """Return a field as the file has it."""
        spec = self._spec(name)
        if spec.column is not None:
            return self.rows.columns.column(spec.column)
        if not spec.columns:
            return pa.repeat(pa.scalar(spec.value, pa.string()), len(self.rows))
        # Arrow's own way to skip nulls loses the rows that have nothing else.
        parts = [pc.fill_null(trimmed(self.rows.columns.column(part)), "") for part in spec.columns]
        return trimmed(pc.binary_join_element_wise(*parts, " "))

    def text(self, name: str) -> pa.Array:
        """Return a field as text without blanks around it; what is blank is null."""
        return trimmed(self.raw(name)) if name in self else pa.nulls(len(self.rows), pa.string())

    def mapped(self, name: str, reason: str) -> pa.Array:
        """Return a field's text in our words; a word that its map does not know keeps the row out."""
        sent = self.text(name)
        words = self.words.maps.get(name)
        if words is None:
            return sent
        ours = translated(sent, words)
        if (other := self._spec(name).other) is not None:
            ours = pc.if_else(pc.and_(sent.is_valid(), ours.is_null()), other, ours)
        unknown = np.asarray(sent.is_valid()) & ~np.asarray(ours.is_valid())
        known, where = list_some(list(words)), self._map_of(name)
        self.verdicts.reject(
            unknown,
            reason,
            lambda row: (
                f"{self.label(name)} is {sent[row].as_py()!r}, which {where} does not know; add it there; "
                f"known: {known}"
            ),
        )
        return ours

    def known(self, name: str, *, reason: str, ids: Mapping[str, int], required: bool) -> pa.Array:
        """Return the number behind each word of a fixed list; a word that is not on it keeps the row out."""
        words = self.mapped(name, reason)
        found = pc.index_in(words, value_set=pa.array(ids, pa.string()))
        numbers = pa.array(list(ids.values()), pa.int16()).take(found)
        present = np.asarray(words.is_valid())
        known, where = list_some(list(ids)), self._map_of(name)
        if required:
            self.verdicts.reject(~present, reason, f"{self.label(name)} is empty; known: {known}")
        self.verdicts.reject(
            present & ~np.asarray(numbers.is_valid()),
            reason,
            lambda row: (
                f"{self.label(name)} is {words[row].as_py()!r}, which this city does not know; say by {where} what it "
                f"means; known: {known}"
            ),
        )
        return numbers

    def number(self, name: str) -> pa.Array:
        """Return a field as numbers, null where it is blank."""
        sent = self.mapped(name, "bad-number")
        numbers = numbers_in(sent)
        wrong = np.asarray(sent.is_valid()) & ~np.isfinite(numbers)
        self.verdicts.reject(
            wrong, "bad-number", lambda row: f"{self.label(name)} is {sent[row].as_py()!r}, not a number"
        )
        return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))

    def typed(self, name: str, kind: str | None = None) -> pa.Array:
        """Return a field as its layer declares it, and without a declaration as the file has it."""
        if kind == "number":
            return self.number(name)
        if kind == "time":
            return pc.strftime(
                pc.floor_temporal(self.instant(name), unit="second").cast(SECOND), format="%Y-%m-%dT%H:%M:%SZ"
            )
        mapped = self.mapped(name, "unknown-value")
        column = self.raw(name)
        return mapped if self.words.maps.get(name) or pa.types.is_string(column.type) else column

    def instant(self, name: str, *, before: datetime | None = None) -> pa.Array:
        """Return a field as instants, null where it is blank; with `before`, none may lie after it."""
        sent = self.text(name)
        patterns = self._spec(name).formats if name in self else ()
        instants = instants_in(sent, patterns, self.words.zone)
        wrong = np.asarray(sent.is_valid()) & ~np.asarray(instants.is_valid())
        right = (
            f"it should look like {' or '.join(map(_example, patterns))}"
            if patterns
            else "it should be ISO 8601, such as 2026-01-31T08:30:00"
        )
        self.verdicts.reject(
            wrong,
            "bad-time",
            lambda row: f"{self.label(name)} is {sent[row].as_py()!r}; {right}{hint(sent[row].as_py())}",
        )
        if before is not None:
            no_time = pc.fill_null(pc.less(instants, pa.scalar(FIRST, INSTANT)), fill_value=False)
            self.verdicts.reject(
                np.asarray(no_time),
                "bad-time",
                lambda row: (
                    f"{self.label(name)} is {sent[row].as_py()!r}, which stands for no time; leave it empty, or name "
                    "such texts under read.null"
                ),
            )
            late = pc.fill_null(pc.greater(instants, pa.scalar(before, INSTANT)), fill_value=False)
            self.verdicts.reject(
                np.asarray(late),
                "future-time",
                lambda row: f"{self.label(name)} is {sent[row].as_py()!r}, which is yet to come",
            )
        return instants

    def _map_of(self, name: str) -> str:
        """Return where a person says what a field's words mean."""
        words = self._spec(name).map
        return words if isinstance(words, str) else f"fields.{name}.map"

    def _spec(self, name: str) -> FieldSpec:
        return self.words.source.fields[name]


def _example(pattern: str) -> str:
    shown = "a number" if pattern in COUNTS else EXAMPLE.strftime(pattern)
    return f"{shown} ({pattern})"


def trimmed(column: pa.Array) -> pa.Array:
    """Return a column as text without blanks around it; what is blank is null."""
    text = pc.utf8_trim_whitespace(_text(column))
    return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, pa.string()), text)


def _text(column: pa.Array) -> pa.Array:
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists, objects and bytes, of which Arrow makes no text
        return pa.array([text_of(value) for value in column.to_pylist()], pa.string())


def translated(text: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Return each word's translation, null where there is none."""
    return pa.array(list(words.values()), pa.string()).take(pc.index_in(text, value_set=pa.array(words, pa.string())))


def numbers_in(column: pa.Array) -> Floats:
    """Return a column as numbers, NaN where it has none."""
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    sent: Any = trimmed(column).to_numpy(zero_copy_only=False)
    return np.asarray(pd.to_numeric(sent, errors="coerce"), dtype=np.float64)


def instants_in(text: pa.Array, patterns: Sequence[str], zone: ZoneInfo) -> pa.Array:
    """Return times as instants, null where there is none; a time without a zone is the city's."""
    if patterns:
        found = pa.nulls(len(text), INSTANT)
        for pattern in patterns:
            left = pc.if_else(found.is_valid(), None, text) if found.null_count < len(found) else text
            found = pc.coalesce(found, _instants(left, pattern, None if re.search("%[zZ]", pattern) else zone))
        return found
    found = _iso(text, zone)
    leap = pc.and_(found.is_null(), pc.match_substring_regex(text, LEAP))
    if pc.any(leap).as_py():
        before = pc.replace_substring_regex(pc.if_else(leap, text, None), LEAP, r"\1:59")
        found = pc.coalesce(found, pc.add(_iso(before, zone), pa.scalar(timedelta(seconds=1), pa.duration("us"))))
    return found


def _iso(text: pa.Array, zone: ZoneInfo) -> pa.Array:
    zoned = pc.fill_null(pc.match_substring_regex(text, ZONED), fill_value=False)
    with_zone = _instants(pc.if_else(zoned, text, None), "ISO8601", None)
    return pc.if_else(zoned, with_zone, _instants(pc.if_else(zoned, None, text), "ISO8601", zone))


def _instants(text: pa.Array, pattern: str, zone: ZoneInfo | None) -> pa.Array:
    if pattern in COUNTS and zone is not None:
        return counted_in(text, pattern, zone)
    if "%p" in pattern:
        for chinese, english in HALVES.items():
            text = pc.replace_substring(text, chinese, english)
    sent: Any = text.to_numpy(zero_copy_only=False)
    parsed = pd.to_datetime(sent, format=pattern, errors="coerce", utc=zone is None)
    # There are leap seconds, which begin the next minute; a 61st is none, though pandas takes it for the one after.
    if "%S" in pattern and len(after := np.flatnonzero(parsed.second == 1)):
        no_time = pd.to_datetime(sent[after], format=pattern.replace("%S", "61"), errors="coerce", utc=True).notna()
        if no_time.any():
            parsed = parsed.where(~np.isin(np.arange(len(parsed)), after[no_time]))
    if zone is None:
        return pa.array(parsed.tz_localize(None).to_numpy().astype("datetime64[us]")).cast(INSTANT)
    local = pa.array(parsed.to_numpy().astype("datetime64[us]"))
    # The hour that a clock shows twice is the first; the one it skips begins where it jumps to.
    return pc.assume_timezone(local, str(zone), ambiguous="earliest", nonexistent="latest").cast(INSTANT)
