"""The way from the city down to whatever belongs to a unit."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from layers import units
from layers.pack import City
from layers.units import Unit


async def ways(
    unit_ids: Iterable[int], connection: AsyncConnection, city: City, before: date | None = None
) -> dict[int, list[Unit]]:
    """Return the units on the way to each of the units with these ids, the city first."""
    steps = {unit_id: units.ancestor_ids(unit_id, len(city.levels)) for unit_id in unit_ids}
    wanted = {step for way in steps.values() for step in way}
    if not wanted:
        return {}
    found = await connection.execute(units.by_ids(wanted, before))
    known = {row["id"]: Unit.of(row) for row in found.mappings()}
    return {unit_id: [known[step] for step in way if step in known] for unit_id, way in steps.items()}
