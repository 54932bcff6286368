"""The real part of a pack: its list of units by code, and the polygons of the level below the city."""

import csv
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from layers.city_specs import Level
from layers.errors import PackError
from layers.pack import City
from simulate.plan import Register
from simulate.tessellation import Polygons


@dataclass(frozen=True)
class Entry:
    """A unit of the register."""

    code: str
    name: str
    name_en: str


def entries(city: City, register: Register) -> list[list[Entry]]:
    """Return the register's units level by level, the city first, each level in the order of its codes."""
    file = city.folder / register.file
    found: dict[str, list[Entry]] = {level.id: [] for level in city.levels}
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if row["level"] not in found:
                right = f"must be a level: {', '.join(found)}"
                raise PackError(file, where=f"line {number}: level", found=row["level"], right=right)
            found[row["level"]].append(Entry(row["code"], row["name"], row["name_en"]))
    return [sorted(units, key=lambda unit: unit.code) for units in found.values() if units]


def below(level: Level, parents: list[Entry], children: list[Entry]) -> list[list[Entry]]:
    """Return the children of each parent: those whose codes begin with the parent's own digits."""
    if level.code is None:
        msg = f"level {level.id!r} declares no code layout"
        raise ValueError(msg)
    found: dict[str, list[Entry]] = {level.code.own(parent.code): [] for parent in parents}
    for child in children:
        found[level.code.own(child.code)].append(child)
    return list(found.values())


def polygons(city: City, register: Register, units: list[Entry]) -> Polygons:
    """Return the given polygons in the order of the units, in the datum the file declares."""
    file = city.folder / register.polygons
    frame = gpd.read_file(file).set_index("code")
    missing = [unit.code for unit in units if unit.code not in frame.index]
    if missing:
        raise PackError(file, where="code", found=missing[0], right="every unit of this level needs a polygon")
    return np.asarray(frame.geometry.loc[[unit.code for unit in units]].to_numpy(), dtype=object)
