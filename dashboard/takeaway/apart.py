"""Where counts go on paper, as `apart.js` has them on screen: those that would lie on each other step aside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.takeaway.paper import Box

GAP = 0.25
"""Millimetres between two."""
FARTHEST, WAYS = 8, 16
"""How many steps away at most, and in how many directions."""
STEP = 1.3
"""Millimetres of one step, on A4."""

Numbers = NDArray[np.float64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Disc:
    """A count: where it would stand, how large it is, whether it stays as near as it can."""

    x: float
    y: float
    radius: float
    first: bool = False
    """Incidents choose before what stands there for good."""


def apart(discs: Sequence[Disc], labels: Sequence[Box], singles: Sequence[Box], scale: float) -> list[Disc]:
    """Return the discs in their order, each at the nearest place where it covers no other one.

    The largest choose first. Names are left to be read and single features to be seen as long as there is such a
    place; where there is none at all, a disc stays where it was.
    """
    steps = _steps() * STEP * scale
    order = sorted(range(len(discs)), key=lambda at: (not discs[at].first, -discs[at].radius))
    found = list(discs)
    taken = np.empty((0, 3))
    for at in order:
        disc = discs[at]
        places = steps + np.array([disc.x, disc.y])
        free = _from_discs(places, taken, disc.radius)
        named = free & _from_boxes(places, labels, disc.radius)
        seen = named & _from_boxes(places, singles, disc.radius)
        good = next((each for each in (seen, named, free) if each.any()), np.ones(1, dtype=bool))
        x, y = places[int(np.argmax(good))].tolist()
        found[at] = Disc(x, y, disc.radius, disc.first)
        taken = np.vstack([taken, (x, y, disc.radius)])
    return found


def _steps() -> Numbers:
    """Return steps, the shortest first, the first being none."""
    around = [2 * math.pi * way / WAYS for way in range(WAYS)]
    far = [(n * math.cos(angle), n * math.sin(angle)) for n in range(1, FARTHEST + 1) for angle in around]
    return np.array([(0.0, 0.0), *far])


def _from_discs(places: Numbers, taken: Numbers, radius: float) -> Chosen:
    away = np.linalg.norm(places[:, None, :] - taken[None, :, :2], axis=2)
    found: Chosen = np.all(away >= taken[:, 2] + radius + GAP, axis=1)
    return found


def _from_boxes(places: Numbers, boxes: Sequence[Box], radius: float) -> Chosen:
    if not boxes:
        return np.ones(len(places), dtype=bool)
    corners = np.array(boxes)
    nearest = np.clip(places[:, None, :], corners[:, :2], corners[:, 2:])
    found: Chosen = np.all(np.linalg.norm(places[:, None, :] - nearest, axis=2) >= radius + GAP, axis=1)
    return found
