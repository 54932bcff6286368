"""Coordinates as people write them, and what cannot be meant is none."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from etl.coordinates import coordinates_in, pairs_in
from tests.etl.town import Town, case

HERE = 121 + 30 / 60 + 36 / 3600
WIDE = str.maketrans("0123456789.", "".join(chr(ord(sign) + 0xFEE0) for sign in "0123456789."))
ANGLES = (
    "121\u00b030\u203236\u2033",
    "121\u00b030'36\"E",
    "E121\u00b030'36",
    "东经121度30分36秒",
    "121:30:36",
    "121\u00ba30\u201936\u201d",
    "121.51\u00b0",
    "121.51".translate(WIDE),
    "121\u00b030.6'",
    "121.51E",
    "121.51",
)
POINT = shapely.Point(121.51, 29.82)
BOTH = (
    "121.51,29.82",
    "(121.51, 29.82)",
    "121.51，29.82",
    "[121.51; 29.82]",
    "121.51 29.82",
    "东经121.51，北纬29.82",
    "东经121.51北纬29.82",
    "N29.82 E121.51",
    "121\u00b030'36\", 29\u00b049'12\"",
    "121\u00b030'36\" 29\u00b049'12\"",
    "POINT (121.51 29.82)",
    "point z(121.51 29.82 3)",
    "SRID=4326;POINT(121.51 29.82)",
    shapely.to_wkb(POINT, hex=True),
    shapely.to_wkb(POINT, hex=True, byte_order=0),
    shapely.to_wkb(shapely.set_srid(POINT, 4490), hex=True, include_srid=True),
)
NEITHER = (
    "121.51",
    "1,2,3",
    "x, y",
    "",
    None,
    "SRID=4547;POINT(121.51 29.82)",
    "GEOMETRYCOLLECTION (POINT (121.51 29.82))",
    shapely.to_wkb(shapely.set_srid(POINT, 4547), hex=True, include_srid=True),
    "POINT EMPTY",
    "POINT (121.51)",
    shapely.to_wkb(shapely.GeometryCollection([POINT]), hex=True),
)


def test_angles_are_read_however_they_are_written() -> None:
    np.testing.assert_allclose(coordinates_in(pa.array(ANGLES), "lon"), HERE, atol=1e-9)
    assert coordinates_in(pa.array(["S29.5", "-73\u00b030'", "39,445,593.060"]), "lat")[[0, 2]].tolist() == [
        -29.5,
        39445593.06,
    ]
    assert coordinates_in(pa.array(["W73.5", "-73\u00b030'"]), "lon").tolist() == [-73.5, -73.5]
    wrong = ("N12", "121\u00b075'", "12'", "116,363436", "121 30 36", "about 121", "E121E", " ", None)
    assert np.isnan(coordinates_in(pa.array(wrong), "lon")).all()


def test_one_column_may_hold_both_or_a_shape() -> None:
    np.testing.assert_allclose(pairs_in(pa.array(BOTH), "lon lat", "4326"), [[121.51] * len(BOTH), [29.82] * len(BOTH)])
    turned = (
        "(29.82, 121.51)",
        "29.82 121.51",
        "29\u00b049'12\",121\u00b030'36\"",
        "北纬29.82，东经121.51",
        "POINT (121.51 29.82)",
    )
    np.testing.assert_allclose(pairs_in(pa.array(turned), "lat lon", "4326"), [[121.51] * 5, [29.82] * 5])
    assert np.isnan(pairs_in(pa.array(NEITHER), "lon lat", "4326")).all()
    np.testing.assert_allclose(pairs_in(pa.array(NEITHER[5:6]), "lon lat", "4547"), [[121.51], [29.82]])


@pytest.mark.parametrize("order", ["lon lat", "lat lon"])
def test_a_load_takes_both_from_one_column(town: Town, order: str) -> None:
    sent = "121.51458,29.80225" if order == "lon lat" else "(29.80225, 121.51458)"
    town.cases([case("A", 经度=sent), case("B", 经度=""), case("C", 经度="121.51458")])
    outcome = town.load(town.source("hotline", place={"lat": "经度", "order": order, "datum": "4326"}))
    assert (outcome.loaded, outcome.reasons) == (2, {"not-a-number": 1})
    assert town.one("SELECT ST_AsText(geom) FROM incident WHERE key = 'A'") == "POINT(121.51458 29.80225)"
    (found,) = town.rejected(outcome)
    assert found.message == "经度 is '121.51458'; it must hold two numbers, WKT or WKB in EPSG:4326, or be empty"
