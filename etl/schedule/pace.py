"""How often a scheduler looks, how long it waits, and when it gives up."""

from dataclasses import dataclass
from datetime import timedelta

MINUTE = 60.0
LONGEST = 60 * MINUTE
"""Seconds that a try waits at most for the next."""


@dataclass(frozen=True)
class Pace:
    """The numbers of a scheduler, in seconds where nothing else is said."""

    workers: int = 2
    """Loads at once."""
    every: float = 2.0
    """Between two looks at what is due and which files there are."""
    settle: float = 5.0
    """How long a file must have been left alone before it is taken."""
    retry: float = 30.0
    """Before the second try; doubled each time, an hour at most."""
    tries: int = 8
    """How often a job is tried; then the source waits until it is due again, or for a new file."""
    grace: float = 10.0
    """How long a load that runs may take to finish after a stop."""
    lost: float = 30.0
    """After how long without a sign of life the jobs of a scheduler are taken up by another."""

    def pause(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries."""
        return timedelta(seconds=min(self.retry * 2.0 ** (tries - 1), LONGEST))


def lasting(pause: timedelta) -> str:
    """Return a wait as people read it."""
    seconds = pause.total_seconds()
    return f"{seconds:g} s" if seconds < 2 * MINUTE else f"{seconds / MINUTE:.3g} min"
