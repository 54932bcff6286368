"""FlatGeobuf: the format for large sets of polygons."""

from etl.vector import VectorReader

read = VectorReader("FlatGeobuf", frozenset({"FlatGeobuf"}))
