"""What a map shows of incidents: read point by point where that is quick, else counted by unit from the roll-up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyio import Lock, to_thread
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from dashboard.asking import edition
from layers import clusters, points, units
from layers.clusters import Pyramid, Tally
from layers.costs import expected
from layers.filters import Filter
from layers.ground import Ground
from layers.pack import City
from layers.points import View
from layers.units import Unit

DIGITS = 5
"""Of degrees: a metre, for what stands for a whole unit."""


class Terrain:
    """The ground of the present edition of units, made when it is first asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self.lock = Lock()
        self.edition: str | None = None
        self.ground = Ground([])

    async def present(self, connection: AsyncConnection, city: City) -> Ground:
        """Return the ground of the units that are loaded now."""
        async with self.lock:
            now = await edition(connection, city)
            if now != self.edition:
                rows = (await connection.execute(units.grounds())).mappings().all()
                self.ground = await to_thread.run_sync(Ground, rows)
                self.edition = now
        return self.ground


@dataclass(frozen=True)
class Sight:
    """Incidents asked for by somebody who looks at a map."""

    asked: Filter
    city: City
    of: Unit
    view: View
    now: datetime

    def dear(self, connection: Connection, most: float) -> bool:
        """Tell whether units should be counted instead of reading the points, and can be."""
        if not clusters.answerable(self.asked, self.city):
            return False
        return expected(connection, points.reading(self.asked, self.city, of=self.of)) > most

    def counted(self, connection: Connection, ground: Ground) -> str | None:
        """Return what is in view counted by unit, as GeoJSON; nothing where no level says where it is."""
        if not ground.codes:
            return None
        pyramid = Pyramid(self.asked, self.city, self.of, ground)
        way = pyramid.first(self.view)
        if way is None:
            return None
        tally = clusters.tally(way, connection.execute(pyramid.question(way)).all())
        if way.part.rank < pyramid.wanted(self.view) and (deeper := pyramid.deeper(tally, self.view)):
            tally = clusters.tally(deeper, connection.execute(pyramid.question(deeper)).all())
        elif pyramid.blind(way, self.view):
            return None
        return self._written(tally)

    def read(self, connection: Connection) -> str:
        """Return the points, or where they are many, counts by cell."""
        question = points.incidents_in_view(self.asked, self.city, of=self.of, view=self.view, now=self.now)
        return str(connection.execute(question).scalar_one())

    def _written(self, tally: Tally) -> str:
        features = list(_features(tally))
        total = sum(feature["properties"]["count"] for feature in features)
        level = self.city.levels[tally.part.rank].id
        head = {"type": "FeatureCollection", "total": total, "clustered": True, "by": "unit", "level": level}
        return json.dumps({**head, "features": features}, separators=(",", ":"))


def _features(tally: Tally) -> Iterator[dict[str, Any]]:
    part, ground = tally.part, tally.part.ground
    for place, rank, n, drawn in zip(part.chosen, part.ranks, tally.n, part.drawn, strict=True):
        if not drawn or n <= 0:
            continue
        said = {"count": int(n), "unit": ground.codes[place], "bounds": ground.boxes[place].round(DIGITS).tolist()}
        if rank < part.rank:
            said["rest"] = True
        spot = {"type": "Point", "coordinates": ground.spots[place].round(DIGITS).tolist()}
        yield {"type": "Feature", "geometry": spot, "properties": said}
