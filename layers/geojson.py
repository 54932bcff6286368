"""GeoJSON written by the database, as expressions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal

DIGITS = 6
"""Of degrees: about ten centimetres."""
Properties = Mapping[str, ColumnElement[Any]]


def feature_of(shape: ColumnElement[object], said: Properties) -> ColumnElement[object]:
    """Return a feature that leaves out what it does not know."""
    properties = func.json_strip_nulls(object_of(said))
    return object_of({"type": text("Feature"), "geometry": shape, "properties": properties})


def object_of(values: Properties) -> ColumnElement[object]:
    """Return an object with these values."""
    return func.json_build_object(*(part for name, value in values.items() for part in (text(name), value)))


def text(value: str) -> ColumnElement[str]:
    """Return a text that the database knows for one."""
    return cast(literal(value), String)
