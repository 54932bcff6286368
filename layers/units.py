"""Questions about the units in force: one and its children, the way down to it, their polygons."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping, Subquery, func, literal_column, or_, select

from layers.model import level_bits, level_shift, load, source, unit
from layers.questions import Question

IN_FORCE = unit.c.valid_to.is_(None)
NAMED = (unit.c.id, unit.c.last_id, unit.c.code, unit.c.level, unit.c.rank, unit.c.name, unit.c.name_en)


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
        return cls(**{column.name: row[column.name] for column in NAMED})


def one(code: str) -> Question:
    """Ask for a unit."""
    return select(*NAMED).where(unit.c.code == code, IN_FORCE)


def family(code: str) -> Question:
    """Ask for a unit and its direct children: the unit first, then the children by code."""
    own = select(unit.c.id).where(unit.c.code == code, IN_FORCE).scalar_subquery()
    return (
        select(*NAMED)
        .where(IN_FORCE, or_(unit.c.id == own, unit.c.parent_id == own))
        .order_by(unit.c.id != own, unit.c.code)
    )


def level_below(of: Unit, rank: int) -> Question:
    """Ask for all units of a level below a unit, by code."""
    inside = unit.c.id.between(of.id, of.last_id)
    return select(*NAMED).where(IN_FORCE, inside, unit.c.rank == rank).order_by(unit.c.code)


def described(code: str) -> Question:
    """Ask for everything people see of one unit but its polygon; `area` is in square kilometres."""
    return select(
        *NAMED,
        unit.c.population,
        (unit.c.area / 1e6).label("area"),
        func.ST_X(unit.c.label).label("lon"),
        func.ST_Y(unit.c.label).label("lat"),
        func.ST_XMin(unit.c.geom).label("west"),
        func.ST_YMin(unit.c.geom).label("south"),
        func.ST_XMax(unit.c.geom).label("east"),
        func.ST_YMax(unit.c.geom).label("north"),
    ).where(unit.c.code == code, IN_FORCE)


def listed() -> Question:
    """Ask for all units, the higher levels first, with their parents and where their names are written."""
    return (
        select(*NAMED, unit.c.parent_id, func.ST_X(unit.c.label).label("lon"), func.ST_Y(unit.c.label).label("lat"))
        .where(IN_FORCE)
        .order_by(unit.c.rank, unit.c.code)
    )


def at(lon: float, lat: float) -> Question:
    """Ask for the units that hold a point in degrees, the deepest first."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    return select(*NAMED).where(IN_FORCE, func.ST_Intersects(unit.c.geom, point)).order_by(unit.c.rank.desc())


def by_ids(ids: Iterable[int]) -> Question:
    """Ask for units by their ids, the highest first."""
    return select(*NAMED).where(unit.c.id.in_(list(ids))).order_by(unit.c.rank)


def highest() -> Question:
    """Ask for the codes of the city and its direct children, to name them when a unit is not there."""
    return select(unit.c.code).where(IN_FORCE, unit.c.rank <= 1).order_by(unit.c.code)


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


def _drawn(code: str, *, outline: bool) -> Subquery:
    own = select(unit.c.id).where(unit.c.code == code, IN_FORCE).scalar_subquery()
    return (
        select(
            unit.c.code,
            unit.c.name,
            unit.c.name_en,
            unit.c.level,
            func.ST_X(unit.c.label).label("lon"),
            func.ST_Y(unit.c.label).label("lat"),
            (unit.c.area / 1e6).label("area"),
            unit.c.draw.label("geom"),
        )
        .where(IN_FORCE, (unit.c.id if outline else unit.c.parent_id) == own)
        .order_by(unit.c.code)
        .subquery("drawn")
    )


def geobuf(code: str, *, outline: bool = False) -> Question:
    """Ask whether a unit is known, and for the polygons of its children (or its own outline) as one Geobuf."""
    polygons = select(func.ST_AsGeobuf(_drawn(code, outline=outline).table_valued(), literal_column("'geom'")))
    return _answer(code, polygons)


def geojson(code: str, *, outline: bool = False) -> Question:
    """Ask for the same as GeoJSON text."""
    feature = func.ST_AsGeoJSON(_drawn(code, outline=outline).table_valued(), literal_column("'geom'"), 6)
    features = func.coalesce(func.string_agg(feature, literal_column("','")), "")
    return _answer(code, select(func.concat('{"type":"FeatureCollection","features":[', features, "]}")))


def _answer(code: str, polygons: Question) -> Question:
    known = select(unit.c.id).where(unit.c.code == code, IN_FORCE).exists()
    return select(known.label("known"), polygons.scalar_subquery().label("polygons"))
