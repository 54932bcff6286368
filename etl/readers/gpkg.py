"""GeoPackage: one layer of an SQLite file."""

from pathlib import Path

from etl.vector import VectorReader

UNKNOWN = "an srs_id that it does not describe"
NONE = "Undefined geographic SRS"


def system(_: Path, understood: str | None) -> str | None:
    """Return the reference system: each layer names one, of which the number 0 means that it is not known."""
    return None if NONE in (understood or "") else understood or UNKNOWN


read = VectorReader("a GeoPackage", frozenset({"GPKG"}), system=system)
