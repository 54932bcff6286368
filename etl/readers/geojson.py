"""GeoJSON: one feature a row, always with a geometry member."""

from etl.systems import member
from etl.vector import VectorReader

read = VectorReader(
    "GeoJSON",
    frozenset({"GeoJSON", "GeoJSONSeq"}),
    options={"DATE_AS_STRING": "YES"},
    single=True,
    system=member,
)
