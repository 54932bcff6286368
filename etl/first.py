"""The first rows of a source: there is nothing to compare them with, so they go straight into the table."""

from collections.abc import Callable, Mapping

import psycopg
import pyarrow as pa

from etl.checks import Verdicts
from etl.copying import copy
from etl.merge import Merged
from etl.roll_up import Counting, noted
from etl.staging import statement

COUNTED = "SELECT set_config('onemap.counted', %s, true)"
"""Tells the triggers of `roll_up.sql` that this transaction counts by itself."""
CONSTANTS = {"incident": ("source", "load"), "feature": ("source", "load", "layer")}
COLUMNS = {"source": ("source_id", pa.int16()), "load": ("load_id", pa.int64()), "layer": ("layer", pa.string())}


class First:
    """Brings the rows of one load into a table that has none of its source, in force or retired."""

    def __init__(
        self, driver: psycopg.Connection, table: str, values: Mapping[str, object], build: Callable[[], None]
    ) -> None:
        """Take over from the triggers that count, until the rows are in; then `build` is to build what was put off."""
        self.driver = driver
        self.table = table
        self.values = values
        self.build = build
        self.rows = 0
        self.counting = Counting(driver, int(str(values["source"])))
        self.constants = {
            column: pa.scalar(values[name], kind) for name in CONSTANTS[table] for column, kind in [COLUMNS[name]]
        }
        driver.execute(COUNTED, ["later"])

    @classmethod
    def possible(cls, driver: psycopg.Connection, table: str, values: Mapping[str, object]) -> bool:
        """Tell whether nothing of the source is there yet."""
        found = driver.execute(statement(f"{table}_none"), values).fetchone()
        return bool(found and found[0])

    def holding(self, keys: list[str]) -> set[str]:
        """Return which of some keys this load has brought already."""
        held = self.driver.execute(statement(f"{self.table}_held"), {**self.values, "keys": keys})
        return {key for key, _ in held}

    def stage(self, batch: pa.RecordBatch, verdicts: Verdicts) -> None:  # noqa: ARG002 - as any way in
        """Copy a batch in, seen by nobody before the load is over."""
        constants = {name: pa.repeat(value, len(batch)) for name, value in self.constants.items()}
        names = [*batch.schema.names, *constants]
        whole = pa.RecordBatch.from_arrays([*batch.columns, *constants.values()], names)
        self.rows += copy(self.driver, self.table, whole)
        if self.table == "incident":
            self.counting.add(noted(batch))

    def withhold(self, keys: pa.Array, verdicts: Verdicts) -> None:
        """Do nothing: where there was no row, none can seem to be gone."""

    def withdraw(self) -> None:
        """Take back what was copied in, and leave the counting to the triggers again."""
        self.driver.execute(statement(f"{self.table}_withdrawn"), self.values)
        self.driver.execute(COUNTED, [""])

    def run(self) -> Merged:
        """Count what came in."""
        self.driver.execute(statement(f"{self.table}_resolved"), self.values)
        if self.table == "incident":
            self.counting.write(self.build)
        self.driver.execute(COUNTED, [""])
        return Merged(self.rows, unchanged=0, retired=0)
