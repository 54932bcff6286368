"""Columns to and from PostgreSQL by binary COPY: no value passes through Python by itself."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pgpq
import psycopg
import pyarrow as pa
from numpy.typing import NDArray
from pgpq.encoders import StringEncoderBuilder
from pgpq.schema import Jsonb
from psycopg import sql

HEADER, TRAILER = 19, 2
"""Bytes around the rows of a binary COPY."""


def copy(driver: psycopg.Connection, table: str, batch: pa.RecordBatch) -> int:
    """Copy a batch into a table's columns of the same names; return how many rows arrived."""
    encoders = {
        item.name: StringEncoderBuilder.new_with_output(item, Jsonb())
        if item.name == "attributes"
        else pgpq.ArrowToPostgresBinaryEncoder.infer_encoder(item)
        for item in batch.schema
    }
    encoder = pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(batch.schema, encoders)
    names = sql.SQL(", ").join(map(sql.Identifier, batch.schema.names))
    with driver.cursor() as cursor:
        with cursor.copy(
            sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(table), names)
        ) as target:
            target.write(encoder.write_header())
            target.write(encoder.write_batch(batch))
            target.write(encoder.finish())
        return cursor.rowcount


def numbers_from(
    driver: psycopg.Connection, question: str, values: Mapping[str, object], **columns: str
) -> NDArray[np.void]:
    """Return what a question finds, numbers that are never null, as an array with a field for each column.

    A column's type is NumPy's, such as `i8` for a bigint; the question must give exactly that.
    """
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name} size", ">i4"), (name, f">{kind}")]
    with driver.cursor() as cursor, cursor.copy(f"COPY ({question}) TO STDOUT (FORMAT binary)", values) as found:
        content = b"".join(found)
    rows: NDArray[Any] = np.frombuffer(content[HEADER:-TRAILER], dtype=fields)
    return np.asarray(rows[list(columns)]).astype(list(columns.items()))
