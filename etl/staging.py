"""A table of one transaction's own, from which one MERGE brings into a table what it does not have yet."""

from collections.abc import Mapping
from importlib.resources import files

import psycopg
import pyarrow as pa

from etl.copying import copy

Values = Mapping[str, object]


class Staging:
    """The table `staged` of one transaction."""

    def __init__(self, driver: psycopg.Connection, table: str, values: Values) -> None:
        """Create it after the model of the table it feeds; `values` name the load in statements."""
        self.driver = driver
        self.table = table
        self.values = values
        driver.execute(statement(f"{table}_staged"))

    def add(self, batch: pa.RecordBatch) -> None:
        """Copy a batch in."""
        copy(self.driver, "staged", batch)

    def holding(self, keys: list[str]) -> set[str]:
        """Return which of some keys are staged already."""
        return {row[0] for row in self.driver.execute("SELECT key FROM staged WHERE key = ANY(%s)", [keys])}

    def taken_over(self) -> list[tuple[str, int]]:
        """Return the sources whose rows are about to become this one's, and how many of each."""
        return list(self.driver.execute(statement(f"{self.table}_taken_over"), self.values))

    def merge(self) -> tuple[int, int]:
        """Write what is new or differs; return how many rows were written and how many were equal."""
        self.driver.execute("ANALYZE staged")
        written = self.driver.execute(statement(f"{self.table}_merge"), self.values).rowcount
        equal = self.driver.execute(statement(f"{self.table}_unchanged"), self.values).fetchone()
        return written, int(equal[0]) if equal else 0


def statement(name: str) -> str:
    """Return a statement of this package's `sql` folder."""
    return (files("etl") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
