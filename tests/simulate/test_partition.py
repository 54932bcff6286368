"""The generated boundaries: a valid coverage at every level, nested exactly, with the real names and counts."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.pack import City
from simulate.partition import Partition, apportion
from simulate.plan import Plan
from simulate.tessellation import GRID

LEVELS = ["city", "district", "street", "community", "grid"]


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_a_valid_coverage(partition: Partition, level: str) -> None:
    assert shapely.coverage_is_valid(partition.level(level).polygons)
    assert shapely.is_valid(partition.level(level).polygons).all()


@pytest.mark.parametrize(("parent", "child"), list(pairwise(LEVELS)))
def test_children_dissolve_to_exactly_their_parent(partition: Partition, parent: str, child: str) -> None:
    above, below = partition.level(parent), partition.level(child)
    order = np.argsort(below.parent, kind="stable")
    groups = np.split(below.polygons[order], np.flatnonzero(np.diff(below.parent[order])) + 1)
    dissolved = shapely.normalize([shapely.coverage_union_all(group) for group in groups])
    assert shapely.equals_exact(dissolved, shapely.normalize(above.polygons)).all()


def test_the_districts_are_the_given_ones_to_a_tenth_of_a_metre(partition: Partition, ningbo: City) -> None:
    given = gpd.read_file(ningbo.folder / "districts.geojson").geometry.to_numpy()
    assert shapely.hausdorff_distance(given, partition.level("district").polygons).max() <= GRID


def test_there_are_as_many_units_as_the_register_and_the_plan_say(partition: Partition) -> None:
    counts = {units.level: len(units.polygons) for units in partition.levels}
    assert counts.pop("grid") == pytest.approx(15_000, abs=20)
    assert counts == {"city": 1, "district": 10, "street": 162, "community": 3042}


@pytest.mark.parametrize("rank", range(5))
def test_codes_follow_the_layout_and_begin_like_their_parents(partition: Partition, ningbo: City, rank: int) -> None:
    units, layout = partition.levels[rank], ningbo.levels[rank].code
    assert layout is not None
    codes = [unit.code for unit in units.entries]
    assert len(set(codes)) == len(codes)
    assert [layout.problem(code) for code in codes] == [None] * len(codes)
    if rank:
        above, parents = ningbo.levels[rank - 1].code, partition.levels[rank - 1].entries
        assert above is not None
        assert all(
            code.startswith(above.own(parents[parent].code))
            for code, parent in zip(codes, units.parent.tolist(), strict=True)
        )


def test_units_hang_together_except_over_water(partition: Partition) -> None:
    pieces = shapely.get_num_geometries(partition.cells.polygons)
    assert (pieces > 1).sum() <= 2
    districts = shapely.get_num_geometries(partition.level("district").polygons).sum()
    for level in ("street", "community"):
        extra = shapely.get_num_geometries(partition.level(level).polygons) - 1
        assert extra.sum() <= districts


def test_communities_have_one_to_a_few_cells(partition: Partition) -> None:
    cells = np.bincount(partition.cells.parent)
    assert cells.min() >= 1
    assert np.percentile(cells, 98) <= 12
    assert 4.5 < cells.mean() < 5.5
    assert cells.std() > 1


def test_people_add_up_and_live_close_together_in_small_units(partition: Partition) -> None:
    for above, below in pairwise(partition.levels):
        assert (np.bincount(below.parent, weights=below.people) == above.people).all()
    cells = partition.cells
    assert partition.levels[0].people.tolist() == [9_500_000]
    area = shapely.area(cells.polygons)
    full = cells.people / area >= np.percentile(cells.people / area, 90)
    assert np.median(area[full]) * 4 < np.median(area[~full])


def test_seats_lie_in_their_streets(partition: Partition, plan: Plan) -> None:
    streets = partition.level("street")
    inside = [
        shapely.contains_xy(polygon, *plan.anchors[unit.code])
        for unit, polygon in zip(streets.entries, streets.polygons, strict=True)
        if unit.code in plan.anchors
    ]
    assert len(inside) > 150
    assert np.mean(inside) > 0.9


def test_apportioned_numbers_are_whole_and_add_up() -> None:
    shares = apportion(10, np.array([1.0, 1.0, 1.0]))
    assert shares.sum() == 10
    assert shares.min() == 3
