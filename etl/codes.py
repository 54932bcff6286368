"""Codes of units as text, whatever a file made of them: spreadsheets and JSON like to turn them into numbers."""

import pyarrow as pa
import pyarrow.compute as pc

from etl.fields import trimmed

WHOLE = r"^([0-9]+)\.0+$"
"""A code that went through a decimal number: `311.0`."""


def codes_in(column: pa.Array) -> pa.Array:
    """Return a column as codes: whole numbers without a decimal point, what is blank as null."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        digits = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(digits, column.cast(pa.string()))
    return pc.replace_substring_regex(trimmed(column), WHOLE, r"\1")
