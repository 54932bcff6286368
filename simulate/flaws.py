"""What is wrong with real data, put in on purpose and counted: rows without a place, and rows broken in some way."""

from dataclasses import dataclass

import numpy as np

from layers.specs import SourceSpec
from simulate.plan import Flaws
from simulate.tessellation import Integers
from simulate.values import Column, Rows

BAD_DATES = ("2025/13/45 25:61:00", "昨天下午", "0000-00-00", "20250230")
UNKNOWN_CATEGORY = "待定/其他类"
NOT_A_NUMBER = ("东经约121度", "#N/A", "-", "null")
FAR_EAST = 4.0
"""Degrees that take a point out to sea."""
PLACE_KINDS = ("swapped", "outside", "not-a-number")


@dataclass(frozen=True)
class Flawed:
    """Which rows are flawed, by kind."""

    nowhere: Integers
    coded: Integers
    """Those without a point that still carry a unit's code."""
    broken: dict[str, Integers]

    @staticmethod
    def choose(count: int, flaws: Flaws, source: SourceSpec, random: np.random.Generator) -> "Flawed":
        """Choose rows of even number, so that the row before a broken one is always sound."""
        columns = source.place.lon is not None
        kinds = ["bad-date", "missing-key", "unknown-category", "duplicate-key", "swapped", "outside"]
        kinds += ["not-a-number"] if columns else []
        bad, lost = round(count * flaws.broken), round(count * flaws.nowhere)
        rows = 2 * random.choice(count // 2 - 1, bad + lost, replace=False).astype(np.int64) + 2
        nowhere = rows[bad:]
        return Flawed(
            nowhere=np.sort(nowhere),
            coded=np.sort(nowhere[: round(lost * flaws.nowhere_with_code)]),
            broken={kind: np.sort(rows[:bad][number :: len(kinds)]) for number, kind in enumerate(kinds)},
        )

    def truth(self, count: int) -> dict[str, object]:
        """Return the numbers a loader should find again."""
        return {
            "rows": count,
            "nowhere": len(self.nowhere),
            "nowhere_with_code": len(self.coded),
            "broken": {kind: len(rows) for kind, rows in self.broken.items()},
        }


def hide_places(rows: Rows, flawed: Flawed) -> None:
    """Take the point from the rows that are nowhere; most keep their unit's code, the others know nothing."""
    rows.columns["lon"][flawed.nowhere] = np.nan
    rows.columns["lat"][flawed.nowhere] = np.nan
    blank = np.setdiff1d(flawed.nowhere, flawed.coded)
    rows.columns["unit"][blank] = ""
    rows.cells = rows.cells.copy()
    rows.cells[blank] = -1


def spoil_places(rows: Rows, flawed: Flawed) -> None:
    """Swap the coordinates of some rows and move others out to sea."""
    lon, lat = rows.columns["lon"], rows.columns["lat"]
    swapped, outside = flawed.broken["swapped"], flawed.broken["outside"]
    lon[swapped], lat[swapped] = lat[swapped].copy(), lon[swapped].copy()
    lon[outside] += FAR_EAST


def spoil_texts(columns: dict[str, Column], source: SourceSpec, flawed: Flawed) -> None:
    """Break values as they stand in the source's own columns."""

    def put(field: str, kind: str, values: tuple[str, ...]) -> None:
        rows = flawed.broken[kind]
        column = source.fields[field].column
        if column is not None:
            columns[column][rows] = np.resize(np.array(values, dtype=object), len(rows))

    put("reported_at", "bad-date", BAD_DATES)
    put("key", "missing-key", ("",))
    put("category", "unknown-category", (UNKNOWN_CATEGORY,))
    key = source.fields["key"].column
    if key is not None:
        columns[key][flawed.broken["duplicate-key"]] = columns[key][flawed.broken["duplicate-key"] - 1]
    if source.place.lon is not None and "not-a-number" in flawed.broken:
        rows = flawed.broken["not-a-number"]
        columns[source.place.lon][rows] = np.resize(np.array(NOT_A_NUMBER, dtype=object), len(rows))
