"""Codes of units that nobody knows: their rows come in, and stay in the city for want of a better place."""

from collections import Counter

from etl.checks import Verdicts
from layers.plural import counted

SHOWN = 3
MOST = 1_000
"""Codes that are told apart; of a column that holds anything but codes, more say nothing."""


class UnknownUnits:
    """Counts the rows of one load."""

    def __init__(self) -> None:
        """Begin with none."""
        self.rows = 0
        self.codes: Counter[str] = Counter()

    def see(self, verdicts: Verdicts) -> None:
        """Count those of a piece that come in."""
        for row, code in verdicts.unknown_units.items():
            if verdicts.good[row]:
                self.rows += 1
                if code in self.codes or len(self.codes) < MOST:
                    self.codes[code] += 1

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """Return how many there are, with the commonest codes."""
        if not self.rows:
            return {}
        codes = ", ".join(f"{code!r} ({counted(rows, 'row')})" for code, rows in self.codes.most_common(SHOWN))
        because = (
            f"without a point, they name a unit that is not known, such as {codes}; kept in the city without a place; "
            "mend the codes, or say under place.unit_map what they mean"
        )
        return {"unknown_unit": [{"rows": self.rows, "because": because}]}
