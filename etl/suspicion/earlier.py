"""Where an earlier load put the rows of the same keys."""

from collections.abc import Sequence

import numpy as np
import psycopg

from etl.fields import Floats
from etl.staging import Values
from layers.sources import DONE

ASKED = {
    "incident": """
        SELECT key, ST_X(geom), ST_Y(geom) FROM incident
        WHERE source_id = %(source)s AND key = ANY(%(keys)s) AND geom IS NOT NULL AND load_id <> %(load)s
    """,
    "feature": """
        SELECT key, ST_X(point), ST_Y(point) FROM feature, ST_PointOnSurface(geom) AS point
        WHERE layer = %(layer)s AND source_id = %(source)s AND key = ANY(%(keys)s) AND geom IS NOT NULL
            AND load_id <> %(load)s
    """,
}
LAST = """
    SELECT detail ->> 'datum' FROM load WHERE source_id = %s AND state = ANY(%s) ORDER BY id DESC LIMIT 1
"""


class Earlier:
    """The rows of a source that are there already."""

    def __init__(self, driver: psycopg.Connection, *, table: str, values: Values, datum: str) -> None:
        """Remember what to ask; `values` name the load."""
        self.driver = driver
        self.table = table
        self.datum = datum
        self.values = values

    def places(self, keys: Sequence[str | None]) -> tuple[Floats, Floats]:
        """Return the longitude and latitude of each key, NaN where it is new.

        Where the pack has named another datum since, all are new: it is the earlier places that were wrong then.
        """
        row = self.driver.execute(LAST, [self.values["source"], list(DONE)]).fetchone()
        found = {}
        if row is not None and row[0] == self.datum:
            known = self.driver.execute(ASKED[self.table], {**self.values, "keys": [key for key in keys if key]})
            found = {key: (lon, lat) for key, lon, lat in known}
        places = np.array([found.get(key or "", (np.nan, np.nan)) for key in keys], dtype=np.float64)
        return places[:, 0], places[:, 1]
