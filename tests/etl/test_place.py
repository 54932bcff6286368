"""Where a row is: the datum on the way in, and the unit of what has no point."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from etl.place import moved, shift_to_wgs84
from layers.datum import gcj02_to_bd09, wgs84_to_gcj02
from layers.errors import LoadError
from layers.specs import PlaceSpec
from tests.etl.town import Town, case

UnitCode = Callable[[str], str | None]
RANDOM = np.random.default_rng(7)
LON = RANDOM.uniform(121.502, 121.578, 300)
LAT = RANDOM.uniform(29.802, 29.838, 300)


def metres_off(town: Town) -> float:
    """Return how far the worst incident lies from where it was made."""
    rows = town.rows("SELECT key::int, ST_X(geom), ST_Y(geom) FROM incident ORDER BY 1")
    assert len(rows) == len(LON)
    _, x, y = (np.array(column) for column in zip(*rows, strict=True))
    return float(Geod(ellps="WGS84").inv(x, y, LON, LAT)[2].max())


def send(town: Town, x: np.ndarray, y: np.ndarray) -> None:
    town.cases(case(str(n), 经度=repr(float(x[n])), 纬度=repr(float(y[n]))) for n in range(len(x)))


def test_gcj02_lands_within_half_a_metre(town: Town) -> None:
    send(town, *wgs84_to_gcj02(LON, LAT))
    town.load()
    assert metres_off(town) < 0.5


def test_bd09_lands_within_half_a_metre(town: Town) -> None:
    send(town, *gcj02_to_bd09(*wgs84_to_gcj02(LON, LAT)))
    town.load(town.source("hotline", place={"datum": "bd09"}))
    assert metres_off(town) < 0.5


@pytest.mark.parametrize("datum", ["4326", "4490", "4549", "32651", "3857"])
def test_any_epsg_code_lands_within_a_centimetre(town: Town, datum: str) -> None:
    send(town, *Transformer.from_crs("EPSG:4326", f"EPSG:{datum}", always_xy=True).transform(LON, LAT))
    town.load(town.source("hotline", place={"datum": datum}))
    assert metres_off(town) < 0.01


def test_what_the_pack_says_goes_before_what_the_file_says() -> None:
    here = np.array([121.5]), np.array([29.8])
    silent = shift_to_wgs84(PlaceSpec(), "EPSG:3857")(np.array([13525318.1]), np.array([3477000.0]))
    assert abs(float(silent[0][0]) - 121.5) < 1e-6
    declared = shift_to_wgs84(PlaceSpec(datum="4326"), "EPSG:3857")(*here)
    assert float(declared[0][0]) == pytest.approx(121.5)


def test_a_polygon_part_of_which_falls_together_to_a_line_stays_a_polygon() -> None:
    spiked = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 4), (2, 9), (2, 4), (0, 4)])
    flat = shapely.Polygon([(0, 0), (4, 0), (2, 0)])
    mended = moved(np.array([spiked, flat]), lambda x, y: (x, y))
    assert shapely.is_valid(mended).all()
    assert (mended[0].geom_type, mended[0].area) == ("MultiPolygon", 16)
    assert mended[1].length == 4, "nothing of it is a polygon, and that is said of it"


def test_a_datum_nobody_knows_is_explained() -> None:
    with pytest.raises(
        LoadError, match=r"place.datum 'EPSG:999999' is no reference system that PROJ knows; say 'gcj02'"
    ):
        shift_to_wgs84(PlaceSpec(datum="999999"), None)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("990101001001001", "990101001001001"),
        ("990101001001", "990101001001"),
        ("990102000000", "990102000000"),
        ("990101001001099", "990101001001"),
        ("990101001999", "990101001000"),
        ("990101999999", "990101000000"),
        ("990199999999", "990100000000"),
        ("330203001001", "990100000000"),
        ("garbage", "990100000000"),
        ("", "990100000000"),
    ],
)
def test_a_row_without_a_point_belongs_to_the_deepest_unit_known_for_it(
    town: Town, unit_code: UnitCode, sent: str, expected: str
) -> None:
    town.cases([case("A", 经度="", 纬度=" ", 社区=sent)])
    assert town.load().loaded == 1
    assert unit_code("A") == expected
    assert town.one("SELECT geom FROM incident") is None


def test_a_point_goes_before_a_code(town: Town, unit_code: UnitCode) -> None:
    town.cases([case("A", 社区="990102002002")])
    town.load()
    assert unit_code("A") == "990101001001001"


# The city ends at 121.58° E; a thousandth of a degree of longitude is 97 m here.
@pytest.mark.parametrize(("lon", "unit"), [("121.5815", "990100000000"), ("121.5825", None), ("121.5795", "cell")])
def test_a_place_near_the_city_belongs_to_the_city_and_to_no_unit_below(
    town: Town, unit_code: UnitCode, lon: str, unit: str | None
) -> None:
    town.cases([case("1", 经度=lon, 纬度="29.805")])
    outcome = town.load(town.source("hotline", place={"datum": "4326", "near": 200}))
    assert outcome.reasons == ({} if unit else {"outside-city": 1})
    assert unit_code("1") == ("990102001002001" if unit == "cell" else unit)
    assert town.one("SELECT count(*) FROM incident WHERE geom IS NOT NULL") == outcome.loaded


def test_without_a_distance_nothing_outside_comes_in(town: Town) -> None:
    town.cases([case("1", 经度="121.58001", 纬度="29.805")])
    assert town.load(town.source("hotline", place={"datum": "4326"})).reasons == {"outside-city": 1}


def test_a_source_may_call_units_by_other_names(town: Town, unit_code: UnitCode) -> None:
    named = {"1": "East", "2": "Nowhere", "3": "", "4": "990101000000"}
    town.cases(case(key, 经度="", 纬度="", 社区=name) for key, name in named.items())
    town.load(town.source("hotline", place={"unit_map": {"East": "990102000000"}}))
    found = {key: unit_code(key) for key in named}
    assert found == {"1": "990102000000", "2": "990100000000", "3": "990100000000", "4": "990101000000"}
