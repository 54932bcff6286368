"""Where the rows of a load would have been before editions of the boundaries, for questions as of a date."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import psycopg
import pyarrow as pa

from etl.copying import copy
from etl.staging import Values, statement


class Former:
    """Gathers the rows that former boundaries would have put elsewhere, and writes those that came in."""

    def __init__(self, driver: psycopg.Connection, table: str, values: Values) -> None:
        """Begin with none; without editions there never are any."""
        self.driver = driver
        self.table = table
        self.values = values
        self._begun = False

    def note(self, accepted: pa.RecordBatch, former: Mapping[date, pa.Array]) -> None:
        """Note where accepted rows were, if elsewhere than now."""
        if former and not self._begun:
            self.driver.execute("CREATE TEMPORARY TABLE former (key text, until date, unit_id bigint) ON COMMIT DROP")
            self._begun = True
        units = accepted.column("unit_id").to_numpy()
        for day, were in former.items():
            other = pa.array(np.asarray(were) != units)
            keys = accepted.column("key").filter(other)
            days = pa.array([day] * len(keys), pa.date32())
            batch = {"key": keys, "until": days, "unit_id": were.filter(other)}
            copy(self.driver, "former", pa.RecordBatch.from_pydict(batch))

    def write(self) -> None:
        """Write it of the rows that the load wrote, in place of what was known of them."""
        if self._begun:
            self.driver.execute(statement(f"{self.table}_forget"), self.values)
            self.driver.execute(statement(f"{self.table}_was"), self.values)
