"""Units as rows: codes and parents checked, ids given, polygons mended, labelled and simplified.

A unit that is known already keeps its id; new ones get the next of their parent, in the order of their codes. What the
file no longer has stays. New boundaries replace the old in place; incidents and features keep the unit they were
stamped with until their own source is loaded again, which then notices that the units are others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from etl.checks import Keys, Verdicts, readable
from etl.fields import Fields, Vocabulary
from etl.incidents import geometry
from etl.load import Counts, Publication
from etl.place import moved, shift_to_wgs84
from etl.rows import Rows
from etl.shapes import drawn, labels, polygons
from layers.errors import LoadError
from layers.model import level_bits, level_shift
from layers.pack import City


@dataclass(frozen=True)
class Draft:
    """A unit of the file that may come in if its parent does."""

    code: str
    rank: int
    name: str
    name_en: str
    parent: str | None
    population: int | None
    shape: shapely.MultiPolygon
    verdicts: Verdicts
    row: int

    def reject(self, reason: str, message: str) -> None:
        """Keep the row out after all."""
        wrong = np.zeros(len(self.verdicts.rows), dtype=np.bool_)
        wrong[self.row] = True
        self.verdicts.reject(wrong, reason, message)


@dataclass(frozen=True)
class Kept:
    """A unit that has an id."""

    id: int
    rank: int
    parent_id: int | None


def write(words: Vocabulary, pieces: Iterable[Rows], *, city: City, into: Publication, newest: datetime) -> Counts:
    """Write a source's units within the caller's transaction.

    Raises:
        LoadError: The source leaves out a field, there is no city, or a unit has more children than ids.
    """
    missing = {"code", "level", "name"} - set(words.source.fields)
    if missing:
        msg = f"{words.source.id}: units need the fields code, level and name; add {sorted(missing)}"
        raise LoadError(msg)
    counts = Counts(data_time=newest)
    checked, drafts = _read(words, pieces, city)
    known = _known(into.driver)
    given = list(_identified(drafts, known, city))
    if city.spec.code not in known:
        top = city.levels[0].id
        msg = f"{words.source.id}: no unit has the city's code {city.spec.code!r}; the file needs it on level {top!r}"
        raise LoadError(msg)
    staging = into.staging("unit")
    rejects = into.rejects()
    for verdicts in checked:
        counts.read += len(verdicts.rows) + len(verdicts.rows.broken)
        rejects.add(verdicts)
    into.step("draw")
    if given:
        staging.add(_batch(given, city))
    into.step("merge")
    counts.loaded, counts.unchanged = staging.merge()
    counts.rejected, counts.reasons = rejects.written, rejects.reasons
    counts.conserve()
    return counts


def _read(words: Vocabulary, pieces: Iterable[Rows], city: City) -> tuple[list[Verdicts], list[Draft]]:
    checked: list[Verdicts] = []
    drafts: list[Draft] = []
    codes: set[str] = set()
    keys = Keys(lambda asked: codes & set(asked))
    for rows in pieces:
        verdicts = Verdicts(rows)
        readable(verdicts)
        new = _drafts(Fields(rows, words, verdicts), words, city, keys)
        codes |= {draft.code for draft in new}
        drafts += new
        checked.append(verdicts)
    return checked, drafts


def _drafts(fields: Fields, words: Vocabulary, city: City, keys: Keys) -> list[Draft]:
    verdicts, rows = fields.verdicts, fields.rows
    ranks = {level.id: rank for rank, level in enumerate(city.levels)}
    level = fields.known("level", reason="unknown-level", ids=ranks, required=True).to_pylist()
    code, name, english, parent = (fields.text(name).to_pylist() for name in ("code", "name", "name_en", "parent"))
    people = pc.round(fields.number("population") if "population" in fields else pa.nulls(len(rows), pa.float64()))
    population = people.cast(pa.int32()).to_pylist()
    problems = [
        None if rank is None or own is None or (layout := city.levels[rank].code) is None else layout.problem(own)
        for rank, own in zip(level, code, strict=True)
    ]
    label = fields.label("code")
    verdicts.reject(
        _where(problems),
        "bad-code",
        lambda row: f"{label} is {code[row]!r}; a {city.levels[level[row]].id} code {problems[row]}",
    )
    verdicts.reject(~_where(name), "missing-name", f"{fields.label('name')} is empty")
    sent = rows.shapes if rows.shapes is not None else np.full(len(rows), None, dtype=object)
    verdicts.reject(~_where(sent), "missing-geometry", "the row has no geometry; a unit needs a polygon")
    shapes = polygons(moved(sent, shift_to_wgs84(words.source.place, rows.crs)))
    verdicts.reject(
        ~_where(shapes),
        "wrong-geometry",
        lambda row: f"the geometry is a {sent[row].geom_type}; a unit needs a polygon",
    )
    keys.check(fields.text("code"), verdicts, label)
    return [
        Draft(
            code=code[row],
            rank=level[row],
            name=name[row],
            name_en=english[row] or name[row],
            parent=parent[row],
            population=population[row],
            shape=shapes[row],
            verdicts=verdicts,
            row=row,
        )
        for row in np.flatnonzero(verdicts.good).tolist()
    ]


def _where(values: Iterable[object]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([value is not None for value in values], dtype=np.bool_)


def _known(driver: psycopg.Connection) -> dict[str, Kept]:
    found = driver.execute("SELECT code, id, rank, parent_id FROM unit WHERE valid_to IS NULL")
    return {code: Kept(number, rank, parent) for code, number, rank, parent in found}


def _identified(drafts: list[Draft], known: dict[str, Kept], city: City) -> Iterator[tuple[Draft, Kept]]:
    """Yield every unit whose parent is in, with its id, from the city down; `known` grows on the way."""
    last: dict[tuple[int | None, int], int] = {}
    for kept in known.values():
        run = (kept.parent_id, kept.rank)
        last[run] = max(last.get(run, 0), _ordinal(kept, city))
    for draft in sorted(drafts, key=lambda item: (item.rank, item.code)):
        parent = _parent(draft, known, city)
        if not draft.verdicts.good[draft.row]:
            continue
        parent_id = parent.id if parent else None
        kept_now = known.get(draft.code)
        if kept_now is not None and (kept_now.rank, kept_now.parent_id) != (draft.rank, parent_id):
            draft.reject(
                "moved-unit", f"the unit {draft.code!r} stood at another place of the hierarchy; give it a new code"
            )
            continue
        if kept_now is None:
            run = (parent_id, draft.rank)
            last[run] = last.get(run, 0) + 1
            kept_now = known[draft.code] = _new(draft, parent, last[run], city)
        yield draft, kept_now


def _ordinal(kept: Kept, city: City) -> int:
    return (kept.id - (kept.parent_id or 0)) >> level_shift(kept.rank, len(city.levels))


def _new(draft: Draft, parent: Kept | None, ordinal: int, city: City) -> Kept:
    room = (1 << level_bits(len(city.levels))) - 1
    if ordinal > room:
        msg = f"no id is left for {draft.code!r}: a unit has room for {room} below it on each level; split it in two"
        raise LoadError(msg)
    above = parent.id if parent else 0
    return Kept(
        above + (ordinal << level_shift(draft.rank, len(city.levels))), draft.rank, parent.id if parent else None
    )


def _parent(draft: Draft, known: Mapping[str, Kept], city: City) -> Kept | None:
    """Return the unit above, or reject the draft."""
    if draft.rank == 0:
        if draft.code != city.spec.code:
            draft.reject("wrong-city", f"the city's code is {draft.code!r}; this pack is of {city.spec.code!r}")
        return None
    layout, above = city.levels[draft.rank].code, city.levels[draft.rank - 1]
    by_code = above.code.own(draft.code).ljust(above.code.length, "0") if layout and above.code else None
    if draft.rank == 1 and by_code is None and draft.parent is None:
        by_code = city.spec.code
    code = draft.parent or by_code
    if by_code is not None and code != by_code:
        draft.reject("wrong-parent", f"the parent is {code!r}, but the code {draft.code!r} belongs below {by_code!r}")
    elif code is None or code not in known:
        draft.reject("missing-parent", f"the unit {draft.code!r} belongs below {code!r}, which is not there")
    elif known[code].rank >= draft.rank:
        draft.reject("wrong-parent", f"the parent {code!r} is not on a level above {city.levels[draft.rank].id!r}")
    else:
        return known[code]
    return None


def _batch(given: list[tuple[Draft, Kept]], city: City) -> pa.RecordBatch:
    shapes = np.array([draft.shape for draft, _ in given], dtype=object)
    ranks = np.array([draft.rank for draft, _ in given], dtype=np.int16)
    south, north = shapely.total_bounds(shapes)[[1, 3]]
    draw = np.empty(len(shapes), dtype=object)
    for rank in np.unique(ranks):
        at = ranks == rank
        draw[at] = drawn(shapes[at], metres=city.levels[rank].tolerance, latitude=(south + north) / 2)
    # The lowest level is many and small: any point inside will do there.
    middle = labels(shapes, careful=ranks < len(city.levels) - 1)
    spans = [(1 << level_shift(kept.rank, len(city.levels))) - 1 for _, kept in given]
    return pa.RecordBatch.from_pydict(
        {
            "id": pa.array([kept.id for _, kept in given], pa.int64()),
            "last_id": pa.array([kept.id + span for (_, kept), span in zip(given, spans, strict=True)], pa.int64()),
            "code": pa.array([draft.code for draft, _ in given]),
            "level": pa.array([city.levels[rank].id for rank in ranks]),
            "rank": pa.array(ranks),
            "parent_id": pa.array([kept.parent_id for _, kept in given], pa.int64()),
            "name": pa.array([draft.name for draft, _ in given]),
            "name_en": pa.array([draft.name_en for draft, _ in given]),
            "population": pa.array([draft.population for draft, _ in given], pa.int32()),
            "geom": geometry(shapes),
            "draw": geometry(draw),
            "label": geometry(middle),
        }
    )
