"""GeoPackage: one layer of an SQLite file."""

from etl.vector import VectorReader

read = VectorReader("a GeoPackage", frozenset({"GPKG"}))
