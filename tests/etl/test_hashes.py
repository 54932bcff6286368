"""Sets of hashes say what sets of Python would."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from etl.hashes import Seen, distinct, places

SMALL = st.lists(st.integers(0, 40), max_size=30).map(lambda numbers: np.array(numbers, dtype=np.uint64))


@given(batches=st.lists(SMALL, max_size=8), asked=SMALL)
def test_what_was_added_in_batches_is_found_and_nothing_else(batches: list[np.ndarray], asked: np.ndarray) -> None:
    seen, known = Seen(), set[int]()
    for batch in batches:
        seen.add(batch)
        known |= set(batch.tolist())
        assert seen.among(asked).tolist() == [item in known for item in asked.tolist()]


@given(held=SMALL, asked=SMALL)
def test_places_are_those_of_equal_hashes(held: np.ndarray, asked: np.ndarray) -> None:
    ordered = distinct(np.sort(held))
    place, there = places(ordered, asked)
    assert ordered.tolist() == sorted(set(held.tolist()))
    assert there.tolist() == [item in ordered for item in asked]
    assert ordered[place[there]].tolist() == asked[there].tolist()
