"""Which columns are the key, the name and the address, and which others are worth keeping."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

import pyarrow.compute as pc

from etl.guess.columns import Column, Sample
from etl.guess.guess import Guess, Sure
from etl.guess.names import distinct, id_of
from etl.guess.times import Time
from etl.guess.words import ADDRESS, KEY, LAT, LON, NAME, NAME_EN, TITLE, called
from layers.plural import counted

MOST = 8
"""Columns that are kept beside those whose meaning is known."""
FILLED = 0.3
OWN = 0.5
"""The share of rows with a name unlike others', at least."""
LONG = 200
NO_WORDS = r"^[\[{]|^\(?-?\d+[.]\d+, *-?\d+[.]\d+\)?$"
"""Values that say what other columns say: pairs of coordinates, objects printed as text."""
PAIRED = 6
"""Columns that are tried in pairs where none alone is a key."""


def key(sample: Sample) -> Guess:
    """Return the field `key`: what is never empty and never twice the same."""
    names = [column.name for column in sample.columns]
    rows = counted(sample.rows, "row")
    spoken = called(names, KEY)
    unique = [column for column in sample.columns if _unique([column])]
    for column in sorted(unique, key=lambda one: spoken.index(one.name) if one.name in spoken else len(spoken)):
        if column.name in spoken or not (column.numeric and "." in next(iter(column.counts))):
            sure: Sure = "sure" if column.name in spoken else "likely"
            return Guess(column.name, f"never empty and never twice the same in {rows}", sure)
    full = [column for column in sample.columns if column.filled == 1]
    many = sorted(full, key=lambda column: -len(column.counts))[:PAIRED]
    for pair in combinations(many, 2):
        if _unique(pair):
            why = f"no column is a key by itself; together these two are never twice the same in {rows}"
            return Guess({"columns": [column.name for column in pair]}, why, "unsure")
    best = many[0] if many else sample.columns[0]
    if _unique([best]):
        why = f"never empty and never twice the same in {rows}, but a measure, which is seldom a key"
        return Guess(best.name, why, "unsure")
    left = sample.rows - len(best.counts)
    why = f"no column tells every row apart; with this one, {left} of {rows} must be rejected as doubles or empty"
    return Guess(best.name, why, "unsure")


def named(sample: Sample, field: str) -> Guess | None:
    """Return the field `name`, `name_en`, `title` or `address`."""
    patterns = {"name": NAME, "name_en": NAME_EN, "title": TITLE, "address": ADDRESS}[field]
    columns = [sample[name] for name in called((column.name for column in sample.columns), patterns)]
    filled = [column for column in columns if column.filled >= FILLED and len(column.counts) > (column.rows > 1)]
    if field == "name":
        # What many rows share is the name of where they are, or of their kind, unless it is plainly called theirs.
        plainly = set(called((column.name for column in filled), patterns[:1]))
        fitting = [column for column in filled if column.name in plainly or _tells_apart(column)]
    else:
        fitting = [column for column in filled if not column.numeric]
    return Guess(fitting[0].name, "by what it is called", "likely") if fitting else None


def others(
    sample: Sample, times: Iterable[Time], *, used: set[str], taken: Iterable[str]
) -> Iterator[tuple[str, Column]]:
    """Yield the columns that say something of most rows, under ids for our fields."""
    ids = set(taken)
    clocks = {name for time in times for name in time.columns[1:]}
    places = set(called((column.name for column in sample.columns if column.numeric), (*LON, *LAT)))
    kept = 0
    for column in sample.columns:
        if column.name in used | clocks | places or kept == MOST or not _telling(column):
            continue
        found = distinct(id_of(column.name), ids)
        ids.add(found)
        kept += 1
        yield found, column


def _telling(column: Column) -> bool:
    longest = pc.max(pc.utf8_length(column.text)).as_py() or 0
    first = next(iter(column.counts), "")
    return column.filled >= FILLED and len(column.counts) > 1 and longest <= LONG and not re.match(NO_WORDS, first)


def _tells_apart(column: Column) -> bool:
    return len(column.counts) >= OWN * column.filled * column.rows


def _unique(columns: Iterable[Column]) -> bool:
    several = list(columns)
    if any(column.filled < 1 for column in several):
        return False
    if len(several) == 1:
        return len(several[0].counts) == several[0].rows
    joined = pc.binary_join_element_wise(*(column.text for column in several), " ")
    return int(pc.count_distinct(joined).as_py()) == len(joined)
