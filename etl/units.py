"""Units as rows: codes and parents checked, ids given, polygons mended, labelled and simplified.

A unit that is known already keeps its id; new ones get the next of their parent, in the order of their codes. Unless
the source declares an edition (see `etl.editions`), what the file no longer has stays, and new boundaries replace the
old in place; incidents and features then keep the unit they were stamped with until their own source is loaded again,
which notices that the units are others.
"""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from etl.checks import Keys, Verdicts, readable
from etl.codes import codes_in
from etl.editions import Edition
from etl.fields import Fields, Vocabulary
from etl.hierarchy import Draft, Hierarchy, Kept
from etl.incidents import geometry
from etl.load import Counts, Publication
from etl.place import moved, shift_to_wgs84
from etl.rows import Rows
from etl.shapes import drawn, labels, polygons
from etl.suspicion.boundaries import suspicions
from etl.suspicion.kinds import Kinds
from etl.suspicion.systems import Systems
from layers.errors import LoadError
from layers.model import level_shift
from layers.pack import City


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
    checked, drafts, sent = _read(words, pieces, city)
    edition = _edition(words, into, city)
    hierarchy = Hierarchy(into.driver, city, moves=edition is not None)
    given = list(hierarchy.identified(drafts))
    if city.spec.code not in hierarchy.known:
        top = city.levels[0].id
        msg = f"{words.source.id}: no unit has the city's code {city.spec.code!r}; the file needs it on level {top!r}"
        raise LoadError(msg)
    staging = into.staging("unit")
    rejects = into.rejects()
    kinds, systems = Kinds(), Systems(words.source.place)
    for verdicts in checked:
        counts.read += len(verdicts.rows) + len(verdicts.rows.broken)
        rejects.add(verdicts)
        kinds.see(verdicts.rows.shapes)
        systems.see(verdicts.rows)
    rejects.close()
    counts.rejected, counts.reasons = rejects.count, rejects.reasons
    counts.findings |= kinds.findings() | systems.findings()
    counts.suspect(suspicions(given, words.source.place, into.driver), words.source, into.request)
    if counts.held:
        return counts
    into.step("draw")
    if given:
        staging.add(_batch(given, city))
    into.step("merge")
    if edition is not None:
        _retire(edition, hierarchy, sent, counts)
    elif others := staging.taken_over():
        counts.findings["taken_over"] = [{"source": source, "units": units} for source, units in others]
    counts.loaded, counts.unchanged = staging.merge()
    if edition is not None:
        edition.note()
        edition.date()
    counts.findings |= hierarchy.findings()
    if edition is not None and (orphans := edition.orphans()):
        counts.findings["orphans"] = orphans
    counts.conserve()
    return counts


def _edition(words: Vocabulary, into: Publication, city: City) -> Edition | None:
    """Return the edition that a source declares, where the whole of it was sent.

    Raises:
        LoadError: It is yet to come into force, or a later one is.
    """
    if words.source.edition is None:
        return None
    edition = Edition(into.driver, words.source.edition, into.load)
    edition.require_begun(into.now.astimezone(city.time_zone).date(), source=words.source.id)
    if into.request.partial:
        return None
    edition.require_newer()
    return edition


def _retire(edition: Edition, hierarchy: Hierarchy, sent: set[str], counts: Counts) -> None:
    """Make room for the staged units: end what they replace, keep what they change; a row kept out ends nothing."""
    levels = {hierarchy.city.levels[hierarchy.known[code].rank].id for code in hierarchy.brought}
    retired = edition.retire(hierarchy, levels=levels, sent=sent)
    counts.retired = len(retired)
    if retired:
        counts.findings["retired"] = retired
    edition.keep_past()


def _read(words: Vocabulary, pieces: Iterable[Rows], city: City) -> tuple[list[Verdicts], list[Draft], set[str]]:
    """Return the verdicts on every piece, the units that may come in, and every code that was sent."""
    checked: list[Verdicts] = []
    drafts: list[Draft] = []
    codes: set[str] = set()
    sent: set[str] = set()
    keys = Keys(lambda asked: codes & set(asked))
    for rows in pieces:
        verdicts = Verdicts(rows)
        readable(verdicts, words.source.read.encoding)
        fields = Fields(rows, words, verdicts)
        sent |= set(_codes(fields, "code").drop_null().to_pylist())
        new = _drafts(fields, words, city, keys)
        codes |= {draft.code for draft in new}
        drafts += new
        checked.append(verdicts)
    return checked, drafts, sent


def _drafts(fields: Fields, words: Vocabulary, city: City, keys: Keys) -> list[Draft]:
    verdicts, rows = fields.verdicts, fields.rows
    ranks = {level.id: rank for rank, level in enumerate(city.levels)}
    level = fields.known("level", reason="unknown-level", ids=ranks, required=True).to_pylist()
    codes = _codes(fields, "code")
    code, parent = codes.to_pylist(), _codes(fields, "parent").to_pylist()
    name, english = fields.text("name").to_pylist(), fields.text("name_en").to_pylist()
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
    keys.check(codes, verdicts, label)
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


def _codes(fields: Fields, name: str) -> pa.Array:
    return codes_in(fields.raw(name)) if name in fields else pa.nulls(len(fields.rows), pa.string())


def _where(values: Iterable[object]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([value is not None for value in values], dtype=np.bool_)


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
