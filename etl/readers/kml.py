"""KML: placemarks with their data."""

from etl.vector import VectorReader

read = VectorReader("KML", frozenset({"KML", "LIBKML"}), folders=True)
