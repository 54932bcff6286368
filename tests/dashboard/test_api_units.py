"""`/api/city` and `/api/units/…`: where a client starts, and the polygons."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from etl.run import load
from layers.pack import City
from tests.dashboard.conftest import Client

CITY, WEST, CELL = "990100000000", "990101000000", "990101001001001"


def test_the_city_tells_all_a_client_needs_to_start(client: Client) -> None:
    answer = client.json("/api/city")
    assert (answer["code"], answer["name"], answer["name_en"]) == (CITY, "方城市", "Square City")
    assert [level["id"] for level in answer["levels"]] == ["city", "district", "street", "community", "grid"]
    assert answer["time_zone"] == "Asia/Shanghai"
    assert answer["generated"] is False
    assert answer["bounds"] == [121.5, 29.8, 121.58, 29.84]
    assert [item["id"] for item in answer["channels"]] == ["phone", "app"]
    assert answer["statuses"][-1] == {"id": "closed", "name": "已结案", "name_en": "Closed"}
    assert answer["categories"][1] == {
        "code": "order-stall",
        "parent": "order",
        "name": "占道经营",
        "name_en": "Street vending",
        "hours": 24,
    }
    assert datetime.fromisoformat(answer["now"]).utcoffset() == timedelta(hours=8)


def test_a_unit_tells_the_way_to_it_and_its_children(client: Client) -> None:
    answer = client.json("/api/units/990101002000")
    assert [step["code"] for step in answer["path"]] == [CITY, WEST, "990101002000"]
    assert [child["code"] for child in answer["children"]] == ["990101002001", "990101002002"]
    assert answer["bounds"] == [121.5, 29.82, 121.54, 29.84]
    assert 8 < answer["area"] < 9
    assert 121.5 < answer["label"][0] < 121.54


def test_polygons_of_the_children_come_as_geojson_in_code_order(client: Client) -> None:
    answer = client.json(f"/api/units/{CITY}/children.geojson")
    assert [feature["properties"]["code"] for feature in answer["features"]] == [WEST, "990102000000"]
    first = answer["features"][0]
    assert first["geometry"]["type"] == "MultiPolygon"
    assert set(first["properties"]) == {"code", "name", "name_en", "level", "lon", "lat", "area"}


def test_polygons_under_the_present_version_are_kept_for_good(client: Client) -> None:
    version = client.json("/api/city")["version"]
    address = f"/api/units/{CITY}/children.geobuf"
    kept = client.get(f"{address}?v={version}")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.content
    assert client.get(f"{address}?v=other").headers["cache-control"] == "no-cache"
    plain = client.get(address)
    assert plain.headers["cache-control"] == "no-cache"
    assert plain.content == kept.content
    assert client.get(address, if_none_match=plain.headers["etag"]).status_code == 304


def test_the_lowest_level_has_no_polygons_below_it_but_its_own(client: Client) -> None:
    assert client.get(f"/api/units/{CELL}/children.geobuf").content == b""
    assert client.get(f"/api/units/{CELL}/outline.geobuf").content
    assert client.json(f"/api/units/{CELL}/children.geojson")["features"] == []


def test_what_is_kept_for_good_is_compressed_once_and_answered_from_memory(client: Client) -> None:
    version = client.json("/api/city")["version"]
    address = f"/api/units/{CITY}/children.geojson?v={version}"
    first, second = client.get(address, accept_encoding="gzip"), client.get(address, accept_encoding="gzip")
    assert first.headers["content-encoding"] == second.headers["content-encoding"] == "gzip"
    assert first.content == second.content == client.get(address, accept_encoding="identity").content
    assert int(second.headers["content-length"]) <= len(gzip.compress(first.content, 9)) + 20


@pytest.mark.parametrize("tail", ["", "/children.geobuf", "/children.geojson", "/outline.geobuf"])
def test_a_unit_that_is_not_there_is_answered_with_those_that_are(client: Client, tail: str) -> None:
    answer = client.get(f"/api/units/42{tail}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "no unit has the id '42'; known: 990100000000, 990101000000, 990102000000"


def test_a_load_of_units_gives_the_polygons_another_address(empty_client: Client, engine: Engine, city: City) -> None:
    before = empty_client.json("/api/city")
    assert (before["version"], before["bounds"]) == ("none", None)
    load(city.sources["units"], city=city, engine=engine, inbox=city.folder / "inbox", now=datetime.now(UTC))
    first = empty_client.json("/api/city")["version"]
    assert first != "none"
    load(city.sources["units"], city=city, engine=engine, inbox=city.folder / "inbox", now=datetime.now(UTC))
    assert empty_client.json("/api/city")["version"] == first


def test_all_units_of_a_level_come_in_the_order_of_their_values(client: Client) -> None:
    version = client.json("/api/city")["version"]
    kept = client.get(f"/api/units/{WEST}/levels/grid.geobuf?v={version}")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    codes = re.findall(rb"9901\d{11}", kept.content)
    listed = client.json(f"/api/indicators/count?unit={WEST}&level=grid")
    assert [code.decode() for code in codes] == listed["codes"]
    answer = client.json(f"/api/indicators/count/values?unit={WEST}&level=grid")
    assert (answer["version"], answer["values"]) == (version, listed["values"])
    assert sum(item["units"] for item in answer["classes"]) + answer["unknown"] == len(codes)
    assert client.get(f"/api/units/{WEST}/levels/block.geobuf").status_code == 404
