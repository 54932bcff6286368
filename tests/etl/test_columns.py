"""Whole columns at once: JSON and hashes as a row by row program would make them."""

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl.attributes import objects
from etl.hashes import row_hashes

TEXT = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
EXPECTED = [-8922382646697583829, 6397412228586518398]
"""Written down once: another value would rewrite every row of every city at its next load."""
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(TEXT, NUMBER, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.booleans())))
def test_attributes_are_the_json_of_each_row(rows: list[tuple[object, ...]]) -> None:
    names = ['a "quoted" name', "数", "n", "yes"]
    kinds = [pa.string(), pa.float64(), pa.int64(), pa.bool_()]
    columns = {name: pa.array([row[at] for row in rows], kinds[at]) for at, name in enumerate(names)}
    made = [json.loads(item) for item in objects(columns, len(rows)).to_pylist()]
    assert made == [{name: row[at] for at, name in enumerate(names) if row[at] is not None} for row in rows]


def test_no_columns_make_empty_objects() -> None:
    assert objects({}, 2).to_pylist() == ["{}", "{}"]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1))
def test_rows_have_one_hash_exactly_if_they_are_equal(rows: list[tuple[str | None, str | None]]) -> None:
    made = row_hashes([pa.array([row[at] for row in rows], pa.string()) for at in (0, 1)]).to_pylist()
    assert len(set(made)) == len(set(rows))
    assert [made[rows.index(row)] for row in rows] == made


def test_hashes_are_the_same_at_every_run() -> None:
    columns = [pa.array(["A", None]), pa.array([1, 2], pa.int64()), pa.array([0, None], pa.timestamp("us", "UTC"))]
    assert row_hashes(columns).to_pylist() == EXPECTED
