"""New York's real files through its pack: the values that were measured for them, each trap with a named outcome."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from etl.place import shift_to_wgs84
from etl.run import Outcome, order
from etl.stamp import OUTSIDE, Stamp, units_in_force
from layers.specs import PlaceSpec
from tests.conftest import Databases
from tests.etl.newyork import FILES, newyork, send
from tests.etl.shared import needed
from tests.etl.town import Town

REQUESTS = ("service-requests", "service-requests-portal", "service-requests-json")


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = newyork(databases, tmp_path_factory.mktemp("inbox"))
    try:
        send(made)  # or skip
        yield made
    finally:
        made.engine.dispose()


@pytest.fixture(scope="module")
def outcomes(town: Town) -> dict[str, Outcome]:
    return {source.id: town.load(source.id, now=datetime(2026, 7, 1, tzinfo=UTC)) for source in order(town.city)}


def by_level(town: Town, source: str) -> dict[str, int]:
    """Return how many rows of a source are in a unit of each level, and in none deeper."""
    table = "feature" if source == "cameras" else "incident"
    asked = f"""
        SELECT u.level, count(*) AS n FROM {table} r JOIN unit u ON u.id = r.unit_id JOIN source s ON s.id = r.source_id
        WHERE s.code = :source GROUP BY 1
    """  # noqa: S608 - one of two words
    return {row.level: row.n for row in town.rows(asked, source=source)}


@pytest.mark.parametrize(
    ("source", "read", "rejected"),
    [
        ("service-requests", 3000, {}),
        ("service-requests-portal", 924, {}),
        ("service-requests-json", 1000, {}),
        ("collisions", 1875, {"zero-coordinates": 7}),
        ("stops", 9544, {"outside-city": 4}),
        ("cameras", 956, {}),
    ],
)
def test_every_row_is_loaded_or_kept_with_a_reason(
    outcomes: dict[str, Outcome], source: str, read: int, rejected: dict[str, int]
) -> None:
    outcome = outcomes[source]
    assert (outcome.read, outcome.reasons) == (read, rejected)
    assert outcome.loaded == read - sum(rejected.values())


def test_no_real_file_is_suspected(outcomes: dict[str, Outcome]) -> None:
    assert {name for name, outcome in outcomes.items() if outcome.held or "suspicions" in outcome.findings} == set()


@pytest.mark.usefixtures("outcomes")
@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("service-requests", {"tract": 2952, "borough": 44, "city": 4}),
        ("service-requests-portal", {"tract": 913, "borough": 11}),
        ("service-requests-json", {"tract": 988, "borough": 11, "city": 1}),
        ("collisions", {"tract": 1722, "borough": 27, "city": 119}),
        ("stops", {"tract": 9537, "city": 3}),
    ],
)
def test_with_coordinates_a_row_is_in_a_tract_and_without_in_its_borough_or_the_city(
    town: Town, source: str, levels: dict[str, int]
) -> None:
    assert by_level(town, source) == levels
    placed = "SELECT count(*) FROM incident i JOIN source s ON s.id = i.source_id WHERE s.code = :source AND geom "
    without = town.one(placed + "IS NULL", source=source)
    assert without == (0 if source == "stops" else sum(levels.values()) - levels["tract"])


@pytest.mark.usefixtures("outcomes")
def test_27_cameras_on_bridges_belong_to_the_city_and_are_unplaced(town: Town) -> None:
    assert by_level(town, "cameras") == {"city": 27, "tract": 929}
    assert town.one("SELECT count(*) FROM feature WHERE geom IS NOT NULL AND layer = 'cameras'") == 956
    assert town.one("SELECT count(*) FROM feature WHERE attributes ->> 'status' = 'offline'") == 1
    assert town.one("SELECT count(DISTINCT unit_id) FROM feature f JOIN unit u ON u.id = unit_id WHERE rank > 0") == 511


def test_stops_at_the_corner_of_a_degree_are_named(town: Town, outcomes: dict[str, Outcome]) -> None:
    messages = {row.message for row in town.rejected(outcomes["stops"])}
    remedy = "mend it, or place.datum where this is said of many rows"
    assert messages == {f"the place -73, 40 (EPSG:2263) lies outside New York; {remedy}"}


def test_collisions_at_zero_are_named_and_kept_whole(town: Town, outcomes: dict[str, Outcome]) -> None:
    rows = town.rejected(outcomes["collisions"])
    assert {row.message for row in rows} == {"the coordinates are 0, 0; leave them empty where there is no place"}
    assert {row.row["LOCATION"] for row in rows} == {"(0.0, 0.0)"}


@pytest.mark.usefixtures("outcomes")
def test_a_stop_of_another_year_than_its_sheet_says_keeps_its_date(town: Town) -> None:
    asked = """
        SELECT extract(year FROM reported_at AT TIME ZONE 'America/New_York')::int AS year, count(*) AS n
        FROM incident i JOIN source s ON s.id = i.source_id WHERE s.code = 'stops' GROUP BY 1
    """
    assert {row.year: row.n for row in town.rows(asked)} == {2018: 1, 2020: 9539}


@pytest.mark.usefixtures("outcomes")
def test_the_borough_a_request_names_is_the_one_its_point_lies_in(town: Town) -> None:
    with needed("nyc/incidents/nyc311_2019-12-31.csv").open(encoding="utf-8", newline="") as lines:
        named = {row["unique_key"]: row["borough"] for row in csv.DictReader(lines)}
    asked = """
        SELECT i.key, above.name_en FROM incident i JOIN source s ON s.id = i.source_id
        JOIN unit u ON u.id = i.unit_id JOIN unit above ON above.rank = 1 AND u.id BETWEEN above.id AND above.last_id
        WHERE s.code = 'service-requests' AND u.level = 'tract' AND i.key = ANY(:keys)
    """
    found = [row.name_en.upper().removeprefix("THE ") == named[row.key] for row in town.rows(asked, keys=list(named))]
    assert len(found) > 950
    assert sum(found) / len(found) >= 0.998


def test_state_plane_and_longitude_agree_within_four_millimetres_and_a_half() -> None:
    both = []
    for name in FILES["311"]:
        with needed(f"nyc/incidents/{name}").open(encoding="utf-8", newline="") as lines:
            both += [
                [float(row[column]) for column in PLACES]
                for row in csv.DictReader(lines)
                if row["latitude"] and row["x_coordinate_state_plane"]
            ]
    x, y, lon, lat = np.array(both).T
    east, north = shift_to_wgs84(PlaceSpec(datum="2263"), None)(x, y)
    off = Geod(ellps="WGS84").inv(lon, lat, east, north)[2]
    assert len(both) > 2900
    assert off.max() < 0.00445


PLACES = ("x_coordinate_state_plane", "y_coordinate_state_plane", "longitude", "latitude")


@pytest.mark.usefixtures("outcomes")
def test_a_load_by_state_plane_gives_all_requests_but_one_the_same_tract(town: Town) -> None:
    asked = "SELECT key, unit_id FROM incident i JOIN source s ON s.id = i.source_id WHERE s.code = 'service-requests'"
    before = {row.key: row.unit_id for row in town.rows(asked)}
    place = {"lon": PLACES[0], "lat": PLACES[1], "datum": "2263"}
    outcome = town.load(town.source("service-requests", place=place), now=datetime(2026, 7, 1, tzinfo=UTC))
    after = {row.key: row.unit_id for row in town.rows(asked)}
    town.load("service-requests", now=datetime(2026, 7, 1, tzinfo=UTC))
    assert outcome.read == 3000
    # One lies less than 4 mm from an edge.
    assert [key for key in before if after[key] != before[key]] == ["61277902"]


@pytest.mark.usefixtures("outcomes")
def test_every_complaint_type_of_the_files_has_its_category(town: Town) -> None:
    asked = """
        SELECT DISTINCT attributes ->> 'complaint_type' AS kind FROM incident i JOIN source s ON s.id = i.source_id
        JOIN category c ON c.id = i.category_id WHERE c.code = 'other' AND s.code = ANY(:sources)
    """
    assert town.rows(asked, sources=list(REQUESTS)) == []


@pytest.mark.usefixtures("outcomes")
def test_the_same_requests_as_json_and_as_csv_become_the_same_incidents(town: Town) -> None:
    asked = """
        SELECT count(*) AS n, count(*) FILTER (WHERE (a.unit_id, a.category_id, a.status, a.reported_at, a.title)
            IS DISTINCT FROM (b.unit_id, b.category_id, b.status, b.reported_at, b.title)) AS other
        FROM incident a JOIN incident b ON a.key = b.key AND a.source_id < b.source_id
    """
    assert town.rows(asked) == [(1000, 0)]


@pytest.mark.usefixtures("outcomes")
def test_injurious_collisions_lie_inside_but_for_a_few(town: Town) -> None:
    packed = needed("nyc/incidents/nyc-injurious-collisions.geojson.gz")
    shapes = geopandas.read_file(f"/vsigzip/{packed}").geometry.to_numpy()
    with town.engine.connect() as connection:
        stamp = Stamp(units_in_force(connection), town.city)
    inside = stamp.at(shapely.get_x(shapes), shapely.get_y(shapes)) != OUTSIDE
    assert len(inside) == 20_644
    assert inside.mean() == pytest.approx(0.9994, abs=0.0001)
