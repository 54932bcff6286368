"""Classes of a choropleth, for all the shapes that numbers come in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.classes import MOST, Class, classify

METHODS = ["quantile", "equal"]


@given(st.lists(st.integers(min_value=0, max_value=10_000_000)), st.sampled_from(METHODS))
def test_every_unit_is_in_exactly_one_class_of_at_most_six(values: list[int], method: str) -> None:
    classes = classify(values, method)
    assert len(classes) <= MOST
    assert sum(item.units for item in classes) == len(values)
    for value in values:
        assert sum(item.low <= value <= item.high for item in classes) == 1
    assert all(left.high < right.low for left, right in pairwise(classes))


@pytest.mark.parametrize("method", METHODS)
def test_zero_is_a_class_of_its_own(method: str) -> None:
    assert classify([0, 0, 5, 9], method) == [Class(0, 0, 2), Class(5, 5, 1), Class(9, 9, 1)]


@pytest.mark.parametrize("method", METHODS)
def test_few_different_numbers_are_a_class_each(method: str) -> None:
    assert classify([7, 7, 7, 3], method) == [Class(3, 3, 1), Class(7, 7, 3)]


def test_nothing_makes_no_class() -> None:
    assert classify([], "quantile") == []


def test_quantiles_of_many_equal_numbers_coincide_and_say_numbers_that_occur() -> None:
    values = [1] * 50 + list(range(10, 20))
    classes = classify(values, "quantile")
    assert classes[0] == Class(1, 1, 50)
    assert classes[-1].high == 19
    assert {item.low for item in classes} <= set(values)


def test_equal_classes_are_equally_wide_and_may_be_empty() -> None:
    classes = classify([1, 2, 3, 4, 5, 6, 601], "equal")
    assert [(item.low, item.high) for item in classes] == [
        (1, 101), (102, 201), (202, 301), (302, 401), (402, 501), (502, 601)
    ]  # fmt: skip
    assert [item.units for item in classes] == [6, 0, 0, 0, 0, 1]
