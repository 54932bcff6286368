"""`/api/layers`, `/api/sources`: what there is, and how fresh it is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from layers.pack import City
from layers.sources import freshness
from tests.dashboard.conftest import Client

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def test_layers_come_in_drawing_order_with_what_they_hold(client: Client) -> None:
    cameras, hotline = client.json("/api/layers")
    assert (cameras["id"], cameras["theme"], cameras["count"], cameras["incidents"]) == (
        "cameras",
        "things",
        1200,
        None,
    )
    assert cameras["fields"][0]["values"]["online"] == {"name": "在线", "name_en": "Online"}
    assert hotline["incidents"] == "hotline"
    assert hotline["count"] == client.json("/api/summary?source=hotline")["total"]
    assert hotline["data_time"] is not None


def test_layers_count_what_the_filter_means(client: Client) -> None:
    cameras, hotline = client.json("/api/layers?unit=990101000000&from=2025-04-01&to=2025-05-01")
    assert cameras["count"] == client.json("/api/points/cameras.geojson?unit=990101000000")["total"]
    asked = "unit=990101000000&from=2025-04-01&to=2025-05-01&source=hotline"
    assert hotline["count"] == client.json(f"/api/summary?{asked}")["total"]


@pytest.mark.parametrize(
    "asked",
    [
        "where=cameras.status:eq:offline",
        "circle=121.52,29.81,1500&unit=990101000000",
        "bbox=121.5,29.8,121.54,29.82&where=cameras.status:eq:online",
    ],
)
def test_a_layer_has_as_many_features_as_its_points_and_its_file(client: Client, asked: str) -> None:
    cameras, hotline = client.json(f"/api/layers?incidents=false&{asked}")
    assert 0 < cameras["count"] < 1200
    assert cameras["count"] == client.json(f"/api/points/cameras.geojson?zoom=14&{asked}")["total"]
    assert client.get(f"/api/export/cameras.csv?{asked}").headers["x-total-rows"] == str(cameras["count"])
    assert hotline["count"] is None


def test_a_source_tells_its_last_load(client: Client) -> None:
    units = next(source for source in client.json("/api/sources") if source["id"] == "units")
    assert (units["owner"], units["owner_en"]) == ("民政局", "Civil Affairs Bureau")
    assert (units["refresh"], units["share"], units["feeds"]) == ("365d", "open", "units")
    assert units["last_load"]["state"] == "published"
    assert (units["last_load"]["rows_read"], units["last_load"]["rows_loaded"]) == (31, 31)


def test_before_the_first_load_nothing_is_known(empty_client: Client) -> None:
    sources = empty_client.json("/api/sources")
    assert {(source["freshness"], source["last_load"]) for source in sources} == {("unknown", None)}


@pytest.mark.parametrize("state", ["failed", "held"])
def test_a_load_that_brought_nothing_is_told_but_the_data_stay_as_old_as_they_are(
    empty_client: Client, engine: Engine, state: str
) -> None:
    run = text("""
        INSERT INTO load (source_id, started_at, finished_at, state, data_time)
        SELECT id, now(), now(), :state, CAST(:at AS timestamptz) FROM source WHERE code = 'hotline'
    """)
    with engine.begin() as connection:
        connection.execute(run, {"state": "published", "at": datetime.now(UTC) - timedelta(minutes=90)})
        connection.execute(run, {"state": state, "at": datetime.now(UTC)})
    hotline = next(source for source in empty_client.json("/api/sources") if source["id"] == "hotline")
    assert (hotline["last_load"]["state"], hotline["freshness"]) == (state, "due")


def test_what_a_scheduler_does_is_told_while_one_is_at_work(empty_client: Client, engine: Engine) -> None:
    job = text("""
        INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, queueing_lock, status, attempts, scheduled_at)
        VALUES ('default', 'load', 'hotline', 'todo', 2, '2026-01-01 08:00Z')
    """)

    def hotline() -> object:
        return next(source for source in empty_client.json("/api/sources") if source["id"] == "hotline")["job"]

    with engine.begin() as connection:
        connection.execute(text("SET LOCAL search_path TO jobs, public"))
        connection.execute(job)
    assert hotline() is None
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO jobs.procrastinate_workers DEFAULT VALUES"))
    assert hotline() == {"state": "retrying", "tries": 2, "next_at": "2026-01-01T16:00:00+08:00"}


@pytest.mark.parametrize(
    ("age", "stands"),
    [
        (timedelta(0), "fresh"),
        (timedelta(hours=1), "fresh"),
        (timedelta(hours=1, seconds=1), "due"),
        (timedelta(hours=2), "due"),
        (timedelta(hours=2, seconds=1), "overdue"),
        (None, "unknown"),
    ],
)
def test_a_source_is_due_after_one_period_and_overdue_after_two(city: City, age: timedelta | None, stands: str) -> None:
    assert freshness(city.sources["hotline"], None if age is None else NOW - age, NOW) == stands
