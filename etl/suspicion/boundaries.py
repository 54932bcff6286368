"""Whether boundaries lie where those in force do: a wrong datum moves all of them half a kilometre the same way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
import shapely

from etl.fields import Floats
from etl.hierarchy import Draft, Kept
from etl.place import datum_of, moved, shift_to_wgs84
from etl.rows import Mask, Shapes
from etl.suspicion.datums import alternatives
from etl.suspicion.doubts import Suspicion, per_cent
from layers.specs import PlaceSpec

MOST = 200
"""Units that are compared, spread evenly over the file."""
FEWEST = 3
"""Units without which nothing is said."""
CLEARER = 0.002
"""How much more of a unit must lie right for it to count."""
AGREED = 0.8
"""The share of units that must lie better under another datum."""
CLOSER = 0.5
"""How much of what lies wrong as declared may remain under another datum."""
ASKED = "SELECT id, ST_AsBinary(geom) FROM unit WHERE valid_to IS NULL AND id = ANY(%s)"


@dataclass(frozen=True)
class Compared:
    """Units of the file beside those in force: each beside itself, or a new one beside the one above it."""

    sent: Shapes
    crs: str | None
    there: Shapes
    itself: Mask

    def agreement(self, spec: PlaceSpec) -> Floats:
        """Return how much of each lies where it should under a datum: of both together, or of the new one."""
        shapes = moved(self.sent, shift_to_wgs84(spec, self.crs))
        common = shapely.area(shapely.intersection(shapes, self.there))
        own = shapely.area(shapes)
        whole = np.where(self.itself, own + shapely.area(self.there) - common, own)
        return np.asarray(np.divide(common, whole, out=np.zeros_like(common), where=whole > 0))


def suspicions(given: Sequence[tuple[Draft, Kept]], spec: PlaceSpec, driver: psycopg.Connection) -> list[Suspicion]:
    """Return what the boundaries of a load are suspected of, nothing where there are none to compare them with."""
    compared = _compared(given, driver)
    if compared is None:
        return []
    own = compared.agreement(spec)
    declared = datum_of(spec, compared.crs)
    found = [(datum, compared.agreement(PlaceSpec(datum=datum))) for datum in alternatives(declared)]
    datum, best = max(found, key=lambda pair: float(np.median(pair[1])))
    better = best > own + CLEARER
    if better.mean() < AGREED or np.median(1 - best) > CLOSER * np.median(1 - own):
        return []
    because = (
        f"the boundaries fit {datum} better than {declared}, which is declared: {_middle(best)} of a unit lies where "
        f"it or the unit above it is in force, against {_middle(own)} as declared (the middle one of {len(own)} units)"
    )
    return [Suspicion("wrong-datum", 1.0, because)]


def _middle(agreement: Floats) -> str:
    return per_cent(float(np.median(agreement)))


def _compared(given: Iterable[tuple[Draft, Kept]], driver: psycopg.Connection) -> Compared | None:
    units = list(given)
    rows = driver.execute(ASKED, [[number for _, kept in units for number in (kept.id, kept.parent_id)]]).fetchall()
    in_force = {number: shapely.from_wkb(bytes(shape)) for number, shape in rows}
    known = [(draft, kept) for draft, kept in units if kept.id in in_force or kept.parent_id in in_force]
    if len(known) < FEWEST:
        return None
    chosen = [known[at] for at in np.unique(np.linspace(0, len(known) - 1, MOST).astype(int)).tolist()]
    sent = [draft.verdicts.rows.shapes[draft.row] for draft, _ in chosen if draft.verdicts.rows.shapes is not None]
    there = [in_force[kept.id if kept.id in in_force else kept.parent_id] for _, kept in chosen]
    return Compared(
        sent=np.array(sent, dtype=object),
        crs=chosen[0][0].verdicts.rows.crs,
        there=np.array(there, dtype=object),
        itself=np.array([kept.id in in_force for _, kept in chosen], dtype=np.bool_),
    )
