"""Numbers into classes for a choropleth: ranges that are real, however few, equal or zero the numbers are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mapclassify import EqualInterval, Percentiles

MOST = 6


@dataclass(frozen=True)
class Class:
    """One colour of the legend: the numbers it stands for, both ends included, and how many units have them."""

    low: int
    high: int
    units: int


def classify(values: Sequence[int], method: str) -> list[Class]:
    """Return at most six classes, low to high.

    Zero is a class of its own, since nothing happened there. Up to six different numbers are a class each. Quantiles
    of many equal numbers coincide; coinciding ones are one class, and what the legend says are numbers that occur.
    """
    zeros = [value for value in values if value == 0]
    rest = sorted(value for value in values if value > 0)
    first = [Class(0, 0, len(zeros))] if zeros else []
    room = MOST - len(first)
    if len(set(rest)) <= room:
        return first + [Class(value, value, rest.count(value)) for value in sorted(set(rest))]
    shares = [100 * (number + 1) / room for number in range(room)]
    bounds = (EqualInterval(rest, k=room) if method == "equal" else Percentiles(rest, pct=shares)).bins
    tops = sorted({math.floor(bound) for bound in bounds[:-1]} | {rest[-1]})
    return first + (_even(rest, tops) if method == "equal" else _occurring(rest, tops))


def _occurring(values: Sequence[int], tops: Sequence[int]) -> list[Class]:
    found = []
    low = -1
    for top in tops:
        inside = [value for value in values if low < value <= top]
        if inside:
            found.append(Class(inside[0], inside[-1], len(inside)))
        low = top
    return found


def _even(values: Sequence[int], tops: Sequence[int]) -> list[Class]:
    found = []
    low = values[0]
    for top in tops:
        if top >= low:
            found.append(Class(low, top, sum(low <= value <= top for value in values)))
            low = top + 1
    return found
