"""A made-up city: every file its sources ask for, from the pack and a seed."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import shapely

from layers.pack import City
from layers.specs import SourceSpec
from simulate import features, incidents
from simulate.flaws import Flawed, spoil_texts
from simulate.partition import Partition, build
from simulate.places import Ground
from simulate.plan import read
from simulate.values import Column
from simulate.write import points, render, shapes, write

Report = Callable[[str, int, int], None]
MARKER = "made.json"


def make(city: City, inbox: Path, *, rows: int, now: datetime, report: Report | None = None) -> None:
    """Write all files below the inbox, once: a second call with the same pack and rows returns at once.

    Files appear whole: they are written beside the inbox's own and renamed, the marker last.
    """
    print_of_all = fingerprint(city, rows)
    marker = inbox / MARKER
    if marker.is_file() and json.loads(marker.read_text(encoding="utf-8")).get("fingerprint") == print_of_all:
        return
    marker.unlink(missing_ok=True)
    fresh = inbox / ".making"
    shutil.rmtree(fresh, ignore_errors=True)
    _make(city, fresh, rows=rows, now=now, report=report or _silent)
    made = {"fingerprint": print_of_all, "rows": rows, "now": now.isoformat()}
    (fresh / MARKER).write_text(json.dumps(made, indent=2), encoding="utf-8")
    _publish(fresh, inbox)


def fingerprint(city: City, rows: int) -> str:
    """Return what the files depend on, in short: the pack's files, this package's code, the number of rows."""
    digest = hashlib.sha256(f"{rows}".encode())
    here = Path(__file__).resolve().parent
    for folder, pattern in ((city.folder, "**/*"), (here, "*.py")):
        for file in sorted(folder.glob(pattern)):
            if file.is_file() and file.suffix in {".toml", ".csv", ".geojson", ".py"}:
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _make(city: City, folder: Path, *, rows: int, now: datetime, report: Report) -> None:
    """Make everything in a folder of its own."""
    plan = read(city.folder)
    total = 2 + len(plan.features) + len(plan.incidents)
    report("partition", 0, total)
    partition = build(city, plan)
    for source in city.sources.values():
        if source.feeds == "units":
            write_units(folder, city, source, partition)
    ground = Ground(partition)
    for done, name in enumerate(plan.features, start=1):
        report(name, done, total)
        write_columns(folder, city, city.sources[name], features.columns(plan, ground, name, now))
    world = incidents.world(city, plan, ground, rows=rows, now=now)
    counts = shared(rows, [plan.incidents[name].share for name in plan.incidents])
    broken: dict[str, object] = {}
    for done, (name, count) in enumerate(zip(plan.incidents, counts, strict=True), start=1 + len(plan.features)):
        report(name, done, total)
        columns, flawed = incidents.columns(world, name, count)
        write_columns(folder, city, city.sources[name], columns, flawed)
        broken[name] = flawed.truth(count)
    _write_truth(folder / "truth", world, broken)
    report("truth", total, total)


def shared(rows: int, shares: list[float]) -> list[int]:
    """Share rows among the sources; the first gets what rounding leaves."""
    counts = [round(rows * share / sum(shares)) for share in shares]
    counts[0] += rows - sum(counts)
    return counts


def write_units(folder: Path, city: City, source: SourceSpec, partition: Partition) -> None:
    """Write every level's units in one file, parents before children."""
    parts: dict[str, list[Column]] = {name: [] for name in ("code", "level", "name", "name_en", "parent", "population")}
    above = np.array([""], dtype=object)
    for units in partition.levels:
        codes = np.array([unit.code for unit in units.entries], dtype=object)
        parts["code"].append(codes)
        parts["level"].append(np.full(len(codes), units.level, dtype=object))
        parts["name"].append(np.array([unit.name for unit in units.entries], dtype=object))
        parts["name_en"].append(np.array([unit.name_en for unit in units.entries], dtype=object))
        parts["parent"].append(above[units.parent])
        parts["population"].append(units.people)
        above = codes
    columns = {name: np.concatenate(part) for name, part in parts.items()}
    pieces, of = shapely.get_parts(np.concatenate([units.polygons for units in partition.levels]), return_index=True)
    polygons = np.asarray(shapely.multipolygons(pieces, indices=of))
    write(folder / file_name(source, source.id), source, render(city, source, columns), polygons)


def write_columns(
    folder: Path, city: City, source: SourceSpec, columns: dict[str, Column], flawed: Flawed | None = None
) -> None:
    """Write a source's rows; where its path asks for several files, one for each year."""
    table = render(city, source, columns)
    if flawed is not None:
        spoil_texts(table, source, flawed)
    geometry = None
    if source.read.format != "csv":
        geometry = shapes(source, columns[features.SHAPE]) if features.SHAPE in columns else points(source, columns)
    if "*" not in source.read.path or "reported_at" not in columns:
        write(folder / file_name(source, source.id), source, table, geometry)
        return
    year = columns["reported_at"].astype("datetime64[Y]")
    for one in np.unique(year):
        rows = year == one
        part = {name: column[rows] for name, column in table.items()}
        write(folder / file_name(source, str(one)), source, part, None if geometry is None else geometry[rows])


def file_name(source: SourceSpec, star: str) -> str:
    """Return a path that the source's pattern finds."""
    return source.read.path.replace("*", star)


def _write_truth(folder: Path, world: incidents.World, broken: dict[str, object]) -> None:
    """Write what was planted and what was broken, for tests to find again."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = {
        "outbreaks": [outbreak.truth() for outbreak in world.outbreaks],
        "hot-spots": [vars(spot) for spot in world.spots],
        "broken": broken,
    }
    for name, content in truth.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")


def _publish(fresh: Path, inbox: Path) -> None:
    """Move every file into its place, the marker last."""
    files = [file for file in sorted(fresh.rglob("*")) if file.is_file()]
    for file in sorted(files, key=lambda file: file.name == MARKER):
        place = inbox / file.relative_to(fresh)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
    shutil.rmtree(fresh)


def _silent(step: str, done: int, total: int) -> None:
    """Report nothing."""
    del step, done, total
