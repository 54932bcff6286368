"""The period that another one is compared with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from layers import parameters
from layers.errors import FilterError
from layers.filters import Filter

NAME = "against"
BEFORE, WEEK, YEAR = WAYS = ("before", "week", "year")
LEAP_DAY = (2, 29)
REMEDY = "write before, week, year or the first day to compare with, such as 2025-01-31"


def earlier(asked: Filter, against: str, zone: ZoneInfo) -> Filter:
    """Return the same filter in the period before, a week or a year earlier, or as long from a day on.

    Raises:
        FilterError: The period has no beginning or no end, or nobody knows what it is to be compared with.
    """
    since, until = asked.instants(zone)
    if since is None or until is None:
        raise FilterError(NAME, against, right="give the period both from and to, or leave this out")
    whole = asked.days(zone) is not None
    # Clocks are moved and not instants, so that a day begins at midnight whatever the summer time.
    first, last = (bound.astimezone(zone).replace(tzinfo=None) for bound in (since, until))
    first, last = _moved(first, last, against, whole=whole)
    if whole:
        return replace(asked, start=first.date(), end=last.date())
    return replace(asked, start=_instant(first, zone), end=_instant(last, zone))


def _moved(first: datetime, last: datetime, against: str, *, whole: bool) -> tuple[datetime, datetime]:
    if against == BEFORE:
        return first - (last - first), first
    if against == WEEK:
        return first - timedelta(days=7), last - timedelta(days=7)
    if against == YEAR:
        # Of whole days the last one is moved, and not the day after it: 1 to 28 February stays so in a leap year.
        over = timedelta(days=1) if whole else timedelta(0)
        return _year_before(first), _year_before(last - over) + over
    day = parameters.day(NAME, against) if against[:1].isdigit() else None
    if day is None:
        raise FilterError(NAME, against, right=REMEDY)
    start = datetime.combine(day, first.time())
    return start, start + (last - first)


def _year_before(at: datetime) -> datetime:
    day = 28 if (at.month, at.day) == LEAP_DAY else at.day
    return at.replace(year=at.year - 1, day=day)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
