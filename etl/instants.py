"""Times as whole numbers: microseconds since 1970, as Arrow has them in a column."""

from datetime import UTC, datetime, timedelta

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = int(np.iinfo(np.int64).min)
"""Stands for no time; every time is later."""


def microseconds(moment: datetime) -> int:
    """Return a time as a number."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime | None:
    """Return the time that a number means, in UTC."""
    return None if number == NEVER else EPOCH + timedelta(microseconds=number)
