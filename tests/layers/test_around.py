"""What is near: exactly what measuring every row on the ellipsoid says."""

import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import Connection, create_engine, func, select

from layers import units
from layers.around import Circle, Survey
from layers.database import driver_url
from layers.filters import Filter
from layers.model import feature, incident
from layers.pack import City
from layers.units import Unit

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def filled(filled_url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(filled_url))
    with engine.connect() as made:
        yield made
    engine.dispose()


def survey(
    connection: Connection, city: City, circle: Circle, *, nearest: int = 5, asked: Filter | None = None
) -> Survey:
    of = Unit.of(connection.execute(units.one(city.spec.code)).mappings().one())
    return Survey(circle, asked or Filter(), city, of, nearest)


def measured(connection: Connection, circle: Circle, table: str) -> list[tuple[float, int]]:
    """Return the distance of every row, measured by another library."""
    source = {"feature": feature, "incident": incident}[table].c
    rows = connection.execute(
        select(source.id, func.ST_X(source.geom), func.ST_Y(source.geom)).where(source.geom.is_not(None))
    )
    return sorted((GEOD.inv(circle.lon, circle.lat, x, y)[2], number) for number, x, y in rows)


CIRCLES = st.builds(
    Circle,
    st.floats(121.49, 121.59, allow_nan=False),
    st.floats(29.79, 29.85, allow_nan=False),
    st.floats(20, 2000, allow_nan=False),
)


@settings(max_examples=25, deadline=None)
@given(circle=CIRCLES, nearest=st.integers(1, 9))
def test_nearest_and_counts_are_those_of_measuring_every_row(
    filled: Connection, city: City, circle: Circle, nearest: int
) -> None:
    asked = survey(filled, city, circle, nearest=nearest)
    cameras = measured(filled, circle, "feature")
    found = filled.execute(asked.nearest_features(city.layers["cameras"])).all()
    assert [row.metres for row in found] == pytest.approx([metres for metres, _ in cameras[:nearest]], abs=0.01)
    held = {row.layer: row.n for row in filled.execute(asked.features([city.layers["cameras"]]))}
    assert held.get("cameras", 0) == sum(metres <= circle.metres for metres, _ in cameras)
    cases = [metres for metres, _ in measured(filled, circle, "incident") if metres <= circle.metres]
    assert sum(row.n for row in filled.execute(asked.incidents())) == len(cases)
    near = filled.execute(asked.nearest_incidents()).all()
    assert [row.metres for row in near] == pytest.approx(cases[:nearest], abs=0.01)


def test_bearings_go_from_north_by_way_of_east(filled: Connection, city: City) -> None:
    circle = Circle(121.54, 29.82, 1500)
    for row in filled.execute(survey(filled, city, circle, nearest=20).nearest_features(city.layers["cameras"])):
        azimuth = GEOD.inv(circle.lon, circle.lat, row.lon, row.lat)[0] % 360
        assert math.isclose(row.bearing, azimuth, abs_tol=0.01)


def test_a_filter_holds_within_the_circle(filled: Connection, city: City) -> None:
    circle = Circle(121.54, 29.82, 2000)
    noise = survey(filled, city, circle, asked=Filter(categories=("noise",)))
    assert {row.code for row in filled.execute(noise.incidents())} == {"noise"}


def test_far_from_everything_there_is_nothing(filled: Connection, city: City) -> None:
    asked = survey(filled, city, Circle(0, 0, 500))
    assert filled.execute(asked.nearest_features(city.layers["cameras"])).all() == []
    assert filled.execute(asked.incidents()).all() == []


@pytest.mark.parametrize(("lat", "metres"), [(0.0, 500), (29.8, 2000), (60.0, 2000), (-45.0, 100)])
def test_the_box_holds_the_whole_circle(lat: float, metres: float) -> None:
    circle = Circle(10.0, lat, metres)
    wide, high = (part * metres for part in circle.degrees())
    for azimuth in range(0, 360, 5):
        lon, there, _ = GEOD.fwd(circle.lon, circle.lat, azimuth, metres)
        assert abs(lon - circle.lon) <= wide
        assert abs(there - circle.lat) <= high
