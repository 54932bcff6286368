"""`/api/points/…`: nothing in view is lost, and no answer is too long."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.app import create_app
from layers import points
from layers.pack import City
from layers.settings import Settings
from tests.dashboard.conftest import Client


def weight(answer: dict[str, Any]) -> int:
    return sum(feature["properties"].get("count", 1) for feature in answer["features"])


@st.composite
def views(draw: st.DrawFn) -> str:
    west, south = 121.49 + draw(st.integers(0, 80)) / 1000, 29.79 + draw(st.integers(0, 40)) / 1000
    size = draw(st.integers(1, 100)) / 1000
    return f"bbox={west:.3f},{south:.3f},{west + size:.3f},{south + size:.3f}&zoom={draw(st.integers(8, 20))}"


@settings(max_examples=60, deadline=None)
@given(view=views(), layer=st.sampled_from(["incidents", "hotline", "cameras"]))
def test_the_counts_in_view_are_all_there_is_in_view(client: Client, view: str, layer: str) -> None:
    answer = client.json(f"/api/points/{layer}.geojson?{view}")
    assert weight(answer) == answer["total"]
    assert len(answer["features"]) <= points.MOST
    assert answer["clustered"] == (answer["total"] > points.SINGLES)
    assert answer["by"] == ("cell" if answer["clustered"] else "point")
    if layer == "incidents":
        assert answer["total"] == client.json(f"/api/summary?{view.split('&', maxsplit=1)[0]}")["total"]


def test_many_are_clusters_whose_bounds_hold_their_place(client: Client) -> None:
    answer = client.json("/api/points/cameras.geojson?bbox=121.4,29.7,121.7,29.9&zoom=12")
    assert answer["total"] == 1200
    clusters = [feature for feature in answer["features"] if "count" in feature["properties"]]
    assert clusters
    for cluster in clusters:
        west, south, east, north = cluster["properties"]["bounds"]
        lon, lat = cluster["geometry"]["coordinates"]
        assert west <= lon <= east
        assert south <= lat <= north


def test_few_are_single_with_what_their_layer_declares(client: Client) -> None:
    answer = client.json("/api/points/cameras.geojson?bbox=121.5,29.8,121.51,29.81&zoom=16")
    assert answer["total"] == len(answer["features"]) > 0
    assert {tuple(feature["properties"]) for feature in answer["features"]} == {("key", "name", "status")}


def test_an_incident_tells_what_draws_and_names_it_and_where_the_rest_is(client: Client) -> None:
    answer = client.json("/api/points/incidents.geojson?bbox=121.5,29.8,121.51,29.81&zoom=16&status=closed")
    said = answer["features"][0]["properties"]
    assert {"id", "key", "title", "address", "reported_at", "status", "category", "source"} <= set(said)
    assert (said["status"], said["overdue"]) == ("closed", False)
    whole = client.json(f"/api/incidents/{said['id']}")
    assert {name: whole[name] for name in ("key", "title", "status")} == {
        name: said[name] for name in ("key", "title", "status")
    }
    assert {"closed_at", "due_at"} <= set(whole)


def test_a_layer_of_events_shows_the_incidents_of_its_source(client: Client) -> None:
    hotline = client.json("/api/points/hotline.geojson?bbox=121.4,29.7,121.7,29.9&zoom=10")["total"]
    asked = client.json("/api/points/incidents.geojson?bbox=121.4,29.7,121.7,29.9&zoom=10&source=hotline")["total"]
    everything = client.json("/api/points/incidents.geojson?bbox=121.4,29.7,121.7,29.9&zoom=10")["total"]
    assert hotline == asked < everything


def test_features_have_no_time_but_a_unit(client: Client) -> None:
    plain = client.json("/api/points/cameras.geojson")["total"]
    assert client.json("/api/points/cameras.geojson?from=2030-01-01&category=noise&source=hotline")["total"] == plain
    assert client.json("/api/points/cameras.geojson?unit=990101000000")["total"] < plain


@pytest.mark.parametrize("zoom", [0, 11, 24])
def test_the_longest_answer_is_short_enough_at_any_zoom(client: Client, zoom: int) -> None:
    answer = client.json(f"/api/points/incidents.geojson?bbox=-180,-85,180,85&zoom={zoom}")
    assert len(answer["features"]) <= points.MOST
    assert weight(answer) == answer["total"]


def test_a_layer_that_is_not_there_is_answered_with_those_that_are(client: Client) -> None:
    answer = client.get("/api/points/fountains.geojson")
    assert answer.status_code == 404
    assert answer.json()["known"] == ["cameras", "hotline", "incidents"]


@pytest.fixture(scope="module")
def frugal(filled_url: str, city: City) -> Iterator[Client]:
    """A client of a server to which reading any points is too dear."""
    made = Client(create_app(Settings(city=city.folder, points_cost=0), city, filled_url))
    yield made
    made.close()


WEST, SOUTH, EAST, NORTH = 121.0, 29.5, 122.0, 30.1
"""All of the city, and more."""
ZOOMS = {"city": 8, "community": 10, "grid": 13}


def seen(client: Client, asked: str, *, zoom: int, west: float = WEST, east: float = EAST) -> Any:  # noqa: ANN401 - GeoJSON
    return client.json(f"/api/points/incidents.geojson?{asked}&bbox={west},{SOUTH},{east},{NORTH}&zoom={zoom}")


@st.composite
def counted(draw: st.DrawFn) -> str:
    """Any filter that the roll-up can answer."""
    first = draw(st.none() | st.dates(date(2025, 2, 1), date(2025, 9, 30)))
    last = draw(st.none() | st.dates(first or date(2025, 3, 1), date(2025, 10, 31)))
    said = {"from": first, "to": last + timedelta(days=1) if last else None}
    pairs = [(name, str(value)) for name, value in said.items() if value]
    pairs += [
        ("category", code) for code in draw(st.sets(st.sampled_from(["noise", "order", "order-stall"]), max_size=2))
    ]
    pairs += [("status", each) for each in draw(st.sets(st.sampled_from(["reported", "resolved", "closed"])))]
    pairs += [("source", each) for each in draw(st.sets(st.sampled_from(["hotline", "cameras"]), max_size=1))]
    return urlencode(pairs)


@settings(max_examples=60, deadline=None)
@given(asked=counted(), level=st.sampled_from(list(ZOOMS)), cut=st.integers(121_500, 121_580), chance=st.randoms())
def test_units_hold_what_their_summaries_say_and_nothing_is_lost(
    frugal: Client, asked: str, level: str, cut: int, chance: random.Random
) -> None:
    answer = seen(frugal, asked, zoom=ZOOMS[level])
    assert (answer["by"], answer["level"], answer["clustered"]) == ("unit", level, True)
    assert weight(answer) == answer["total"] == frugal.json(f"/api/summary?{asked}")["total"]
    if answer["features"]:
        said = chance.choice(answer["features"])["properties"]
        summaries = [frugal.json(f"/api/summary?{asked}&unit={unit}") for unit in said["units"]]
        own = [each["total" if each["unit"]["level"] == level else "unplaced"] for each in summaries]
        assert said["count"] == sum(own)
        assert said.get("rest", False) == all(each["unit"]["level"] != level for each in summaries)
    # Half a millionth of a degree aside, since both halves hold what lies on the cut.
    left = seen(frugal, asked, zoom=ZOOMS[level], east=cut / 1000 + 0.0000005)
    right = seen(frugal, asked, zoom=ZOOMS[level], west=cut / 1000 + 0.0000005)
    assert left["total"] + right["total"] == answer["total"]


@settings(max_examples=30, deadline=None)
@given(asked=counted(), unit=st.sampled_from(["990101000000", "990101001000", "990101001001", "990101001001001"]))
def test_what_is_asked_of_a_unit_is_counted_within_it(frugal: Client, asked: str, unit: str) -> None:
    answer = seen(frugal, f"{asked}&unit={unit}", zoom=12)
    box = "" if answer["by"] == "unit" else f"&bbox={WEST},{SOUTH},{EAST},{NORTH}"
    assert weight(answer) == answer["total"] == frugal.json(f"/api/summary?{asked}&unit={unit}{box}")["total"]
    if answer["by"] == "unit":
        codes = [code for feature in answer["features"] for code in feature["properties"]["units"]]
        assert all(code.startswith(unit.rstrip("0")) for code in codes)


@pytest.mark.parametrize("asked", ["q=Case", "hours=8-20", "channel=phone", "from=2025-03-01T12:00:00%2B08:00"])
def test_what_no_count_knows_is_read_however_dear_it_is(frugal: Client, client: Client, asked: str) -> None:
    answer = seen(frugal, asked, zoom=12)
    assert answer["by"] == "cell"
    assert answer["total"] == seen(client, asked, zoom=12)["total"] > 0


def test_points_are_read_where_units_are_larger_than_what_is_looked_at(frugal: Client) -> None:
    assert seen(frugal, "", zoom=17)["by"] == "cell"


def test_a_layer_of_events_is_counted_by_unit_as_its_source_is(frugal: Client, client: Client) -> None:
    box = f"bbox={WEST},{SOUTH},{EAST},{NORTH}&zoom=12"
    hotline = frugal.json(f"/api/points/hotline.geojson?{box}")
    assert hotline == seen(frugal, "source=hotline", zoom=12)
    assert hotline["by"] == "unit"
    assert client.json(f"/api/points/hotline.geojson?{box}")["by"] == "cell"


@settings(max_examples=20, deadline=None)
@given(level=st.sampled_from(list(ZOOMS)), unit=st.sampled_from(["", "unit=990101000000&", "unit=990101001000&"]))
def test_features_are_counted_by_unit_where_there_are_too_many(frugal: Client, level: str, unit: str) -> None:
    box = f"bbox={WEST},{SOUTH},{EAST},{NORTH}&zoom={ZOOMS[level]}"
    answer = frugal.json(f"/api/points/cameras.geojson?{unit}{box}")
    held = {layer["id"]: layer["count"] for layer in frugal.json(f"/api/layers?{unit}")}
    assert (answer["by"], weight(answer)) == ("unit", held["cameras"])
    assert frugal.json(f"/api/points/cameras.geojson?{unit}{box}&q=Camera")["by"] != "unit"
    said = answer["features"][0]["properties"]
    layers = [layer for code in said["units"] for layer in frugal.json(f"/api/layers?unit={code}")]
    assert said["count"] == sum(layer["count"] for layer in layers if layer["id"] == "cameras")
