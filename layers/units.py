"""Questions about units: one and its children, the way down to it, their polygons.

They are about the units in force, or about those that were before an edition of the boundaries began.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    FromClause,
    RowMapping,
    ScalarSelect,
    Subquery,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from layers.model import level_bits, level_shift, load, source, unit, unit_past
from layers.questions import Question

IN_FORCE = unit.c.valid_to.is_(None)
NAMES = ("id", "last_id", "code", "level", "rank", "name", "name_en")
SHOWN = (*NAMES, "parent_id", "population", "area", "geom", "draw", "label")


@dataclass(frozen=True)
class Unit:
    """What answers need of a unit, polygons apart."""

    id: int
    last_id: int
    code: str
    level: str
    rank: int
    name: str
    name_en: str

    @classmethod
    def of(cls, row: RowMapping) -> "Unit":
        """Take a unit from a row that holds at least its columns."""
        return cls(**{name: row[name] for name in NAMES})


def in_force(before: date | None = None) -> tuple[FromClause, tuple[ColumnElement[bool], ...]]:
    """Return the units in force and the condition that they are, or those that were until an edition began."""
    if before is None:
        return unit, (IN_FORCE,)
    own, past = unit.c, unit_past.c
    ended = select(*(own[name] for name in SHOWN)).where(
        or_(own.valid_from.is_(None), own.valid_from < before), or_(own.valid_to.is_(None), own.valid_to >= before)
    )
    columns = [own.last_id if name == "last_id" else past[name] for name in SHOWN]
    changed = (
        select(*columns)
        .join_from(unit_past, unit, own.id == past.id)
        .where(or_(past.valid_from.is_(None), past.valid_from < before), past.valid_to >= before)
    )
    return union_all(ended, changed).subquery("held"), ()


def one(code: str, before: date | None = None) -> Question:
    """Ask for a unit."""
    held, live = in_force(before)
    return select(*(held.c[name] for name in NAMES)).where(held.c.code == code, *live)


def family(code: str, before: date | None = None) -> Question:
    """Ask for a unit and its direct children: the unit first, then the children by code."""
    held, live = in_force(before)
    own = _id_of(code, before)
    return (
        select(*(held.c[name] for name in NAMES))
        .where(*live, or_(held.c.id == own, held.c.parent_id == own))
        .order_by(held.c.id != own, held.c.code)
    )


def level_below(of: Unit, rank: int, before: date | None = None) -> Question:
    """Ask for all units of a level below a unit, by code."""
    table, live = in_force(before)
    held = table.c
    named = select(*(held[name] for name in NAMES))
    return named.where(*live, held.id.between(of.id, of.last_id), held.rank == rank).order_by(held.code)


def described(code: str, before: date | None = None) -> Question:
    """Ask for everything people see of one unit but its polygon; `area` is in square kilometres."""
    table, live = in_force(before)
    held = table.c
    return select(
        *(held[name] for name in NAMES),
        held.population,
        (held.area / 1e6).label("area"),
        func.ST_X(held.label).label("lon"),
        func.ST_Y(held.label).label("lat"),
        func.ST_XMin(held.geom).label("west"),
        func.ST_YMin(held.geom).label("south"),
        func.ST_XMax(held.geom).label("east"),
        func.ST_YMax(held.geom).label("north"),
    ).where(held.code == code, *live)


def listed() -> Question:
    """Ask for all units, the higher levels first, with their parents and where their names are written."""
    return (
        select(
            *(unit.c[name] for name in NAMES),
            unit.c.parent_id,
            func.ST_X(unit.c.label).label("lon"),
            func.ST_Y(unit.c.label).label("lat"),
        )
        .where(IN_FORCE)
        .order_by(unit.c.rank, unit.c.code)
    )


def grounds() -> Question:
    """Ask where all units in force are and how large, in the order of their ids; `area` is in square metres."""
    held = unit.c
    edges = {"west": func.ST_XMin, "south": func.ST_YMin, "east": func.ST_XMax, "north": func.ST_YMax}
    return (
        select(
            *(held[name] for name in ("id", "last_id", "code", "rank", "parent_id", "area")),
            func.ST_X(held.label).label("lon"),
            func.ST_Y(held.label).label("lat"),
            *(of(held.draw).label(edge) for edge, of in edges.items()),
        )
        .where(IN_FORCE)
        .order_by(held.id)
    )


def at(lon: float, lat: float, before: date | None = None) -> Question:
    """Ask for the units that hold a point in degrees, the deepest first."""
    table, live = in_force(before)
    held = table.c
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    named = select(*(held[name] for name in NAMES))
    return named.where(*live, func.ST_Intersects(held.geom, point)).order_by(held.rank.desc(), held.id)


def by_ids(ids: Iterable[int], before: date | None = None) -> Question:
    """Ask for units by their ids, the highest first; of today, also for those that have ended."""
    table = in_force(before)[0]
    return select(*(table.c[name] for name in NAMES)).where(table.c.id.in_(list(ids))).order_by(table.c.rank)


def highest(before: date | None = None) -> Question:
    """Ask for the codes of the city and its direct children, to name them when a unit is not there."""
    held, live = in_force(before)
    return select(held.c.code).where(*live, held.c.rank <= 1).order_by(held.c.code)


def _id_of(code: str, before: date | None) -> ScalarSelect[int]:
    held, live = in_force(before)
    return select(held.c.id).where(held.c.code == code, *live).correlate(None).scalar_subquery()


def spans(code: str) -> Question:
    """Ask from when until when (not included) there were units of a code, the first first; no date is an open end."""
    versions = union_all(
        *(select(table.c.valid_from, table.c.valid_to).where(table.c.code == code) for table in (unit, unit_past))
    ).subquery("version")
    begins, ends = versions.c.valid_from, versions.c.valid_to
    lived = or_(begins.is_(None), ends.is_(None), begins < ends)
    return select(begins, ends).where(lived).order_by(begins.nulls_first())


def ancestor_ids(unit_id: int, levels: int) -> list[int]:
    """Return the ids on the way from the city to a unit, the unit's own last."""
    mask = (1 << level_bits(levels)) - 1
    shifts = [level_shift(rank, levels) for rank in range(levels)]
    return [unit_id >> shift << shift for shift in shifts if unit_id >> shift & mask]


