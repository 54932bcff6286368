"""Places: which columns they are, in which datum, and how much speaks for it."""

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from sqlalchemy import Engine

from etl.guess import datums
from etl.guess.belonging import belonging
from etl.guess.ground import Ground, ground
from etl.guess.places import place
from layers.datum import wgs84_to_gcj02
from layers.pack import City
from layers.settings import HOME
from tests.etl.guess.columns import drawn, sample

LEAVES = 16


@pytest.fixture(scope="session")
def known(shared_engine: Engine, city: City) -> Ground:
    with shared_engine.connect() as connection:
        found = ground(connection, city)
    assert found is not None
    return found


def spots(known: Ground) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Return 20 points in each cell, and the codes of the cells."""
    units = known.stamp.units
    lon, lat, codes = [], [], []
    for shape, code in zip(units.shapes[units.leaves], np.array(units.codes)[units.leaves], strict=True):
        west, south, east, north = shape.bounds
        for step in np.linspace(0.05, 0.95, 20):
            lon.append(west + (east - west) * step)
            lat.append(south + (north - south) * step)
            codes.append(code)
    return np.array(lon), np.array(lat), np.array(codes)


def test_a_database_of_another_city_knows_nothing(shared_engine: Engine) -> None:
    with shared_engine.connect() as connection:
        assert ground(connection, City(HOME / "data" / "newyork")) is None


def test_a_database_without_units_knows_nothing(engine: Engine, city: City) -> None:
    with engine.connect() as connection:
        assert ground(connection, city) is None


@pytest.mark.parametrize(
    ("lon", "lat"), [("经度", "纬度"), ("lng", "lat"), ("Longitude", "Latitude"), ("X坐标", "Y坐标")]
)
def test_columns_are_found_by_their_names(lon: str, lat: str, city: City) -> None:
    found = place(sample(**{"n": ["1"], lat: ["29.8"], lon: ["121.5"]}), city, None)
    assert (found["lon"].value, found["lat"].value) == (lon, lat)


def test_columns_are_found_by_their_values_where_the_city_is_known(known: Ground, city: City) -> None:
    lon, lat, _ = spots(known)
    found = place(sample(n=list(range(len(lon))), a=lat.tolist(), b=lon.tolist()), city, known)
    assert (found["lon"].value, found["lat"].value) == ("b", "a")


def test_exchanged_names_are_noticed(known: Ground, city: City) -> None:
    lon, lat, _ = spots(known)
    found = place(sample(lon=lat.tolist(), lat=lon.tolist()), city, known)
    assert (found["lon"].value, found["lat"].value) == ("lat", "lon")
    assert "exchanged" in found["lon"].why
    blind = place(sample(lon=lat.tolist(), lat=lon.tolist()), city, None)
    assert (blind["lon"].value, blind["lat"].value) == ("lat", "lon")


def test_a_column_of_unit_codes_tells_one_datum_from_another(known: Ground, city: City) -> None:
    lon, lat, codes = spots(known)
    east, north = wgs84_to_gcj02(lon, lat)
    moved = sample(经度=east.tolist(), 纬度=north.tolist(), 网格=codes.tolist())
    found = place(moved, city, known)
    assert found["unit"].value == "网格"
    assert (found["datum"].value, found["datum"].sure, found["datum"].off) == ("gcj02", "likely", False)
    plain = place(sample(经度=lon.tolist(), 纬度=lat.tolist(), 网格=codes.tolist()), city, known)
    assert plain["datum"].value == "4326"


def test_without_anything_to_compare_with_the_datum_is_a_comment(known: Ground, city: City) -> None:
    lon, lat, _ = spots(known)
    found = place(sample(经度=lon.tolist(), 纬度=lat.tolist()), city, known)
    assert (found["datum"].off, found["datum"].sure) == (True, "unsure")
    assert "ask the owner" in found["datum"].why
    blind = datums.datum(lon, lat, codes=None, declared=None, ground=None)
    assert blind["datum"].off


def test_names_of_units_are_mapped_to_their_codes(known: Ground, city: City) -> None:
    units = known.stamp.units
    names = {code: name for name, code in known.names.items()}
    district = next(code for code, rank in zip(units.codes, units.ranks, strict=True) if rank == 1)
    found = belonging(sample(区=[names[district].upper()] * 9 + ["?"]), city, known)
    assert found is not None
    assert (found.column, found.names) == ("区", {names[district].upper(): district})
    assert "?" in found.entries()["unit_map"].why


def test_the_unit_is_named_by_the_column_that_fits_the_places_and_is_filled(known: Ground, city: City) -> None:
    lon, lat, codes = spots(known)
    names = {code: name for name, code in known.names.items()}
    units = known.stamp.units
    district = {code[:6]: names[code] for code, rank in zip(units.codes, units.ranks, strict=True) if rank == 1}
    streets = [names[code] for code, rank in zip(units.codes, units.ranks, strict=True) if rank == 2]
    truly = [district[str(code)[:6]] for code in codes]
    # Post towns that happen to be called like a street each, wherever in the city their rows are.
    towns = [streets[at % len(streets)] for at in range(len(codes))]
    rare = [streets[0], *[None] * (len(codes) - 1)]
    here = {"lon": lon.tolist(), "lat": lat.tolist()}
    assert place(sample(town=towns, area=truly, taxi=rare, **here), city, known)["unit"].value == "area"
    # Without places, the deepest names go first, if they are filled.
    blind = belonging(sample(town=towns, area=truly, taxi=rare), city, known)
    assert blind is not None
    assert blind.column == "town"
    # In which datum places are makes no difference to that.
    here["lon"], here["lat"] = (axis.tolist() for axis in wgs84_to_gcj02(lon, lat))
    assert place(sample(town=towns, area=truly, **here), city, known)["unit"].value == "area"


def test_codes_that_look_like_units_are_found_without_a_database(city: City) -> None:
    found = belonging(sample(a=["990101000000", "990102000000"], b=["1", "2"]), city, None)
    assert found is not None
    assert found.column == "a"
    assert belonging(sample(a=["330101000000", "330102000000"]), city, None) is None


def test_metres_find_their_system(known: Ground, city: City) -> None:
    lon, lat, _ = spots(known)
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:4549", always_xy=True).transform(lon, lat)
    x, y = np.where(np.arange(len(x)) % 3, x, np.nan), np.where(np.arange(len(x)) % 3, y, np.nan)
    found = place(sample(x=x.tolist(), y=y.tolist()), city, known)
    # Of those that fit, the one of this century made for the narrowest zone.
    assert (found["datum"].value, found["datum"].sure) == ("4549", "likely")
    assert "Xian 1980" in found["datum"].why
    surveyed = place(sample(x=y.tolist(), y=x.tolist()), city, known)
    assert [surveyed[key].value for key in ("lon", "lat", "datum")] == ["y", "x", "4549"]
    assert "the northing is called x" in surveyed["lon"].why


def test_shapes_that_say_their_system_need_nothing(city: City) -> None:
    shapes = np.array([shapely.Point(500_000, 3_300_000)], dtype=object)
    found = place(drawn(shapes, "EPSG:4549"), city, None)
    assert found["datum"].off


def test_places_are_found_however_they_are_written(known: Ground, city: City) -> None:
    lon, lat, _ = spots(known)
    turned = [f"({y}, {x})" for x, y in zip(lon, lat, strict=True)]
    drawn = [f"POINT ({x} {y})" for x, y in zip(lon, lat, strict=True)]
    for there in (known, None):
        found = place(sample(标题=["x, 1.5"] * len(lon), 坐标=turned), city, there)
        assert [found[key].value for key in ("lon", "lat", "order")] == ["坐标", "坐标", "lat lon"]
        found = place(sample(wkt=drawn), city, there)
        assert [found[key].value for key in ("lon", "lat")] == ["wkt", "wkt"]
        assert "order" not in found
    for outline in (polygon := shapely.Point(lon[0], lat[0]).buffer(0.001)).wkt, shapely.to_wkb(polygon, hex=True):
        found = place(sample(wkt=[outline]), city, known)
        assert (found["lon"].value, found["lon"].sure, "send a GeoPackage" in found["lon"].why) == (
            "wkt",
            "unsure",
            True,
        )
    angles = {"经度": [f"{x}\u00b0E" for x in lon], "纬度": [f"N{y}\u00b0" for y in lat]}
    assert [place(sample(**angles), city, known)[key].value for key in ("lon", "lat")] == ["经度", "纬度"]


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"经度": ["121,502"], "纬度": ["29,8,02"]}, "经度"),
        ({"标题": ["x"], "坐标": ["中山路"]}, "?"),
        ({"标题": ["x, 1.5"]}, "?"),
    ],
)
def test_a_place_that_no_loader_reads_is_named(columns: dict[str, list[str]], name: str, city: City) -> None:
    found = place(sample(**columns), city, None)
    assert {key: (guess.value, guess.off, guess.sure) for key, guess in found.items()} == {
        "lon": (name, True, "unsure")
    }
    assert ("which is no number or angle" in found["lon"].why) == (name != "?")
