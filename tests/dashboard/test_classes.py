"""Classes of a choropleth, for all the shapes that numbers come in."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.classes import MOST, Class, class_of, classify

METHODS = ["quantile", "equal", "natural"]


@settings(deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10_000_000)), st.sampled_from(METHODS))
def test_every_unit_is_in_exactly_one_class_of_at_most_six(values: list[int], method: str) -> None:
    classes = classify(values, method)
    assert len(classes) <= MOST
    assert sum(item.units for item in classes) == len(values)
    for value in values:
        assert sum((item.low or 0) <= value <= (item.high or 0) for item in classes) == 1
    assert all((left.high or 0) < (right.low or 0) for left, right in pairwise(classes))


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


def test_a_greatest_number_that_fills_a_class_hides_no_others() -> None:
    classes = classify([*range(90, 100), *[100] * 90], "quantile")
    assert classes[-1] == Class(100, 100, 90)
    assert [item.units for item in classes[:-1]] == [2] * 5


def test_equal_classes_are_equally_wide_and_may_be_empty() -> None:
    classes = classify([1, 2, 3, 4, 5, 6, 601], "equal")
    assert [(item.low, item.high) for item in classes] == [
        (1, 101), (102, 201), (202, 301), (302, 401), (402, 501), (502, 601)
    ]  # fmt: skip
    assert [item.units for item in classes] == [6, 0, 0, 0, 0, 1]


@settings(deadline=None)
@given(
    st.lists(st.floats(min_value=0, max_value=1e6)),
    st.sampled_from([*METHODS, "manual"]),
    st.lists(st.floats(min_value=0, max_value=1e6), max_size=9),
)
def test_a_value_with_digits_is_in_the_class_that_counts_it(
    values: list[float], method: str, breaks: list[float]
) -> None:
    classes = classify(values, method, digits=2, breaks=breaks)
    inside = [class_of(value, classes, 2) for value in values]
    assert [inside.count(at) for at in range(len(classes))] == [item.units for item in classes]
    assert len(classes) <= MOST


def test_typed_breaks_are_upper_ends_and_what_is_beyond_is_a_class_too() -> None:
    assert classify([1, 10, 10.5, 99], "manual", digits=1, breaks=[50, 10]) == [
        Class(None, 10, 2),
        Class(10, 50, 1),
        Class(50, None, 1),
    ]


def test_natural_breaks_fall_into_the_gaps() -> None:
    heaps = [base + step for base in (10, 100, 200, 400, 800, 1600) for step in range(5)]
    assert [(item.low, item.high) for item in classify(heaps, "natural")] == [
        (10, 14), (100, 104), (200, 204), (400, 404), (800, 804), (1600, 1604)
    ]  # fmt: skip


def spread(values: list[int], tops: list[int]) -> float:
    """Return how much values differ from the mean of their class, squared."""
    whole, low = 0.0, -1
    for top in tops:
        inside = [value for value in values if low < value <= top]
        mean = sum(inside) / len(inside)
        whole += sum((value - mean) ** 2 for value in inside)
        low = top
    return whole


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=7, max_size=14).filter(lambda values: len(set(values)) > MOST))
def test_no_other_cut_is_more_natural(values: list[int]) -> None:
    tops = [int(item.high or 0) for item in classify(values, "natural")]
    found = spread(values, tops)
    for others in combinations(sorted(set(values))[:-1], MOST - 1):
        assert found <= spread(values, [*others, max(values)]) + 1e-6
