"""TopoJSON: one object of a topology, its shapes put together from shared arcs."""

from etl.systems import member
from etl.vector import VectorReader

read = VectorReader("TopoJSON", frozenset({"TopoJSON"}), system=member)
