"""Columns to and from PostgreSQL in its binary forms: no value passes through Python by itself."""

from collections.abc import Mapping

import numpy as np
import pgpq
import psycopg
import pyarrow as pa
from numpy.typing import NDArray
from pgpq.encoders import StringEncoderBuilder
from pgpq.schema import Jsonb
from psycopg import sql

ARRAY_HEADER = 20
"""Bytes before the elements of an array of one dimension, each of which says its size first (`array_send`)."""


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

    A column's type is NumPy's, such as `i8` for a bigint; the question must give exactly that. Each column comes as one
    array of PostgreSQL's: a million rows that come one by one take seconds to be received.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    sent = sql.SQL(", ").join(sql.SQL("array_send(array_agg({}))").format(sql.Identifier(name)) for name in columns)
    whole = sql.SQL("SELECT {} FROM ({}) AS found ({})").format(sent, sql.SQL(question), names)
    with driver.cursor(binary=True) as cursor:
        arrays = cursor.execute(whole, values).fetchone()
    if arrays is None or arrays[0] is None:
        return np.empty(0, dtype=list(columns.items()))
    found = [
        np.frombuffer(array, dtype=[("size", ">i4"), ("value", f">{kind}")], offset=ARRAY_HEADER)["value"]
        for array, kind in zip(arrays, columns.values(), strict=True)
    ]
    rows = np.empty(len(found[0]), dtype=list(columns.items()))
    for name, column in zip(columns, found, strict=True):
        rows[name] = column
    return rows
