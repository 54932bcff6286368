"""Where a page of a list ended, as one word of an address: the last row's value and id, and the order they are of."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from layers.errors import FilterError
from layers.orders import NUMBERS, TIMES, USUAL, Order, Value

REMEDY = "give the `next` of the page before, unchanged and in the same order"
LARGEST = 2**63 - 1
LARGEST_SMALL = 2**15 - 1
"""What a status or a severity can be."""


def cursor(row: RowMapping, order: Order) -> str:
    """Return where a page ended."""
    value = row[order.label]
    said = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    # Links to a page of the usual order are older than the others.
    written = f"{said} {row['id']}" if str(order) == USUAL else json.dumps([str(order), said, row["id"]])
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def place(after: str, order: Order) -> tuple[Value, int]:
    """Return the value and id that a cursor names.

    Raises:
        FilterError: It is none of this order.
    """
    try:
        written = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        said, value, number = [USUAL, *written.split(" ")] if written[:1] != "[" else json.loads(written)
        found = _value(value, order), _whole(number, LARGEST)
    except (ValueError, TypeError) as mistake:
        raise FilterError(name="after", value=after, right=REMEDY) from mistake
    if said != str(order):
        raise FilterError(name="after", value=after, right=REMEDY)
    return found


def _value(said: object, order: Order) -> Value:
    if said is None and order.partial:
        return None
    if order.name in TIMES:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    if order.name in NUMBERS:
        return _whole(said, LARGEST if order.name == "unit" else LARGEST_SMALL)
    text = str(said)
    if "\x00" in text:
        raise ValueError(text)
    return text


def _whole(said: object, largest: int) -> int:
    number = int(str(said))
    if abs(number) > largest:
        raise ValueError(number)
    return number
