"""Columns to PostgreSQL: Arrow to binary COPY into a table of this transaction's own, from there by one MERGE."""

from collections.abc import Mapping
from importlib.resources import files

import pgpq
import psycopg
import pyarrow as pa
from pgpq.encoders import StringEncoderBuilder
from pgpq.schema import Jsonb
from psycopg import sql

Values = Mapping[str, object]


class Staging:
    """The table `staged` of one transaction."""

    def __init__(self, driver: psycopg.Connection, table: str, values: Values) -> None:
        """Create it after the model of the table it feeds; `values` name the load in statements."""
        self.driver = driver
        self.table = table
        self.values = values
        self.rows = 0
        driver.execute(statement(f"{table}_staged"))

    def add(self, batch: pa.RecordBatch) -> None:
        """Copy a batch in."""
        self.rows += copy(self.driver, "staged", batch)

    def holding(self, keys: list[str]) -> set[str]:
        """Return which of some keys are staged already."""
        return {row[0] for row in self.driver.execute("SELECT key FROM staged WHERE key = ANY(%s)", [keys])}

    def merge(self) -> tuple[int, int]:
        """Write what is new or differs; return how many rows were written and how many were equal."""
        self.driver.execute("ANALYZE staged")
        written = self.driver.execute(statement(f"{self.table}_merge"), self.values).rowcount
        equal = self.driver.execute(statement(f"{self.table}_unchanged"), self.values).fetchone()
        return written, int(equal[0]) if equal else 0


def statement(name: str) -> str:
    """Return a statement of this package's `sql` folder."""
    return (files("etl") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


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
