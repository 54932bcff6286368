"""The features of every source that feeds a layer, as columns in the software's own words."""

from datetime import datetime

import numpy as np

from simulate.extents import plots, ways
from simulate.places import Ground
from simulate.plan import FeaturePlan, Plan
from simulate.tessellation import Integers
from simulate.values import Column, Rows

SHAPE = "shape"
"""The column of lines or polygons; where there is none, features are points."""


def columns(plan: Plan, ground: Ground, source: str, now: datetime) -> dict[str, Column]:
    """Return the columns of a source's features, in the order of their units."""
    number, feature = sorted(plan.features).index(source), plan.features[source]
    random = np.random.default_rng((plan.seed, 1, number))
    cells = _cells(feature, ground, random)
    xy = ground.scatter(cells, random)
    rows = Rows(plan, ground.partition, cells, now, random)
    rows.columns |= {"lon": xy[:, 0], "lat": xy[:, 1]}
    if feature.shape == "way":
        rows.columns[SHAPE] = ways(ground.partition.level(str(feature.each)), ground, random)
    elif feature.shape == "plot":
        rows.columns[SHAPE] = plots(cells, xy, ground, random)
    rows.make(feature.fields)
    return rows.columns


def _cells(feature: FeaturePlan, ground: Ground, random: np.random.Generator) -> Integers:
    """Choose cells: the fullest of each unit, or as many as asked for, likelier where more people live."""
    people = ground.partition.cells.people
    if feature.each is not None:
        of_cell = ground.partition.level(feature.each).of_cell
        order = np.lexsort((-people, of_cell))
        return np.asarray(order[np.unique(of_cell[order], return_index=True)[1]])
    weight = people.astype(np.float64) ** feature.crowding
    return np.sort(random.choice(len(weight), feature.count or 0, p=weight / weight.sum()))
