"""Which units a file or page is about: the order's and those below it, as many levels down as the screen shows."""

from dashboard.takeaway.tables import Order
from layers import units
from layers.tallies import Family
from layers.units import Unit


def family(order: Order) -> Family:
    """Return the order's unit and its children, or all units of the level that is asked for."""
    of, before = order.of, order.asked.before
    question = units.level_below(of, order.rank, before) if order.rank else units.family(of.code, before)
    found = [Unit.of(row) for row in order.connection.execute(question).mappings()]
    return Family(of, [unit for unit in found if unit.id != of.id])
