"""A period cut into days, weeks or months of the calendar."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, get_args

Size = Literal["day", "week", "month"]
SIZES: tuple[Size, ...] = get_args(Size)
DAY = timedelta(days=1)
DAYS_OF_DAYS, DAYS_OF_WEEKS = 62, 400
"""Up to so many days, a period is best seen day by day, or week by week."""


def suitable(first: date, last: date) -> Size:
    """Return the size that gives a period a number of steps that can be seen one after the other."""
    days = (last - first).days + 1
    return "day" if days <= DAYS_OF_DAYS else "week" if days <= DAYS_OF_WEEKS else "month"


def cut(first: date, last: date, by: Size) -> list[date]:
    """Return the first day of each step. Weeks begin on Monday; the first and the last step may be shorter."""
    found = [first]
    while (following := _following(found[-1], by)) <= last:
        found.append(following)
    return found


def ends(firsts: Sequence[date], last: date) -> list[date]:
    """Return the last day of each step."""
    return [*(first - DAY for first in firsts[1:]), last]


def closing(day: date, by: Size) -> date:
    """Return the last day of the calendar's step that a day is in."""
    return _following(day, by) - DAY


def place(day: date, firsts: Sequence[date]) -> int:
    """Return which step a day is in."""
    return bisect_right(firsts, day) - 1


def _following(day: date, by: Size) -> date:
    if by == "day":
        return day + DAY
    if by == "week":
        return day + (7 - day.weekday()) * DAY
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
