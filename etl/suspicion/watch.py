"""Watches the rows of one load go by, and says in the end what the load is suspected of."""

import psycopg

from etl.fields import Vocabulary
from etl.rows import Rows
from etl.stamp import Stamp
from etl.suspicion.datums import misfit
from etl.suspicion.doubts import Suspicion
from etl.suspicion.names import Names
from etl.suspicion.places import doubtful
from etl.suspicion.sample import Sample


class Watch:
    """One load's."""

    def __init__(self, words: Vocabulary, *, stamp: Stamp, driver: psycopg.Connection) -> None:
        """Begin with nothing seen."""
        self.sample = Sample(words)
        self.stamp = stamp
        self.names = Names(driver, stamp.city)

    def see(self, rows: Rows) -> None:
        """Look at a piece."""
        self.sample.see(rows)

    def suspicions(self) -> list[Suspicion]:
        """Return what was noticed of all pieces together."""
        place = self.sample.words.source.place
        found = doubtful(self.sample, place, self.stamp)
        other = misfit(found.rest, declared=self.sample.datum, stamp=self.stamp, names=self.names)
        return [*found.suspicions, *([other] if other else [])]
