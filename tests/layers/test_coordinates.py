"""Coordinates as people write them, in every order, notation and datum."""

import math

import pytest
from pyproj import Transformer

from layers.coordinates import Reading, metres_between, read
from layers.datum import wgs84_to_bd09, wgs84_to_gcj02
from layers.errors import SameAxisError

NINGBO = (120.89, 28.86, 122.26, 30.40)
NEW_YORK = (-74.26, 40.49, -73.70, 40.92)
WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}
ALL = ["wgs84", "gcj02", "bd09"]


def close(found: Reading, lon: float, lat: float, *, metres: float = 1.0) -> bool:
    return metres_between(found, Reading("wgs84", lon, lat)) < metres


@pytest.mark.parametrize(
    "text",
    [
        "121.55, 29.87",
        "29.87,121.55",
        "29.87 121.55",
        "121.55，29.87",
        "121.55；29.87",
        "121.55、29.87",
        "121.55, 29.87".translate(WIDE),
        "(121.55, 29.87)",
        "POINT(121.55 29.87)",
        "29.87N 121.55E",
        "E121.55 N29.87",
        "东经121.55 北纬29.87",
        "经度：121.55 纬度：29.87",
        "lat=29.87&lon=121.55",
        "29°52'12\"N 121°33'0\"E",
        "29°52\u203212\u2033 121°33\u2032",
        "121°33.0' 29°52.2'",
        "北纬29度52分12秒，东经121度33分",
        "121.55° 29.87°",
        "29°52.2 121°33",
        "N29 52.2 E121 33",
        "29 52 12 N, 121 33 E",
        "121 33 00 29 52 12",
        "29:52:12, 121:33:00",
        "29 52.2 121 33",
        "东经121 33 北纬29 52 12",
        "N29°52'12\" E121°33'",
    ],
)
def test_every_notation_means_the_same_place_in_each_datum(text: str) -> None:
    found = read(text, NINGBO)
    assert [reading.datum for reading in found] == ALL
    assert close(found[0], 121.55, 29.87)
    for reading, forward in zip(found[1:], (wgs84_to_gcj02, wgs84_to_bd09), strict=True):
        lon, lat = forward(reading.lon, reading.lat)
        assert math.isclose(float(lon), 121.55, abs_tol=1e-7)
        assert math.isclose(float(lat), 29.87, abs_tol=1e-7)
    assert 400 < metres_between(found[0], found[1]) < 600
    assert not any(reading.outside for reading in found)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("121.55,29.87 WGS84", "wgs84"),
        ("高德 121.55,29.87", "gcj02"),
        ("高德121.55,29.87", "gcj02"),
        ("29.87,121.55百度", "bd09"),
        ("天地图121.55 29.87", "cgcs2000"),
        ("2000坐标系 121.55 29.87", "cgcs2000"),
        ("GCJ-02: 121.55,29.87", "gcj02"),
        ("百度坐标 121.55,29.87", "bd09"),
        ("121.55 29.87 bd09ll", "bd09"),
        ("CGCS2000 121.55 29.87", "cgcs2000"),
    ],
)
def test_a_named_datum_leaves_one_reading(text: str, datum: str) -> None:
    assert [reading.datum for reading in read(text, NINGBO)] == [datum]


def test_the_citys_box_tells_which_number_comes_first() -> None:
    for text in ("40.7, -74.0", "-74.0, 40.7"):
        (only,) = read(text, NEW_YORK)
        assert (only.lon, only.lat, only.datum) == (-74.0, 40.7, "wgs84")


def test_a_place_far_from_the_city_is_said_to_be_outside() -> None:
    (only,) = read("116.4, 39.9", NINGBO)
    assert only.outside
    assert close(only, 116.4, 39.9)


@pytest.mark.parametrize("zone", [40, 41])
@pytest.mark.parametrize("north_first", [True, False])
@pytest.mark.parametrize("prefix", [True, False])
def test_metres_of_a_gauss_kruger_zone_are_read_with_and_without_its_number(
    zone: int, *, north_first: bool, prefix: bool
) -> None:
    east, north = Transformer.from_crs(4490, 4488 + zone, always_xy=True).transform(121.55, 29.87)
    east = east if prefix else east - zone * 1_000_000
    text = f"{north:.3f}, {east:.3f}" if north_first else f"x={east:.3f}m y={north:.3f}m"
    found = [reading for reading in read(text, NINGBO) if close(reading, 121.55, 29.87, metres=0.01)]
    assert [reading.datum for reading in found] == ["cgcs2000"]
    assert prefix is False or len(read(text, NINGBO)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "121.55",
        "330203",
        "330203001 330203002",
        "121.55, 29.87, 3",
        "第1网格 2",
        "12345 热线",
        "1 2",
        "29°72' 121°33'",
        "121 73 00 29 52 12",
        "121.5 33 29 52",
        "121 33 00 29 52",
        "29 -52 121 33",
        "29 52 12 1 121 33 0 1",
        "1 2 3 4",
        "2026 11 27 10 20 30",
        "221.5, 129.8",
        "4500000, 99000000",
        "yzq",
    ],
)
def test_what_is_no_coordinate_is_none(text: str) -> None:
    assert read(text, NINGBO) == []


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("N29.87 N121.55", "lat"),
        ("29.87N 121.55N", "lat"),
        ("N29°52' N121°33'", "lat"),
        ("N29 52 S121 33", "lat"),
        ("北纬29.87 北纬121.55", "lat"),
        ("121.55E 29.87E", "lon"),
        ("E121 33 00 W29 52 12", "lon"),
    ],
)
def test_two_latitudes_or_longitudes_are_no_place(text: str, axis: str) -> None:
    with pytest.raises(SameAxisError) as refused:
        read(text, NINGBO)
    assert refused.value.axis == axis
