"""Gaps and overlaps of more than a square metre are named, smaller ones and touching edges are not."""

import pytest
import shapely

from etl.coverage import gaps, overlaps
from tests.etl.test_unit_rows import features, send
from tests.etl.town import Town

WEST = shapely.box(121.50, 29.80, 121.51, 29.81)
EAST = shapely.box(121.51, 29.80, 121.52, 29.81)
SQUARE_METRES = 1_074_800
"""Of either, about."""


def test_neighbours_that_share_an_edge_neither_overlap_nor_leave_a_gap() -> None:
    assert overlaps({"a": WEST, "b": EAST}) == []
    assert gaps({"city": shapely.box(121.50, 29.80, 121.52, 29.81)}, {"city": [WEST, EAST]}) == []


def test_a_strip_claimed_twice_is_named_with_its_size() -> None:
    wide = shapely.box(121.509, 29.80, 121.52, 29.81)
    (found,) = overlaps({"b": wide, "a": WEST})
    assert (found.code, found.other) == ("a", "b")
    assert found.square_metres == pytest.approx(SQUARE_METRES / 10, rel=0.01)


def test_less_than_a_square_metre_is_nothing() -> None:
    sliver = shapely.box(121.51 - 5e-10, 29.80, 121.52, 29.81)
    assert overlaps({"a": WEST, "b": sliver}) == []


def test_ground_that_no_child_claims_is_named_with_its_size() -> None:
    (found,) = gaps({"city": shapely.union(WEST, EAST), "leaf": WEST}, {"city": [EAST]})
    assert found.code == "city"
    assert found.square_metres == pytest.approx(SQUARE_METRES, rel=0.01)


def test_a_load_names_the_gap_that_a_missing_unit_leaves(empty_town: Town) -> None:
    units = [item for item in features(empty_town) if item[0]["code"] != "990102002002002"]
    outcome = empty_town.load(send(empty_town, units))
    (gap,) = outcome.findings["gaps"]
    assert gap["code"] == "990102002002"
    assert set(outcome.findings) == {"gaps"}


def test_a_later_load_is_held_against_what_is_in_force(own_town: Town) -> None:
    units = [item for item in features(own_town) if item[0]["code"] == "990102002002002"]
    wide = shapely.box(121.55, 29.82, 121.58, 29.84)
    units[0] = units[0][0], shapely.geometry.mapping(wide)
    outcome = own_town.load(send(own_town, units))
    assert outcome.findings["overlaps"]
    assert {item["other"] for item in outcome.findings["overlaps"]} == {"990102002002002"}
