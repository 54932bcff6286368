"""What files are called: the city, the unit, what it is, the days it is about, and when it was made."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

from dashboard.takeaway.notes import moment
from dashboard.takeaway.tables import Order
from dashboard.words import say
from layers.parts import Title

FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\s]+')
LONGEST = 60
DAY = timedelta(days=1)


def file_name(order: Order, title: Title, ending: str) -> str:
    """Return a file's name in the order's language."""
    language, city = order.language, order.city
    unit = (language == "en" and order.of.name_en) or order.of.name
    at = moment(order.now, city.time_zone).replace("-", "").replace(":", "").replace(" ", "T")
    place = [unit] if order.of.rank == 0 else [city.spec.name.text(language), unit]
    parts = [*place, title.text(language), period(order), at]
    return "-".join(FORBIDDEN.sub("_", part)[:LONGEST] for part in parts) + f".{ending}"


def period(order: Order) -> str:
    """Return a filter's first and last day, `20250301-20250331`."""
    days = ends(order)
    return "-".join(f"{day:%Y%m%d}" if day else "" for day in days) if any(days) else say("all", order.language)


def ends(order: Order) -> tuple[date | None, date | None]:
    """Return a filter's first and last day, none where it has no such end."""
    zone, first, last = order.city.time_zone, order.asked.start, order.asked.end
    if isinstance(first, datetime):
        first = first.astimezone(zone)
    if last is not None:
        last = last.astimezone(zone) - timedelta(microseconds=1) if isinstance(last, datetime) else last - DAY
    return first, last


def disposition(name: str) -> str:
    """Return the header that says it, also to programs that read ASCII only."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
