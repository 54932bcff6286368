"""The tables. `migrations/` builds them; statements elsewhere are written against these names.

A unit's id is hierarchical: every level owns a fixed run of bits, so the units below one are the ids from `id` to
`last_id`, and the ancestor of any id on any level is a mask away. Drill-down answers need no geometry and no join.
"""

from enum import IntEnum

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB

ID_BITS = 60
metadata = MetaData()
RETIRED = "when a snapshot came without the row; null while it is in force"
LIVE = text("retired_at IS NULL")
"""Retired rows are kept and nothing more: no question, count or index but that of the key knows them."""


KEY = text('key COLLATE "C"')
"""In the order of bytes, keys that begin alike stand together, whatever language the database speaks."""
LETTERS = text("string_to_array(lower(name), NULL::text)")


class Status(IntEnum):
    """The life of an incident; the numbers are what the tables hold."""

    REPORTED = 1
    ACCEPTED = 2
    DISPATCHED = 3
    RESOLVED = 4
    CLOSED = 5


class Grain(IntEnum):
    """How long a period of `incident_count` is."""

    DAY = 1
    MONTH = 2


COUNTED = {
    "n": "all; what is in none of the other statuses is reported",
    "accepted": "",
    "dispatched": "",
    "resolved": "",
    "closed": "",
    "on_time": "closed no later than due",
    "late": "open, and due before settings.judged_at",
    "late_accepted": "",
    "late_dispatched": "",
    "late_resolved": "",
}
"""The numbers of a row of `incident_count`: a status has a column, so that an incident that moves on leaves no row."""
KINDS_BY_DAY, KINDS_BY_MONTH, TOTALS_BY_DAY = 1, 2, 2
"""The deepest levels whose incidents are counted by category and day, by category and month, in all by day.

In all by month they are counted on every level. `sql/roll_up.sql` says the same."""


def level_bits(levels: int) -> int:
    """Return how many bits each of a city's levels owns in a unit's id."""
    return ID_BITS // levels


def level_shift(rank: int, levels: int) -> int:
    """Return the bits below a level: `id >> shift << shift` is the ancestor on that level."""
    return (levels - 1 - rank) * level_bits(levels)


unit = Table(
    "unit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("last_id", BigInteger, nullable=False, comment="the greatest id that may lie below"),
    Column("code", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False, comment="0 is the city"),
    Column("parent_id", BigInteger, ForeignKey("unit.id")),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("population", Integer),
    Column("area", Double, nullable=False, comment="square metres on the ellipsoid"),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("draw", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("label", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date, comment="null while in force"),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False),
    Index("unit_code", "code", unique=True, postgresql_where=text("valid_to IS NULL")),
    Index("unit_parent", "parent_id", "code"),
    Index("unit_geom", "geom", postgresql_using="gist"),
)

unit_past = Table(
    "unit_past",
    metadata,
    Column("id", BigInteger, nullable=False, comment="the unit's, which it kept"),
    Column("code", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("parent_id", BigInteger),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("population", Integer),
    Column("area", Double, nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("draw", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    Column("label", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date, nullable=False),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False),
    PrimaryKeyConstraint("id", "valid_to"),
)
"""What units were before a later edition changed them; units that ended stand in `unit`, with `valid_to`."""

category = Table(
    "category",
    metadata,
    Column("id", SmallInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("parent_id", SmallInteger, ForeignKey("category.id")),
    Column("hours", Double, nullable=False, comment="time limit"),
)

source = Table(
    "source",
    metadata,
    Column("id", SmallInteger, Identity(), primary_key=True),
    Column("code", Text, nullable=False, unique=True),
)

load = Table(
    "load",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source_id", SmallInteger, ForeignKey("source.id"), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("state", Text, nullable=False, comment="running, published, unchanged, held, failed, interrupted"),
    Column("data_time", DateTime(timezone=True), comment="how recent the data says it is"),
    Column("rows_read", BigInteger),
    Column("rows_loaded", BigInteger),
    Column("rows_unchanged", BigInteger),
    Column("rows_rejected", BigInteger),
    Column("rows_retired", BigInteger, comment="kept, but gone from the files of a snapshot"),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Index("load_source", "source_id", text("id DESC")),
)

reject = Table(
    "reject",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("load_id", BigInteger, ForeignKey("load.id", ondelete="CASCADE"), nullable=False),
    Column("file", Text, nullable=False),
    Column("row_number", BigInteger, nullable=False, comment="1 is the first row of data"),
    Column("reason", Text, nullable=False, comment="a short code, the same for the same mistake"),
    Column("message", Text, nullable=False),
    Column("row", JSON, nullable=False, comment="the row as the source sent it, its columns in their order"),
    Column("key", Text, comment="what makes it the same row at the next load, where that can be told"),
    Column("resolved_by", BigInteger, ForeignKey("load.id"), comment="the load that brought the row in after all"),
    Column("hash", BigInteger, comment="of all that is said of it; what comes again as it was is not written again"),
    Index("reject_load", "load_id", "id"),
)

source_shape = Table(
    "source_shape",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source_id", SmallInteger, ForeignKey("source.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="format, path and layer: files that should look alike"),
    Column("columns", JSON, nullable=False, comment="name to type, in the order of the file"),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False, comment="the load that first saw it"),
    Index("source_shape_kind", "source_id", "kind"),
)
"""The columns that a source's files are known to have; files of other columns stop a load."""

remembered = Table(
    "remembered",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source_id", SmallInteger, ForeignKey("source.id"), nullable=False),
    Column("recipe", Text, nullable=False, comment="what tells whether rows become what they became before"),
    Column("rows", LargeBinary, nullable=False, comment="hashes and times, as etl/memory.py says"),
    Index("remembered_source", "source_id"),
    prefixes=["UNLOGGED"],
)
"""What rows became when they were loaded; it may be emptied at any time."""

feature = Table(
    "feature",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("source_id", SmallInteger, ForeignKey("source.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text),
    Column("unit_id", BigInteger, nullable=False),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False)),
    Column("attributes", JSONB, nullable=False),
    Column("row_hash", BigInteger, nullable=False),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False),
    Column("retired_at", DateTime(timezone=True), comment=RETIRED),
    UniqueConstraint("layer", "source_id", "key"),
    Index("feature_unit", "layer", "unit_id", postgresql_where=LIVE),
    Index("feature_geom", "geom", postgresql_using="gist", postgresql_where=LIVE),
    Index("feature_key", KEY, postgresql_where=LIVE),
    Index("feature_letters", LETTERS, postgresql_using="gin", postgresql_where=LIVE),
)

