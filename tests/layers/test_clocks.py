"""What the city's clocks show: what the zone's name says, summer or winter, long ago and to come."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, DateTime, Interval, func, literal, literal_column, select

from layers import clocks

ZONES = ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "UTC"]


@pytest.mark.parametrize("name", ZONES)
def test_clocks_show_what_the_name_of_their_zone_says(connection: Connection, name: str) -> None:
    first, last = (func.timezone("UTC", literal_column(f"timestamp '{year}-01-01'")) for year in (1900, 2100))
    often = literal_column("interval '1 week 7 hours 1 second'", Interval)
    instant = func.generate_series(first, last, often, type_=DateTime(timezone=True)).column_valued("instant")
    by_name = func.timezone(literal(name), instant)
    odd = select(instant).where(clocks.local(instant, ZoneInfo(name)) != by_name)
    assert connection.execute(odd).all() == []
    since, until, _ = clocks.steady(ZoneInfo(name))
    steady = select(func.count()).where(instant.between(since, until))
    assert connection.execute(steady).scalar_one() > 1
