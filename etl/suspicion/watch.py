"""Watches the rows of one load go by, and says in the end what the load is suspected of."""

from etl.checks import Verdicts
from etl.fields import Vocabulary
from etl.rows import Rows
from etl.stamp import Stamp
from etl.suspicion.datums import misfit
from etl.suspicion.doubts import Suspicion
from etl.suspicion.earlier import Earlier
from etl.suspicion.kinds import Kinds
from etl.suspicion.names import Names
from etl.suspicion.places import doubtful
from etl.suspicion.sample import Sample
from etl.suspicion.systems import Systems
from etl.suspicion.unknown import UnknownUnits


class Watch:
    """One load's."""

    def __init__(self, words: Vocabulary, *, stamp: Stamp, earlier: Earlier) -> None:
        """Begin with nothing seen."""
        self.sample = Sample(words)
        self.kinds = Kinds()
        self.systems = Systems(words.source.place)
        self.unknown = UnknownUnits()
        self.failed = self.rounded = 0
        self.stamp = stamp
        self.earlier = earlier
        self.names = Names(earlier.driver, stamp.city)

    def see(self, rows: Rows) -> None:
        """Look at a piece."""
        self.sample.see(rows)
        self.failed += rows.failed
        self.rounded += rows.rounded
        if self.sample.words.source.place.lon is None:
            self.kinds.see(rows.shapes)
        self.systems.see(rows)

    def judged(self, verdicts: Verdicts) -> None:
        """Look at what became of the piece."""
        self.unknown.see(verdicts)

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """Return what was noticed of rows that came in, and holds nothing up."""
        return (
            self.kinds.findings() | self.systems.findings() | self.unknown.findings() | self._failed() | self._rounded()
        )

    def suspicions(self) -> list[Suspicion]:
        """Return what was noticed of all pieces together."""
        sample = self.sample
        found = doubtful(sample, sample.words.source.place, self.stamp)
        other = misfit(found.rest, declared=sample.datum, stamp=self.stamp, names=self.names, earlier=self.earlier)
        return [*found.suspicions, *([other] if other else [])]

    def _failed(self) -> dict[str, list[dict[str, object]]]:
        because = (
            "their formulas came to an error, such as #N/A, and they were taken for empty; mend them in the workbook"
        )
        return {"failed_formula": [{"cells": self.failed, "because": because}]} if self.failed else {}

    def _rounded(self) -> dict[str, list[dict[str, object]]]:
        because = (
            "they hold numbers of more than 15 digits, of which a workbook keeps 15 and makes the others zeros; have "
            "such numbers, of identity cards say, written as text"
        )
        return {"rounded_number": [{"cells": self.rounded, "because": because}]} if self.rounded else {}
