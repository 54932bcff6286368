"""The orders a list of incidents can have; of equal rows the id decides, and what has no value comes last."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, collate, literal, tuple_

from layers import editions
from layers.errors import UnknownNameError
from layers.model import category, incident, source

Value = datetime | int | str | None
"""What a row has in the column that it is ordered by."""
USUAL = "-reported_at"
TIMES = ("reported_at", "accepted_at", "dispatched_at", "resolved_at", "closed_at", "due_at")
NUMBERS = ("status", "severity", "unit")
TEXTS = ("key", "title", "address", "category", "source", "channel")
NAMES = (*TIMES, *NUMBERS, *TEXTS)


@dataclass(frozen=True)
class Order:
    """What incidents are ordered by, and which end comes first."""

    name: str
    descending: bool
    before: date | None = None
    """The edition whose boundaries are meant, where units decide."""

    def __str__(self) -> str:
        """Write it as an address does."""
        return f"-{self.name}" if self.descending else self.name

    @property
    def label(self) -> str:
        """What `incidents.records` calls the value."""
        return "unit_id" if self.name == "unit" else self.name

    @property
    def column(self) -> ColumnElement[Any]:
        """What is compared: units by their place in the hierarchy, texts byte by byte, as the index of keys is."""
        if self.name == "unit":
            return editions.unit_id(incident, self.before)
        if self.name not in TEXTS:
            return incident.c[self.name]
        codes = {"category": category.c.code, "source": source.c.code}
        return collate(codes[self.name] if self.joined else incident.c[self.name], "C")

    @property
    def joined(self) -> bool:
        """Whether what is compared stands in another table than `incident`."""
        return self.name in {"category", "source"}

    @property
    def clauses(self) -> list[ColumnElement[Any]]:
        """What the rows are ordered by."""
        if not self.descending:
            return [self.column, incident.c.id]
        falling = self.column.desc()
        # Said only where it matters: the index of the usual order has other nulls.
        return [falling.nulls_last() if self.partial else falling, incident.c.id.desc()]

    @property
    def partial(self) -> bool:
        """Whether some incidents may have no value."""
        return self.name in incident.c and bool(incident.c[self.name].nullable)

    def after(self, value: Value, number: int) -> ColumnElement[bool]:
        """Return the condition that a row follows the one with this value and id."""
        column = self.column
        if value is None:
            return column.is_(None) & self._further(incident.c.id, number)
        found = self._further(tuple_(column, incident.c.id), tuple_(literal(value, column.type), number))
        return found | column.is_(None) if self.partial else found

    def ahead(self, value: Value, number: int) -> ColumnElement[bool]:
        """Return the condition that a row precedes the one with this value and id."""
        column, other = self.column, Order(self.name, descending=not self.descending)
        if value is None:
            return column.is_not(None) | (column.is_(None) & other._further(incident.c.id, number))
        return other._further(tuple_(column, incident.c.id), tuple_(literal(value, column.type), number))

    def _further(self, left: ColumnElement[Any], right: object) -> ColumnElement[bool]:
        return left < right if self.descending else left > right


def read(said: str, before: date | None = None) -> Order:
    """Read an order from an address: a name, with a minus before it where the greatest comes first.

    Raises:
        UnknownNameError: Nothing of that name to order by.
    """
    name = said.removeprefix("-")
    if name not in NAMES:
        raise UnknownNameError(kind="order", name=said, known=NAMES)
    return Order(name, descending=said.startswith("-"), before=before)
