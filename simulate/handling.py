"""How incidents are dealt with: when each is accepted, dispatched, resolved and closed, as far as that is past."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulate.density import Numbers
from simulate.plan import Handling
from simulate.tessellation import Integers

STATUSES = np.array(["reported", "accepted", "dispatched", "resolved", "closed"], dtype=object)
HOUR = 3600
NEVER = np.iinfo(np.int64).max // 4
EARLY, THEN, LATE = (0.01, 0.05), (0.02, 0.08), (0.75, 0.95)
"""When the steps before the last are taken, as parts of the whole time."""


@dataclass(frozen=True)
class Handled:
    """The instants of each step in seconds, `NEVER` where it has not been taken, and the status that follows."""

    accepted: Integers
    dispatched: Integers
    resolved: Integers
    closed: Integers
    status: NDArray[np.object_]


@dataclass(frozen=True)
class Desk:
    """Whoever deals with incidents, until now."""

    plan: Handling
    now: int
    random: np.random.Generator

    def handle(self, reported: Integers, hours: Numbers, quality: Numbers) -> Handled:
        """Draw the life of each incident; `quality` is the share that is closed within the limit of `hours`."""
        count = len(reported)
        ratio = np.exp(self.plan.spread * (self.random.standard_normal(count) - ndtri(quality)))
        forgotten = self.random.random(count) < self.plan.forgotten
        whole = np.where(forgotten, 1.0, ratio) * hours * HOUR
        accepted = reported + whole * self.random.uniform(*EARLY, count)
        dispatched = accepted + whole * self.random.uniform(*THEN, count)
        resolved = np.where(forgotten, NEVER, reported + whole * self.random.uniform(*LATE, count))
        closed = np.where(forgotten, NEVER, reported + whole)
        steps = np.stack([accepted, dispatched, resolved, closed]).astype(np.int64)
        steps[steps > self.now] = NEVER
        status = STATUSES[(steps < NEVER).sum(axis=0)]
        return Handled(steps[0], steps[1], steps[2], steps[3], status)


def qualities(count: int, plan: Handling, random: np.random.Generator) -> Numbers:
    """Return the share each unit closes in time: evenly from the worst to the best, in random order."""
    return random.permutation(np.linspace(*plan.on_time, count))
