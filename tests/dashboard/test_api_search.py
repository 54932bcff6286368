"""`/api/search`, `/api/features/…`, `/api/at` and `/api/around`: what people type, and what is near."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from etl.run import load
from layers.pack import City
from tests.dashboard.conftest import Client

CITY = "990100000000"


def types(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [hit["type"] for hit in answer["results"]]


def test_a_unit_is_found_by_pinyin_with_its_way_and_a_place_to_go(client: Client) -> None:
    (hit,) = client.json("/api/search?q=xnjd")["results"]
    assert (hit["type"], hit["code"], hit["name"], hit["name_en"]) == (
        "unit",
        "990101001000",
        "西南街道",
        "West South Street",
    )
    assert [step["code"] for step in hit["path"]] == [CITY, "990101000000", "990101001000"]
    assert 121.5 < hit["lon"] < 121.54
    assert 29.8 < hit["lat"] < 29.82


def test_a_camera_is_found_by_code_by_the_beginning_of_it_and_by_name(client: Client) -> None:
    for q, first in (("C12", "C12"), ("c12", "C12"), ("C119", "C119"), ("Camera 77", "C77"), ("mera 1199", "C1199")):
        found = [hit for hit in client.json(f"/api/search?q={q}")["results"] if hit["type"] == "feature"]
        assert found[0]["code"] == first, q
        assert found[0]["layer"] == "cameras"
        assert found[0]["path"][0]["code"] == CITY
    whole = client.json(f"/api/features/{found[0]['id']}")
    assert (whole["key"], whole["lon"], whole["path"]) == ("C1199", found[0]["lon"], found[0]["path"])
    assert set(whole["attributes"]) == {"status"}


def test_an_incident_is_found_by_its_number(client: Client) -> None:
    found = [hit for hit in client.json("/api/search?q=h299&limit=20")["results"] if hit["type"] == "incident"]
    assert [hit["code"] for hit in found] == ["H299", *(f"H299{digit}" for digit in reversed(range(10)))]
    assert client.json(f"/api/incidents/{found[0]['id']}")["key"] == "H299"
    assert found[0]["name"] == "Case 299"
    assert found[0]["status"] in {"reported", "accepted", "dispatched", "resolved", "closed"}


def test_degrees_are_told_in_every_datum_and_where_each_would_be(client: Client) -> None:
    hits = client.json("/api/search?q=121.5405,29.8252")["results"]
    assert [(hit["type"], hit["datum"]) for hit in hits] == [
        ("coordinate", "wgs84"),
        ("coordinate", "gcj02"),
        ("coordinate", "bd09"),
    ]
    assert [step["code"] for step in hits[0]["path"]][:2] == [CITY, "990102000000"]
    assert [step["code"] for step in hits[1]["path"]][:2] == [CITY, "990101000000"]
    assert hits[0]["metres"] is None
    assert 400 < hits[1]["metres"] < 600 < hits[2]["metres"]
    (named,) = client.json("/api/search?q=gcj02 29.8252 121.5405")["results"]
    assert (named["lon"], named["lat"]) == (hits[1]["lon"], hits[1]["lat"])
    (far,) = client.json("/api/search?q=100.5,20.5")["results"]
    assert far["outside"]
    for words, amiss in (("N29.81 N121.51", "two_lats"), ("E29.81 E121.51", "two_lons"), ("N29.81 E121.51", None)):
        answer = client.json(f"/api/search?q={words}")
        assert (answer["amiss"], bool(answer["results"])) == (amiss, amiss is None)


@pytest.mark.parametrize("q", ["", " ", "%", "_", "\\", "'; DROP TABLE unit; --", "%_%", "\u200b", "😀😀", "C%"])
def test_odd_texts_find_nothing_and_break_nothing(client: Client, q: str) -> None:
    answer = client.http.build_request("GET", "/api/search", params={"q": q})
    assert client.json(str(answer.url))["results"] == []


def test_a_text_that_is_too_long_is_refused_with_the_remedy(client: Client) -> None:
    answer = client.get("/api/search?q=" + "x" * 101)
    assert answer.status_code == 400
    assert "at most 100 characters" in answer.json()["detail"]


def test_limit_is_for_each_kind(client: Client) -> None:
    answer = client.json("/api/search?q=99&limit=3")
    assert types(answer).count("unit") == 3
    assert client.get("/api/search?q=a&limit=51").status_code == 400


def test_another_edition_of_units_is_found_at_once(empty_client: Client, engine: Engine, city: City) -> None:
    assert empty_client.json("/api/search?q=西南")["results"] == []
    load(city.sources["units"], city=city, engine=engine, inbox=city.folder / "inbox", now=datetime.now(UTC))
    assert empty_client.json("/api/search?q=西南")["results"][0]["name"] == "西南街道"


def test_retired_things_are_not_found(empty_client: Client, engine: Engine, city: City) -> None:
    load(city.sources["units"], city=city, engine=engine, inbox=city.folder / "inbox", now=datetime.now(UTC))
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO feature (layer, source_id, key, name, unit_id, attributes, row_hash, load_id, retired_at)
            SELECT 'cameras', 1, key, 'Gate', (SELECT id FROM unit WHERE rank = 0), '{}', 1, 1, retired
            FROM (VALUES ('K1', NULL), ('K2', now())) AS made (key, retired)
            """)
        )
    assert [hit["code"] for hit in empty_client.json("/api/search?q=gate")["results"]] == ["K1"]
    (hit,) = empty_client.json("/api/search?q=K1")["results"]
    assert hit["lon"] is None
    assert empty_client.json("/api/search?q=K2")["results"] == []
    assert empty_client.get(f"/api/features/{hit['id'] + 1}").status_code == 404


def test_a_point_tells_whose_ground_it_is_on(client: Client) -> None:
    answer = client.json("/api/at?lon=121.505&lat=29.805")
    assert [step["level"] for step in answer["path"]] == ["city", "district", "street", "community", "grid"]
    assert client.json("/api/at?lon=0&lat=0")["path"] == []
    assert client.get("/api/at?lon=200&lat=0").status_code == 400


def test_around_counts_layers_and_incidents_and_names_the_nearest(client: Client) -> None:
    answer = client.json("/api/around?lon=121.54&lat=29.82&metres=1000&nearest=4")
    (cameras,) = answer["layers"]
    assert (cameras["id"], cameras["name_en"]) == ("cameras", "Cameras")
    assert cameras["total"] > 0
    assert [near["metres"] for near in cameras["nearest"]] == sorted(near["metres"] for near in cameras["nearest"])
    assert len(cameras["nearest"]) == 4
    assert all(0 <= near["bearing"] < 360 for near in cameras["nearest"])
    cases = answer["incidents"]
    assert cases["total"] == sum(item["total"] for item in cases["by_category"]) > 0
    assert all(near["metres"] <= 1000 for near in cases["nearest"])
    assert answer["path"][0]["code"] == CITY


def test_a_wider_circle_holds_more_and_a_filter_less(client: Client) -> None:
    totals = [
        client.json(f"/api/around?lon=121.54&lat=29.82&metres={metres}")["incidents"]["total"]
        for metres in (200, 500, 1000)
    ]
    assert totals[0] < totals[1] < totals[2]
    some = client.json("/api/around?lon=121.54&lat=29.82&metres=1000&category=noise&status=closed")
    assert 0 < some["incidents"]["total"] < totals[2]


@pytest.mark.parametrize("query", ["lon=1", "lon=1&lat=2&metres=0", "lon=1&lat=2&metres=2001", "lon=x&lat=2"])
def test_a_circle_that_cannot_be_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/api/around?{query}").status_code == 400
