"""Cells put together to larger units: each connected, as large as asked for, around a seed."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from simulate.density import Numbers
from simulate.tessellation import Integers, islands

ROUNDS = 40
ROUNDS_MOVING = 20
OWN_GROUND = 0.9
TOUCH = 1e-6
"""Kilometres from the common start to a seed that has no handicap; a graph knows no edge of length nothing."""


@dataclass(frozen=True)
class Graph:
    """Cells as points, and which of them one can step between."""

    km: Numbers
    pairs: Integers

    def within(self, group: Integers) -> "Graph":
        """Leave out the steps from one group to another."""
        return Graph(self.km, self.pairs[group[self.pairs[:, 0]] == group[self.pairs[:, 1]]])


def linked(km: Numbers, pairs: Integers, group: Integers) -> Graph:
    """Return a graph in which every group hangs together, islands by a step over the water."""
    graph = Graph(km, pairs).within(group)
    steps = list(graph.pairs)
    while True:
        piece = islands(len(km), np.array(steps))
        extra = [_bridge(km, np.flatnonzero(group == one), piece) for one in np.unique(group)]
        found = [step for step in extra if step is not None]
        if not found:
            return Graph(km, np.array(steps))
        steps += found


def _bridge(km: Numbers, cells: Integers, piece: Integers) -> Integers | None:
    """Return the shortest step from the smallest piece of a group to the rest of it, if it is in pieces."""
    pieces, sizes = np.unique(piece[cells], return_counts=True)
    if len(pieces) == 1:
        return None
    here = piece[cells] == pieces[np.argmin(sizes)]
    away, index = KDTree(km[cells[~here]]).query(km[cells[here]])
    nearest = int(np.argmin(away))
    return np.array([cells[here][nearest], cells[~here][index[nearest]]], dtype=np.int64)


def grow(graph: Graph, seeds: Integers, *, fixed: np.ndarray, target: Numbers, group: Integers) -> Integers:
    """Return for each cell the number of the seed whose unit it joins; every unit is connected and has its seed.

    Units that are too large start with a handicap, ever adjusted; seeds that are not fixed move to their unit's middle.
    """
    seeds, handicap = seeds.copy(), np.zeros(len(seeds))
    label = _nearest(graph, seeds, handicap)
    for turn in range(ROUNDS):
        size = np.bincount(label, minlength=len(seeds)).astype(np.float64)
        middle = np.column_stack([np.bincount(label, weights=graph.km[:, axis]) / size for axis in (0, 1)])
        away = np.hypot(*(graph.km - middle[label]).T)
        if turn < ROUNDS_MOVING:
            order = np.lexsort((away, label))
            first = order[np.flatnonzero(np.diff(label[order], prepend=-1))]
            seeds = np.where(fixed, seeds, first)
        reach = np.bincount(label, weights=away) / size + 0.1
        handicap += 0.4 * reach * np.log(size / target)
        handicap = _fair(handicap, group[seeds], graph.km[seeds])
        label = _nearest(graph, seeds, handicap)
    return label


def _fair(handicap: Numbers, group: Integers, km: Numbers) -> Numbers:
    """Lower the handicaps that would let a neighbour run over the seed itself; the least of each group is nothing."""
    fair = np.empty(len(handicap))
    for mine in np.split(np.arange(len(group)), np.flatnonzero(np.diff(group)) + 1):
        apart = np.hypot(*(km[mine, None] - km[None, mine]).transpose(2, 0, 1))
        np.fill_diagonal(apart, np.inf)
        own = handicap[mine] - handicap[mine].min()
        while ((most := OWN_GROUND * (apart + own).min(axis=1)) < own - TOUCH).any():
            own = np.minimum(own, most)
        fair[mine] = own
    return fair


def _nearest(graph: Graph, seeds: Integers, handicap: Numbers) -> Integers:
    """Return the seed from which each cell is reached first, all starting from one common point."""
    count = len(graph.km)
    one, other = graph.pairs.T
    length = np.hypot(*(graph.km[one] - graph.km[other]).T)
    start = np.full(len(seeds), count)
    steps = coo_array(
        (
            np.concatenate([length, length, handicap + TOUCH]),
            (np.concatenate([one, other, start]), np.concatenate([other, one, seeds])),
        ),
        shape=(count + 1, count + 1),
    )
    before = dijkstra(steps.tocsr(), indices=count, return_predecessors=True)[1][:count].astype(np.int64)
    before = np.where(before == count, np.arange(count), before)
    while (further := before[before] != before).any():
        before = np.where(further, before[before], before)
    label = np.full(count, -1, dtype=np.int64)
    label[seeds] = np.arange(len(seeds))
    return label[before]
