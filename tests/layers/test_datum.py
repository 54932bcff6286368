"""Our own GCJ-02 and BD-09 against an independent implementation."""

from collections.abc import Callable
from typing import Any

import geocoordinates_ffi as oracle
import numpy as np
import pytest

from layers.datum import (
    Degrees,
    Pair,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

HALF_A_METRE = 0.5


@pytest.fixture(scope="module")
def points() -> Pair:
    """10,000 points all over Ningbo."""
    random = np.random.default_rng(330200)
    return random.uniform(120.89, 122.27, 10_000), random.uniform(28.85, 30.41, 10_000)


def metres(one: Pair, other: Pair) -> Degrees:
    east = (one[0] - other[0]) * 111_320.0 * np.cos(np.radians(one[1]))
    north = (one[1] - other[1]) * 110_900.0
    return np.asarray(np.hypot(east, north))


def from_oracle(points: Pair, convert: Callable[..., Any], kind: Callable[..., Any]) -> Pair:
    made = [convert(kind(lat=y, lon=x)) for x, y in zip(*points, strict=True)]
    return np.array([p.lon for p in made]), np.array([p.lat for p in made])


def test_forward_agrees_with_the_oracle(points: Pair) -> None:
    gcj = from_oracle(points, oracle.wgs84_to_gcj02, oracle.Wgs84)
    assert metres(wgs84_to_gcj02(*points), gcj).max() < 0.001
    bd = from_oracle(gcj, oracle.gcj02_to_bd09, oracle.Gcj02)
    assert metres(gcj02_to_bd09(*gcj), bd).max() < 0.001


def test_gcj02_from_the_oracle_comes_back_within_half_a_metre(points: Pair) -> None:
    gcj = from_oracle(points, oracle.wgs84_to_gcj02, oracle.Wgs84)
    assert metres(gcj02_to_wgs84(*gcj), points).max() < HALF_A_METRE


def test_inverses_return_to_where_they_came_from(points: Pair) -> None:
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(*points)), points).max() < 0.001
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(*points)), points).max() < 0.001
    assert metres(bd09_to_wgs84(*wgs84_to_bd09(*points)), points).max() < 0.001


def test_the_shift_in_ningbo_is_some_hundred_metres(points: Pair) -> None:
    shift = metres(wgs84_to_gcj02(*points), points)
    assert shift.min() > 300
    assert shift.max() < 800


@pytest.mark.parametrize(
    "convert", [wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02, wgs84_to_bd09, bd09_to_wgs84]
)
def test_points_outside_china_stay_and_nothing_stays_nothing(convert: Callable[..., Pair]) -> None:
    lon, lat = convert([-73.98, 2.35, np.nan, 0.0], [40.75, 48.85, np.nan, 90.0])
    np.testing.assert_array_equal(lon, [-73.98, 2.35, np.nan, 0.0])
    np.testing.assert_array_equal(lat, [40.75, 48.85, np.nan, 90.0])
