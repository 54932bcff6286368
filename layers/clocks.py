"""What the city's clocks show at an instant, as the database works it out."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, case, func, literal

DAY = timedelta(days=1)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=366)


def local(instant: ColumnElement[Any], zone: ZoneInfo) -> ColumnElement[Any]:
    """Return the date and time of day that clocks show at an instant.

    A zone's name is looked up for each row, which takes longer than everything else that is done with it. Where nobody
    moved the clocks for long, as in most of Asia, the hours they are ahead of UTC say the same.
    """
    since, until, ahead = steady(zone)
    # Of seconds alone: with less than none, an interval would begin with a day, which is no time zone.
    offset = func.make_interval(0, 0, 0, 0, 0, 0, ahead.total_seconds())
    by_name = func.timezone(literal(zone.key), instant, type_=DateTime)
    return case((instant.between(since, until), func.timezone(offset, instant, type_=DateTime)), else_=by_name)


@cache
def steady(zone: ZoneInfo) -> tuple[datetime, datetime, timedelta]:
    """Return two instants around today between which nobody moves the clocks, and how far these are ahead of UTC."""
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = until = now
    while since > EARLIEST and _ahead(since - DAY, zone) == _ahead(now, zone):
        since -= DAY
    while until < now + AHEAD and _ahead(until + DAY, zone) == _ahead(now, zone):
        until += DAY
    return since, until, _ahead(now, zone)


def _ahead(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)
