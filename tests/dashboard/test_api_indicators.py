"""`/api/indicators`: every value against plain SQL, and the golden figures of a real city's month."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text

from layers.database import driver_url
from layers.pack import City
from tests.dashboard.conftest import Client
from tests.filling import LOAD, fill

CITY, WEST, STREET, CELL = "990100000000", "990101000000", "990102002000", "990101001001001"
FILTERS: list[dict[str, str]] = [
    {},
    {"from": "2025-03-01", "to": "2025-04-05"},
    {"from": "2025-03-01T09:30:00+08:00", "to": "2025-06-05"},
    {"status": "closed"},
    {"source": "hotline", "channel": "phone"},
    {"from": "2030-01-01"},
]
# One statement per unit and nothing clever in it: joins by geometry for reach, the clock for what is due.
PLAIN = text("""
    WITH u AS (SELECT * FROM unit WHERE code = :code),
    i AS (
        SELECT incident.* FROM incident, u
        WHERE incident.unit_id BETWEEN u.id AND u.last_id AND retired_at IS NULL
            AND (:since = '' OR reported_at >= CAST(NULLIF(:since, '') AS timestamptz))
            AND (:until = '' OR reported_at < CAST(NULLIF(:until, '') AS timestamptz))
            AND (:status = '' OR status = 5)
            AND (:source = '' OR source_id = (SELECT id FROM source WHERE code = :source))
            AND (:channel = '' OR channel = :channel)
    ),
    c AS (SELECT * FROM feature WHERE layer = 'cameras' AND retired_at IS NULL)
    SELECT
        (SELECT count(*) FROM i) AS count,
        (SELECT count(*) FROM i) / (SELECT area / 1e6 FROM u) AS "per-km2",
        (SELECT count(*) FROM i) * 10000.0 / (SELECT NULLIF(population, 0) FROM u) AS "per-10000",
        (SELECT count(*) FROM i WHERE status < 5) AS open,
        (SELECT count(*) FROM i WHERE status < 5 AND due_at < now()) AS overdue,
        (SELECT count(*) FILTER (WHERE status = 5) * 100.0 / NULLIF(count(*), 0)
         FROM i WHERE status = 5 OR due_at < now()) AS closure,
        (SELECT count(*) FILTER (WHERE status = 5 AND closed_at <= due_at) * 100.0 / NULLIF(count(*), 0)
         FROM i WHERE status = 5 OR due_at < now()) AS "on-time",
        (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - reported_at) / 3600)
         FROM i WHERE status = 5) AS handling,
        (SELECT count(*) FROM c, u WHERE c.unit_id BETWEEN u.id AND u.last_id)
            / (SELECT area / 1e6 FROM u) AS cameras,
        (SELECT count(*) FILTER (WHERE EXISTS (
                SELECT FROM c WHERE attributes ->> 'status' = 'online'
                    AND c.geom && ST_Expand(i.geom, 0.02) AND ST_DWithin(c.geom::geography, i.geom::geography, 300)))
            * 100.0 / NULLIF(count(*), 0)
         FROM i WHERE geom IS NOT NULL) AS reach
""")


@pytest.fixture(scope="module")
def facts(filled_url: str) -> Any:  # noqa: ANN401 - a generator of connections
    engine = create_engine(driver_url(filled_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@settings(max_examples=25, deadline=None)
@given(unit=st.sampled_from([CITY, WEST, STREET]), asked=st.sampled_from(FILTERS), data=st.data())
def test_every_indicator_is_what_plain_sql_says(
    client: Client,
    facts: Any,  # noqa: ANN401 - a connection
    unit: str,
    asked: dict[str, str],
    data: st.DataObject,
) -> None:
    ident = data.draw(st.sampled_from([item["id"] for item in client.json("/api/indicators")]))
    answer = client.json(f"/api/indicators/{ident}?{urlencode({'unit': unit, **asked})}")
    said = {name: asked.get(name, "") for name in ("status", "source", "channel")}
    bounds = {name: day(asked.get(key, "")) for name, key in (("since", "from"), ("until", "to"))}
    values = dict(zip([unit, *answer["codes"]], [answer["value"], *answer["values"]], strict=True))
    for code, value in values.items():
        right = facts.execute(PLAIN, {"code": code, **said, **bounds}).mappings().one()[ident]
        assert value == (None if right is None else pytest.approx(float(right))), (ident, code)


def day(bound: str) -> str:
    """Return a local day's first instant; an instant as it is."""
    return f"{bound} 00:00+08" if bound and "T" not in bound else bound