incident = Table(
    "incident",
    metadata,
    # PostgreSQL walks through a row up to the last column that it needs: what questions test and count comes first.
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("unit_id", BigInteger, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("row_hash", BigInteger, nullable=False),
    Column("load_id", BigInteger, ForeignKey("load.id"), nullable=False),
    Column("source_id", SmallInteger, ForeignKey("source.id"), nullable=False),
    Column("category_id", SmallInteger, ForeignKey("category.id"), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("severity", SmallInteger),
    Column("retired_at", DateTime(timezone=True), comment=RETIRED),
    Column("closed_at", DateTime(timezone=True)),
    Column("attributes", JSONB),
    Column("title", Text),
    Column("address", Text),
    # In the order of bytes, keys that begin alike stand together, whatever language the database speaks.
    Column("key", Text(collation="C"), nullable=False),
    Column("channel", Text),
    Column("accepted_at", DateTime(timezone=True)),
    Column("dispatched_at", DateTime(timezone=True)),
    Column("resolved_at", DateTime(timezone=True)),
    Column("geom", Geometry("POINT", 4326, spatial_index=False)),
    Index("incident_key", "source_id", "key", unique=True),
    Index(
        "incident_unit",
        "unit_id",
        "reported_at",
        # All that counting looks at, so that a unit with few incidents, or what no count knows, is counted from here.
        postgresql_include=["category_id", "status", "source_id", "severity", "closed_at", "due_at", "channel"],
        postgresql_where=LIVE,
    ),
    Index(
        "incident_kind",
        "category_id",
        "unit_id",
        "reported_at",
        postgresql_include=["status", "source_id", "closed_at", "due_at"],
        postgresql_where=LIVE,
    ),
    Index("incident_recent", text("reported_at DESC"), text("id DESC"), postgresql_where=LIVE),
    Index(
        "incident_open",
        "due_at",
        postgresql_include=["unit_id", "category_id", "status", "source_id", "reported_at"],
        postgresql_where=text("status < 5 AND retired_at IS NULL"),
    ),
    Index("incident_geom", "geom", postgresql_using="gist", postgresql_where=LIVE),
)

incident_change = Table(
    "incident_change",
    metadata,
    Column("id", BigInteger, Identity(), nullable=False),
    # No reference: to check it locks every incident that a load changes, which logs its page.
    Column("incident_id", BigInteger, nullable=False),
    Column("load_id", BigInteger, ForeignKey("load.id"), comment="null: somebody did it by hand"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("changed", JSONB, nullable=False, comment='{"status": ["accepted", "closed"], …}: from, to'),
    PrimaryKeyConstraint("incident_id", "id"),
)
"""What loads, and people who pinned them, changed of incidents that were there already."""

incident_count = Table(
    "incident_count",
    metadata,
    Column("rank", SmallInteger, comment="the level counted on"),
    Column("grain", SmallInteger),
    Column("unit_id", BigInteger),
    Column("category_id", SmallInteger, comment="0 is all of them"),
    Column("period", Date, comment="the local day, or the first day of the local month"),
    Column("source_id", SmallInteger),
    *(Column(name, Integer, nullable=False, comment=said or None) for name, said in COUNTED.items()),
    PrimaryKeyConstraint("rank", "grain", "unit_id", "category_id", "period", "source_id"),
    # No index has the numbers, and pages have room: a count that changes stays where it is, and no index is written.
    postgresql_with={"fillfactor": 80},
)
"""Incidents of every unit with all below it. Kept by the triggers of `sql/roll_up.sql`, whoever writes `incident`.

What is kept of which level, `KINDS_BY_DAY` and the other constants say: below, there would be a row per incident.
"""

change = Table(
    "change",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("transaction", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("kind", Text, nullable=False, comment="load, incident"),
    Column("detail", JSONB, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("only", Boolean, primary_key=True, server_default=text("true")),
    Column("city_code", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("levels", SmallInteger, nullable=False),
    Column(
        "judged_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("'1970-01-01 00:00:00+00'"),
        comment="what was due before and is open is counted as late",
    ),
)
"""The one row that the triggers need: of the city pack, and how far the counts know what is late."""