def edition(unit_sources: Iterable[str]) -> Question:
    """Ask which load brought the present units: its id and its time, together a name for their polygons."""
    return (
        select(load.c.id, load.c.started_at)
        .join(source)
        .where(source.c.code.in_(list(unit_sources)), load.c.state == "published")
        .order_by(load.c.id.desc())
        .limit(1)
    )


def _drawn(code: str, *, outline: bool, rank: int | None, before: date | None) -> Subquery:
    table, live = in_force(before)
    held = table.c
    meant = (held.id if outline else held.parent_id) == _id_of(code, before)
    if rank is not None:
        ends = [select(held[end]).where(held.code == code, *live) for end in ("id", "last_id")]
        first, last = (end.correlate(None).scalar_subquery() for end in ends)
        meant = held.id.between(first, last) & (held.rank == rank)
    return (
        select(
            held.code,
            held.name,
            held.name_en,
            held.level,
            func.ST_X(held.label).label("lon"),
            func.ST_Y(held.label).label("lat"),
            (held.area / 1e6).label("area"),
            held.draw.label("geom"),
        )
        .where(*live, meant)
        .order_by(held.code)
        .subquery("drawn")
    )


def geobuf(code: str, *, outline: bool = False, rank: int | None = None, before: date | None = None) -> Question:
    """Ask whether a unit is known, and for polygons as one Geobuf: its children's, its own, or those of a level."""
    drawn = _drawn(code, outline=outline, rank=rank, before=before).table_valued()
    return _answer(code, select(func.ST_AsGeobuf(drawn, literal_column("'geom'"))), before)


def geojson(code: str, *, outline: bool = False, before: date | None = None) -> Question:
    """Ask for the same as GeoJSON text."""
    drawn = _drawn(code, outline=outline, rank=None, before=before).table_valued()
    feature = func.ST_AsGeoJSON(drawn, literal_column("'geom'"), 6)
    features = func.coalesce(func.string_agg(feature, literal_column("','")), "")
    return _answer(code, select(func.concat('{"type":"FeatureCollection","features":[', features, "]}")), before)


def _answer(code: str, polygons: Question, before: date | None) -> Question:
    known = one(code, before).exists()
    return select(known.label("known"), polygons.scalar_subquery().label("polygons"))
