"""Numbers into classes for a choropleth: ranges that are real, however few, equal or zero the numbers are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 6
METHODS = ("quantile", "equal", "natural", "manual")
GROUPS = 500
"""Natural breaks are exact up to so many different numbers; of more, neighbours are taken together first."""


@dataclass(frozen=True)
class Class:
    """One colour of the legend: the numbers it stands for, both ends included, and how many units have them."""

    low: float | None
    """None in the first class of breaks that somebody typed: whatever is at most `high`."""
    high: float | None
    """None in the last of these: whatever is more than the break before."""
    units: int

    def has(self, value: float) -> bool:
        """Tell whether a number is in a class, given that those before it do not have it."""
        return self.high is None or value <= self.high


def classify(values: Sequence[float], method: str, *, digits: int = 0, breaks: Sequence[float] = ()) -> list[Class]:
    """Return at most six classes, low to high, of values as they are shown: with so many digits.

    Zero is a class of its own, since nothing happened there. Up to six different numbers are a class each. Quantiles
    of many equal numbers coincide; coinciding ones are one class, and what the legend says are numbers that occur.
    Where the greatest number fills a class, it is one by itself.
    """
    scale = 10**digits
    if method == "manual" and breaks:
        return _manual([shown(value, digits) for value in values], sorted(set(breaks))[: MOST - 1])
    whole = [round(value * scale) for value in values]
    found = _classes(whole, method)
    return [Class(item.low / scale, item.high / scale, item.units) for item in found] if digits else found


def class_of(value: float, classes: Sequence[Class], digits: int) -> int:
    """Return which class a value is in."""
    seen = shown(value, digits)
    return next((at for at, item in enumerate(classes) if item.has(seen)), len(classes) - 1)


def shown(value: float, digits: int) -> float:
    """Return a value as it is shown, with so many digits: two that look equal are."""
    return float(round(value * 10**digits) / 10**digits)


def span(item: Class, digits: int) -> str:
    """Return a class's range as text; the ends of typed breaks are open."""
    if item.low is None:
        return f"≤ {item.high:,.{digits}f}"
    if item.high is None:
        return f"> {item.low:,.{digits}f}"
    if item.low == item.high:
        return f"{item.low:,.{digits}f}"
    return f"{item.low:,.{digits}f}–{item.high:,.{digits}f}"


def _classes(values: Sequence[int], method: str) -> list[Class]:
    zeros = [value for value in values if value == 0]
    rest = sorted(value for value in values if value > 0)
    first = [Class(0, 0, len(zeros))] if zeros else []
    room = MOST - len(first)
    if len(set(rest)) <= room:
        return first + [Class(value, value, rest.count(value)) for value in sorted(set(rest))]
    if method == "equal":
        bounds = np.linspace(rest[0], rest[-1], room + 1)[1:-1]
        return first + _even(rest, sorted({math.floor(bound) for bound in bounds} | {rest[-1]}))
    if method == "natural":
        return first + _occurring(rest, _natural(rest, room))
    return first + _occurring(rest, _quantiles(rest, room))


def _quantiles(values: Sequence[int], room: int) -> list[int]:
    """Return the tops of classes of about as many numbers each.

    A greatest number that fills a class is one by itself, as zero is: else most rates of 100 % would hide the others.
    """
    full = values.count(values[-1])
    if full * room >= len(values):
        return [*_quantiles(values[:-full], room - 1), values[-1]] if room > 1 and full < len(values) else [values[-1]]
    bounds = np.percentile(values, [100 * (number + 1) / room for number in range(room - 1)])
    return sorted({math.floor(bound) for bound in bounds} | {values[-1]})


def _manual(values: Sequence[float], tops: Sequence[float]) -> list[Class]:
    ends = [None, *tops, None]
    inside = [0] * (len(tops) + 1)
    for value in values:
        inside[sum(value > top for top in tops)] += 1
    return [Class(low, high, units) for low, high, units in zip(ends[:-1], ends[1:], inside, strict=True)]


def _natural(values: Sequence[int], room: int) -> list[int]:
    """Return the tops of Fisher's classes: their numbers differ least from the mean of their class."""
    numbers, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    edges = np.linspace(0, len(numbers), min(GROUPS, len(numbers)) + 1).astype(int)
    away = numbers - np.average(numbers, weights=counts)
    weight, first, second = (_between(counts * away**power, edges) for power in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(weight > 0, second - first**2 / weight, np.inf)
    best, cuts = spread[0], list[NDArray[np.intp]]()
    for _ in range(room - 1):
        whole = best[:, None] + spread
        cuts.append(whole.argmin(axis=0))
        best = whole.min(axis=0)
    ends = [len(edges) - 1]
    for cut in reversed(cuts):
        ends.append(int(cut[ends[-1]]))
    return [int(numbers[edges[end] - 1]) for end in reversed(ends)]


def _between(parts: NDArray[np.float64], edges: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return the sum of the parts from each edge to each other edge."""
    sums: NDArray[np.float64] = np.concatenate([[0.0], parts.cumsum()])[edges]
    return sums[None, :] - sums[:, None]


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
