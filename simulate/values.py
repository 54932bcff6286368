"""Single values of made-up rows: choices, numbers, dates, and texts from patterns, a column at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulate.partition import Partition
from simulate.plan import Maker, Plan
from simulate.tessellation import Integers

Column = NDArray[Any]
HOUSES = 400
PART = re.compile(r"\{(\w[\w-]*)(?::(\d+))?\}")


@dataclass
class Rows:
    """The rows being made: the cell of each (-1 where it has none) and the columns there are already."""

    plan: Plan
    partition: Partition
    cells: Integers
    now: datetime
    random: np.random.Generator
    columns: dict[str, Column] = field(default_factory=dict)

    def make(self, makers: Mapping[str, Maker]) -> None:
        """Add a column for each maker, in their order; a later one may use an earlier one."""
        for name, maker in makers.items():
            self.columns[name] = self._made(maker)

    def _made(self, maker: Maker) -> Column:
        count = len(self.cells)
        if maker.choose is not None:
            weights = np.array(list(maker.choose.values()))
            return self.random.choice(np.array(list(maker.choose), dtype=object), count, p=weights / weights.sum())
        if maker.between is not None:
            low, high = maker.between
            drawn = np.round(self.random.uniform(low, high, count), maker.decimals)
            numbers = drawn if maker.decimals else drawn.astype(np.int64)
            return np.char.add(maker.prefix, numbers.astype(str)).astype(object) if maker.prefix else numbers
        if maker.days_ago is not None:
            days = self.random.integers(int(maker.days_ago[0]), int(maker.days_ago[1]), count, endpoint=True)
            return np.asarray(np.datetime64(self.now.date(), "D") - days)
        if maker.text is not None:
            return self.text(maker.text)
        return self._texts(maker.texts or {}, str(maker.by))

    def _texts(self, patterns: Mapping[str, str], by: str) -> Column:
        made = np.full(len(self.cells), "", dtype=object)
        for value, pattern in patterns.items():
            which = self.columns[by] == value
            made[which] = self.text(pattern)[which]
        return made

    def text(self, pattern: str) -> Column:
        """Fill a pattern for every row; the separators a missing name would leave at the end are cut off."""
        parts, end = [], 0
        for found in PART.finditer(pattern):
            parts += [pattern[end : found.start()], self._part(found.group(1), found.group(2))]
            end = found.end()
        parts.append(pattern[end:])
        arrays = [pa.array(part, pa.string()) if isinstance(part, np.ndarray) else pa.scalar(part) for part in parts]
        joined = pc.binary_join_element_wise(*arrays, pa.scalar(""))
        return np.asarray(pc.utf8_rtrim(joined, characters=" ·").to_numpy(zero_copy_only=False))

    def _part(self, name: str, width: str | None) -> Column:
        if name == "code":
            return np.array([code[: int(width or 99)] for code in self.codes(self.partition.cells.level)], dtype=object)
        if name == "n":
            return np.array([f"{n:0{width or 1}}" for n in range(1, len(self.cells) + 1)], dtype=object)
        if name == "house":
            return self.random.integers(1, HOUSES, len(self.cells)).astype(str).astype(object)
        if name in self.plan.words:
            return self.random.choice(np.array(self.plan.words[name], dtype=object), len(self.cells))
        if name in self.columns:
            return np.asarray(self.columns[name].astype(str).astype(object))
        return self._names(name)

    def _names(self, name: str) -> Column:
        units = self.partition.level(name.removesuffix("_stem"))
        names = [unit.name for unit in units.entries]
        if name.endswith("_stem"):
            names = [stem(one, self.plan.stems) for one in names]
        return self._of_units(names, units.of_cell)

    def codes(self, level: str) -> Column:
        """Return the code of the unit each row lies in, nothing where it lies nowhere."""
        units = self.partition.level(level)
        return self._of_units([unit.code for unit in units.entries], units.of_cell)

    def _of_units(self, texts: list[str], of_cell: Integers) -> Column:
        unit = np.where(self.cells < 0, len(texts), of_cell[self.cells])
        return np.array([*texts, ""], dtype=object)[unit]


def stem(name: str, endings: tuple[str, ...]) -> str:
    """Return a name without the first of the endings it has."""
    for ending in endings:
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name
