"""`/api/points/…` of lines and polygons: cut to the view, simple enough for its zoom, never too many."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine

from dashboard.app import create_app
from layers import points
from layers.pack import City
from layers.settings import Settings
from tests.dashboard.conftest import Client
from tests.etl.town import Town

LAYER = 'id = "{0}"\ntheme = "places"\ntitle = {{ zh = "{0}", en = "{0}" }}\ngeometry = "{1}"\n'
SOURCE = """
id = "{0}"
title = {{ zh = "{0}", en = "{0}" }}
owner = "x"
feeds = "{0}"
refresh = "1d"
share = "open"
read = {{ format = "geojson", path = "{0}.geojson" }}
fields = {{ key = "id", name = "name" }}
"""
VIEW = "bbox=121.5,29.8,121.52,29.81"


@pytest.fixture
def client(city: City, engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Client]:
    """A client of the small city with a long road of many corners, 2,100 short ones, and two ponds."""
    pack = Path(shutil.copytree(city.folder, tmp_path / "city"))
    for name, kind in (("roads", "line"), ("ponds", "polygon")):
        (pack / "layers" / f"{name}.toml").write_text(LAYER.format(name, kind), encoding="utf-8")
        (pack / "sources" / f"{name}.toml").write_text(SOURCE.format(name), encoding="utf-8")
    town = Town(City(pack), engine, tmp_path / "inbox")
    long = [[121.5 + at / 10_000, 29.8051 + at % 2 / 1_000_000] for at in range(500)]
    short = [[[121.501, y], [121.502, y]] for y in (29.8002 + at / 1_000_000 for at in range(2_100))]
    town.geojson("roads.geojson", [named(at, "LineString", each) for at, each in enumerate([long, *short])])
    ponds = [(121.505, 29.805, 121.545, 29.809), (121.507, 29.802, 121.508, 29.803)]
    squares = [[[[w, s], [e, s], [e, n], [w, n], [w, s]]] for w, s, e, n in ponds]
    town.geojson("ponds.geojson", [named(at, "Polygon", each) for at, each in enumerate(squares)])
    assert [town.load(name).state for name in ("units", "roads", "ponds")] == ["published"] * 3
    made = Client(create_app(Settings(city=pack), town.city, database_url))
    yield made
    made.close()


def named(number: int, kind: str, coordinates: object) -> tuple[dict[str, Any], object]:
    return {"id": f"K{number}", "name": f"{kind} {number}"}, {"type": kind, "coordinates": coordinates}


def shapes(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the shapes of an answer by their keys, in its order."""
    found = answer["features"]
    return {each["properties"]["key"]: shapely.geometry.shape(each["geometry"]) for each in found}


def test_shapes_are_cut_where_nobody_sees_it_and_have_no_corner_too_many(client: Client) -> None:
    road = shapes(client.json(f"/api/points/roads.geojson?{VIEW}&zoom=14"))["K0"]
    assert road.geom_type == "LineString"
    assert len(road.coords) < 5
    assert [round(edge, 3) for edge in road.bounds] == [121.5, 29.805, 121.522, 29.805]
    assert len(shapes(client.json(f"/api/points/roads.geojson?{VIEW}&zoom=24"))["K0"].coords) > 200
    ponds = shapes(client.json(f"/api/points/ponds.geojson?{VIEW}&zoom=14"))
    assert {key: pond.geom_type for key, pond in ponds.items()} == {"K0": "Polygon", "K1": "Polygon"}
    assert [round(edge, 3) for edge in ponds["K0"].bounds] == [121.505, 29.805, 121.522, 29.809]


def test_of_too_many_the_largest_are_answered_and_all_are_counted(client: Client) -> None:
    answer = client.json(f"/api/points/roads.geojson?{VIEW}&zoom=14")
    assert (answer["total"], len(answer["features"]), answer["clustered"]) == (2_101, points.MOST, False)
    assert answer["features"][0]["properties"] == {"key": "K0", "name": "LineString 0"}


def test_what_is_too_small_to_be_seen_keeps_its_place(client: Client) -> None:
    small = shapes(client.json(f"/api/points/ponds.geojson?{VIEW}&zoom=5"))["K1"]
    assert not small.is_empty
    assert small.envelope.intersects(shapely.box(121.507, 29.802, 121.508, 29.803))


def test_a_unit_has_what_reaches_into_it_and_not_what_is_elsewhere(client: Client) -> None:
    asked = "/api/points/{}.geojson?zoom=14&unit={}"
    west, east = (shapes(client.json(asked.format("roads", unit))) for unit in ("990101000000", "990102000000"))
    assert ("K0" in west, len(west), set(east)) == (True, points.MOST, {"K0"})
    assert set(shapes(client.json(asked.format("ponds", "990102000000")))) == {"K0"}
    assert set(shapes(client.json(asked.format("ponds", "990101001001")))) == {"K0", "K1"}
