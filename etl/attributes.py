"""Columns to one column of JSON objects, without touching a row by itself."""

import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CONTROLS = "[\x01-\x1f]"


def objects(columns: Mapping[str, pa.Array], size: int) -> pa.Array:
    """Return a JSON object for each row, with the values that are not null."""
    members = [_member(name, column) for name, column in columns.items()]
    if not members:
        return pa.repeat("{}", size)
    # Every member brings its comma: Arrow's own way to skip nulls loses the rows that have nothing else.
    joined = pc.binary_join_element_wise("{", *members, "}", "")
    return pc.replace_substring(joined, "{,", "{", max_replacements=1)


def _member(name: str, column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_floating(kind):
        finite = np.isfinite(column.to_numpy(zero_copy_only=False))
        value = pc.if_else(pa.array(finite), column, None).cast(pa.string())
    elif pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        value = column.cast(pa.string())
    else:
        value = pc.binary_join_element_wise('"', escaped(column.cast(pa.string())), '"', "")
    member = pc.binary_join_element_wise(f",{json.dumps(name, ensure_ascii=False)}:", value, "")
    return pc.fill_null(member, "")


def escaped(text: pa.Array) -> pa.Array:
    """Return text as it may stand between the quotes of JSON."""
    text = pc.replace_substring(text, "\\", "\\\\")
    text = pc.replace_substring(text, '"', '\\"')
    if pc.any(pc.match_substring_regex(text, CONTROLS)).as_py():
        for code in range(1, 32):
            text = pc.replace_substring(text, chr(code), f"\\u{code:04x}")
    return text
