"""What a map shows of incidents and layers of points: read point by point where that is quick, else counted by unit."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from layers import clusters, features, points
from layers.clusters import Pyramid, Tally
from layers.costs import expected
from layers.filters import Filter
from layers.ground import Ground
from layers.model import level_shift
from layers.pack import City
from layers.points import View
from layers.specs import LayerSpec
from layers.units import Unit

DIGITS = 5
"""Of degrees: a metre, for what stands for a whole unit."""
PLACED = 0.3
"""What it costs to put a point into its cell, in PostgreSQL's unit."""


@dataclass(frozen=True)
class Sight:
    """Incidents, or features of a layer of points, asked for by somebody who looks at a map."""

    asked: Filter
    city: City
    of: Unit
    view: View
    now: datetime
    layer: LayerSpec | None = None

    def dear(self, connection: Connection, most: float) -> bool:
        """Tell whether units should be counted instead of reading the points, and can be."""
        if self.layer is None:
            known = clusters.answerable(self.asked, self.city)
            reading = points.incidents_read(self.asked, self.city, of=self.of)
        else:
            known = features.plain(self.layer, self.asked, self.city)
            reading = points.features_read(self.layer, self.asked, self.city, of=self.of)
        return known and expected(connection, reading, each=PLACED) > most

    def counted(self, connection: Connection, ground: Ground) -> str | None:
        """Return what is in view counted by unit, as GeoJSON; nothing where no level says where it is."""
        if not ground.codes:
            return None
        pyramid = Pyramid(self.asked, self.city, self.of, ground)
        tally = self._features(connection, pyramid) if self.layer else self._incidents(connection, pyramid)
        return self._written(tally) if tally else None

    def read(self, connection: Connection) -> str:
        """Return the points, or where they are many, counts by cell."""
        asked, city, of, view = self.asked, self.city, self.of, self.view
        if self.layer is None:
            question = points.incidents_in_view(asked, city, of=of, view=view, now=self.now)
        else:
            question = points.features_in_view(self.layer, asked, city, of=of, view=view)
        return str(connection.execute(question).scalar_one())

    def _incidents(self, connection: Connection, pyramid: Pyramid) -> Tally | None:
        way = pyramid.first(self.view)
        if way is None:
            return None
        tally = clusters.tally(way, connection.execute(pyramid.question(way)).all())
        if way.part.rank < pyramid.wanted(self.view) and (deeper := pyramid.deeper(tally, self.view)):
            return clusters.tally(deeper, connection.execute(pyramid.question(deeper)).all())
        return None if pyramid.blind(way, self.view) else tally

    def _features(self, connection: Connection, pyramid: Pyramid) -> Tally | None:
        assert self.layer  # noqa: S101 - whoever calls has looked
        part = pyramid.any(self.view)
        if part is None:
            return None
        question = features.by_unit(self.layer, self.of, level_shift(part.rank, len(self.city.levels)))
        return clusters.gathered(part, connection.execute(question).all())

    def _written(self, tally: Tally) -> str:
        found = list(_drawn(tally, self.view))
        total = sum(feature["properties"]["count"] for feature in found)
        level = self.city.levels[tally.part.rank].id
        head = {"type": "FeatureCollection", "total": total, "clustered": True, "by": "unit", "level": level}
        return json.dumps({**head, "features": found}, separators=(",", ":"))


def _drawn(tally: Tally, view: View) -> Iterator[dict[str, Any]]:
    part, ground = tally.part, tally.part.ground
    full = part.drawn & (tally.n > 0)
    places, ranks, n = part.chosen[full], part.ranks[full], tally.n[full]
    spots, edges = (np.stack([each[places] for each in held], axis=1) for held in (ground.spots, ground.edges))
    # Units in one cell of the map are one cluster, as points would be, in the middle of all that they hold.
    _, first, cell = np.unique(np.floor(spots / view.cell()), axis=0, return_index=True, return_inverse=True)
    held = np.bincount(cell, n)
    middles = np.stack([np.bincount(cell, n * axis) for axis in spots.T], axis=1) / held[:, None]
    corners = edges[first]
    np.minimum.at(corners[:, :2], cell, edges[:, :2])
    np.maximum.at(corners[:, 2:], cell, edges[:, 2:])
    members = np.split(places[np.argsort(cell, kind="stable")], np.cumsum(np.bincount(cell)))
    rest = np.bincount(cell, ranks == part.rank) == 0
    rows = zip(members[:-1], held, rest, middles.round(DIGITS).tolist(), corners.round(DIGITS).tolist(), strict=True)
    for group, count, above, middle, bounds in rows:
        said = {"count": int(count), "units": [ground.codes[place] for place in group], "bounds": bounds}
        spot = {"type": "Point", "coordinates": middle}
        yield {"type": "Feature", "geometry": spot, "properties": {**said, **({"rest": True} if above else {})}}
