"""When incidents are reported: by hour and day of the week, by month and category, by unit and step of time."""

from sqlalchemy import Integer, cast, extract, func, literal, select

from layers import editions
from layers.filters import Filter
from layers.incidents import conditions
from layers.model import incident
from layers.pack import City
from layers.questions import Question
from layers.units import Unit


def hours(asked: Filter, city: City, *, of: Unit) -> Question:
    """Ask how many there are by weekday (Monday being 1) and hour of the city's clocks."""
    local = func.timezone(literal(city.spec.time_zone), incident.c.reported_at)
    rows, _ = editions.with_former(incident, asked.before)
    found = (
        select(
            cast(extract("isodow", local), Integer).label("weekday"),
            cast(extract("hour", local), Integer).label("hour"),
        )
        .select_from(rows)
        .where(*conditions(asked, city, of))
        .subquery("found")
    )
    return select(found.c.weekday, found.c.hour, func.count().label("n")).group_by(found.c.weekday, found.c.hour)
