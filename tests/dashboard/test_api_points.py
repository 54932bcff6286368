"""`/api/points/…`: nothing in view is lost, and no answer is too long."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import points
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


def test_an_incident_tells_what_its_popup_shows(client: Client) -> None:
    answer = client.json("/api/points/incidents.geojson?bbox=121.5,29.8,121.51,29.81&zoom=16&status=closed")
    said = answer["features"][0]["properties"]
    expected = {"id", "key", "title", "address", "reported_at", "closed_at", "due_at", "status", "category", "source"}
    assert expected <= set(said)
    assert (said["status"], said["overdue"]) == ("closed", False)


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