def test_a_level_below_is_measured_in_one_answer(client: Client) -> None:
    answer = client.json("/api/indicators/count?level=community")
    assert len(answer["codes"]) == 8
    one_by_one = [client.json(f"/api/summary?unit={code}")["total"] for code in answer["codes"]]
    assert answer["values"] == one_by_one
    refused = client.get(f"/api/indicators/count?unit={WEST}&level=city")
    assert refused.status_code == 400
    assert "street, community, grid" in refused.json()["detail"]


def test_an_indicator_nobody_knows_is_not_found(client: Client) -> None:
    answer = client.get("/api/indicators/luck")
    assert answer.status_code == 404
    assert "closure" in answer.json()["detail"]


def test_every_definition_is_whole(client: Client) -> None:
    for item in client.json("/api/indicators"):
        for part in ("title", "unit", "formula", "left_out", "no_data"):
            assert item[part]["zh"], (item["id"], part)
            assert item[part]["en"], (item["id"], part)


# Tianmen, December 2016: 972 due, of these 911 closed, 737 on time. Beside them what must not count: incidents still
# within their limit, and the same again in the months before and after.
MONTH = text("""
    INSERT INTO incident (source_id, key, unit_id, category_id, status, reported_at, closed_at, due_at,
                          row_hash, load_id)
    SELECT (SELECT id FROM source WHERE code = 'hotline'), 'T' || n,
           (SELECT id FROM unit WHERE rank = 4 ORDER BY hashint8(n + id) LIMIT 1), (SELECT min(id) FROM category),
           CASE WHEN n <= 911 THEN 5 ELSE 3 END, reported,
           CASE WHEN n <= 737 THEN reported + interval '1 hour' WHEN n <= 911 THEN reported + interval '9 days' END,
           CASE WHEN n <= 972 THEN reported + interval '1 day' ELSE timestamptz '2190-01-01' END, n, :load_id
    FROM (
        SELECT n, CASE WHEN n > 1000 THEN timestamptz '2016-11-30 23:59+08' + n % 2 * interval '31 days 2 minutes'
                       ELSE timestamptz '2016-12-01 00:00+08' + n * interval '44 minutes' END AS reported
        FROM generate_series(1, 1040) AS n
    ) AS made
""")


def test_the_golden_figures_of_tianmen(engine: Engine, city: City, empty_client: Client) -> None:
    fill(engine, city)
    with engine.begin() as connection:
        load_id = connection.execute(LOAD, {"source": "hotline", "rows": 1040}).scalar_one()
        connection.execute(MONTH, {"load_id": load_id})
    asked = "from=2016-12-01&to=2017-01-01"
    summary = empty_client.json(f"/api/summary?{asked}")
    assert (summary["total"], summary["due"], summary["closed"], summary["on_time"]) == (1000, 972, 911, 737)
    rates = {name: empty_client.json(f"/api/indicators/{name}?{asked}") for name in ("closure", "on-time")}
    assert {name: round(answer["value"], 2) for name, answer in rates.items()} == {"closure": 93.72, "on-time": 75.82}
    assert [(answer["numerator"], answer["denominator"]) for answer in rates.values()] == [(911, 972), (737, 972)]
    assert datetime.fromisoformat(rates["closure"]["as_of"]) <= datetime.now(UTC)


@pytest.mark.parametrize("ident", ["count", "closure", "per-km2", "reach"])
def test_a_level_is_classed_as_the_map_classes_its_children(client: Client, ident: str) -> None:
    asked = f"unit={CITY}&level=district&classes=manual&breaks=80,2"
    answer = client.json(f"/api/indicators/{ident}/values?{asked}")
    plain = client.json(f"/api/indicators/{ident}?unit={CITY}")
    digits = plain["indicator"]["digits"]
    expected = [None if value is None else pytest.approx(value, abs=10**-digits) for value in plain["values"]]
    assert answer["values"] == expected
    assert [(item["low"], item["high"]) for item in answer["classes"]] == [(None, 2), (2, 80), (80, None)]
    assert sum(item["units"] for item in answer["classes"]) == len(answer["values"]) - answer["unknown"]


def test_breaks_that_are_no_numbers_are_refused(client: Client) -> None:
    answer = client.get("/api/indicators/count/values?level=street&breaks=1,nan")
    assert answer.status_code == 400
    assert "10,20,50" in answer.json()["detail"]
