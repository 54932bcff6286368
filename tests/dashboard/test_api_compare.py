"""`/api/compare` and `/api/hours`: every number against plain SQL."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from sqlalchemy import Connection, create_engine, text

from layers.database import driver_url
from tests.dashboard.conftest import Client

CITY, WEST, CELL = "990100000000", "990101000000", "990101001001001"
PLAIN = text("""
    SELECT count(*) AS total, count(*) FILTER (WHERE status < 5) AS open,
           count(*) FILTER (WHERE status < 5 AND due_at < now()) AS overdue,
           count(*) FILTER (WHERE status = 5) AS closed,
           count(*) FILTER (WHERE status = 5 AND closed_at <= due_at) AS on_time,
           count(*) FILTER (WHERE status = 5 OR due_at < now()) AS due
    FROM incident JOIN unit ON unit.code = :code AND incident.unit_id BETWEEN unit.id AND unit.last_id
    WHERE retired_at IS NULL AND reported_at AT TIME ZONE 'Asia/Shanghai' >= CAST(:since AS timestamp)
      AND reported_at AT TIME ZONE 'Asia/Shanghai' < CAST(:until AS timestamp)
      AND (:channel = '' OR channel = :channel)
""")
BY_HOUR = text("""
    SELECT date_part('isodow', local)::integer AS weekday, date_part('hour', local)::integer AS hour, count(*) AS n
    FROM (SELECT reported_at AT TIME ZONE 'Asia/Shanghai' AS local FROM incident
          JOIN unit ON unit.code = :code AND incident.unit_id BETWEEN unit.id AND unit.last_id
          WHERE retired_at IS NULL) AS found
    GROUP BY 1, 2
""")


@pytest.fixture
def database(filled_url: str) -> Iterator[Connection]:
    """A connection to what the client asks of."""
    engine = create_engine(driver_url(filled_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("unit", [CITY, WEST, CELL])
@pytest.mark.parametrize("channel", ["", "phone"])
@pytest.mark.parametrize(
    ("against", "then"),
    [
        ("before", ("2025-04-02", "2025-05-05")),
        ("week", ("2025-04-28", "2025-05-31")),
        ("year", ("2024-05-05", "2024-06-07")),
        ("2025-03-01", ("2025-03-01", "2025-04-03")),
    ],
)
def test_both_periods_are_counted_as_plain_sql_counts_them(  # noqa: PLR0913 - what is asked, and of whom
    client: Client, database: Connection, *, unit: str, channel: str, against: str, then: tuple[str, str]
) -> None:
    now = ("2025-05-05", "2025-06-07")
    asked = {"unit": unit, "from": now[0], "to": now[1], "against": against} | ({"channel": channel} if channel else {})
    answer = client.json(f"/api/compare?{urlencode(asked)}")
    assert answer["then"] == {"since": then[0], "until": then[1]}
    for each in (answer | {"code": unit}, *answer["children"]):
        for period, (since, until) in (("now", now), ("then", then)):
            said = {"code": each["code"], "since": since, "until": until, "channel": channel}
            expected = database.execute(PLAIN, said).mappings().one()
            assert {name: each[name][period] for name in expected} == dict(expected)
    for each in (answer["total"], answer["unplaced"], *(child["open"] for child in answer["children"])):
        assert each["change"] == each["now"] - each["then"]
        assert each["per_cent"] == (pytest.approx(100 * each["change"] / each["then"]) if each["then"] else None)
    assert answer["unplaced"]["then"] == answer["total"]["then"] - sum(c["total"]["then"] for c in answer["children"])


def test_a_comparison_without_ends_or_sense_is_refused(client: Client) -> None:
    for query in ("against=year", "from=2025-01-01&against=week", "from=2025-01-01&to=2025-02-01&against=ever"):
        answer = client.get(f"/api/compare?{query}")
        assert answer.status_code == 400
        assert "against" in answer.json()["detail"]
    documented = client.json("/api/openapi.json")["paths"]["/api/compare"]["get"]["parameters"]
    assert {"against", "unit", "from"} <= {each["name"] for each in documented}


@pytest.mark.parametrize("unit", [CITY, WEST])
def test_hours_are_those_of_the_citys_clocks(client: Client, database: Connection, unit: str) -> None:
    answer = client.json(f"/api/hours?unit={unit}")
    expected = {(row.weekday, row.hour): row.n for row in database.execute(BY_HOUR, {"code": unit})}
    found = {(day, hour): n for day, row in enumerate(answer["totals"], 1) for hour, n in enumerate(row) if n}
    assert found == expected
    assert answer["total"] == sum(expected.values()) == client.json(f"/api/summary?unit={unit}")["total"]
    night = client.json(f"/api/hours?unit={unit}&hours=22-6&weekday=6")
    assert night["total"] == client.json(f"/api/summary?unit={unit}&hours=22-6&weekday=6")["total"]


SIZES = text("SELECT area / 1e6 AS area, population AS residents FROM unit WHERE code = :code")


@pytest.mark.parametrize("channel", ["", "phone"])
def test_units_of_any_level_stand_side_by_side_as_plain_sql_counts_them(
    client: Client, database: Connection, channel: str
) -> None:
    codes = [CELL, CITY, WEST]
    asked = [("beside", code) for code in codes] + [("from", "2025-03-03"), ("to", "2025-05-07"), ("channel", channel)]
    answer = client.json(f"/api/beside?{urlencode(asked)}")
    assert [unit["code"] for unit in answer["units"]] == codes
    assert [len(unit["path"]) for unit in answer["units"]] == [5, 1, 2]
    assert (answer["by"], len(answer["steps"])) == ("week", 10)
    assert answer["steps"][-1] == {"first": "2025-05-05", "last": "2025-05-06"}
    for unit in answer["units"]:
        said = {"code": unit["code"], "since": "2025-03-03", "until": "2025-05-07", "channel": channel}
        expected = dict(database.execute(PLAIN, said).mappings().one())
        assert {name: unit[name] for name in expected} == expected
        assert sum(unit["trend"]) == sum(each["total"] for each in unit["by_category"]) == unit["total"]
        last = database.execute(PLAIN, {**said, "since": "2025-05-05"}).mappings().one()
        assert unit["trend"][-1] == last["total"]
        sizes = database.execute(SIZES, {"code": unit["code"]}).mappings().one()
        values = unit["values"]
        assert values["closure"] == pytest.approx(100 * unit["closed"] / unit["due"])
        assert values["per-km2"] == pytest.approx(unit["total"] / sizes["area"])
        residents = sizes["residents"]
        assert values["per-10000"] == (pytest.approx(1e4 * unit["total"] / residents) if residents else None)


@pytest.mark.parametrize("sort", ["high", "low", "rise", "fall"])
@pytest.mark.parametrize("indicator", ["count", "per-10000"])
def test_all_units_of_a_level_are_ranked_by_value_or_by_change(client: Client, sort: str, indicator: str) -> None:
    now, then = "from=2025-05-05&to=2025-06-07", "from=2025-04-02&to=2025-05-05"
    asked = f"level=grid&unit={WEST}"
    found = client.json(f"/api/ranking?{asked}&{now}&against=before&sort={sort}&indicator={indicator}&limit=5")
    values, past = (client.json(f"/api/indicators/{indicator}?{asked}&{days}") for days in (now, then))
    assert found["units"] == len(values["codes"]) > 5
    sign = 1 if sort in {"low", "fall"} else -1
    rows = []
    for code, value, before in zip(values["codes"], values["values"], past["values"], strict=True):
        by = value if sort in {"high", "low"} or value is None else value - before
        rows.append(((by is None, sign * (by or 0), code), (code, value, before)))
    assert [(each["code"], each["value"], each["then"]) for each in found["ranked"]] == [
        pytest.approx(row) for _, row in sorted(rows)[:5]
    ]
    assert {(each["path"][1]["code"], each["path"][-1]["code"] == each["code"]) for each in found["ranked"]} == {
        (WEST, True)
    }


def test_a_ranking_by_change_must_know_against_what(client: Client) -> None:
    answer = client.get(f"/api/ranking?unit={WEST}&level=grid&sort=rise")
    assert (answer.status_code, "against" in answer.json()["detail"]) == (400, True)


def test_what_cannot_stand_side_by_side_is_refused(client: Client) -> None:
    for query, status, word in (
        ("beside=1&beside=2&beside=3&beside=4&beside=5", 400, "at most 4"),
        (f"beside={WEST}&unit={CITY}", 400, "leave it out"),
        ("beside=nowhere", 400, "nowhere"),
        ("", 400, "beside"),
    ):
        answer = client.get(f"/api/beside?{query}")
        assert answer.status_code == status
        assert word in answer.text
    assert client.json(f"/api/beside?beside={WEST}&q=nothing-like-it")["steps"] == []


BY_MONTH = text("""
    SELECT to_char(local, 'YYYY-MM-01') AS month, split_part(code, '-', 1) AS top, count(*) AS n
    FROM (SELECT reported_at AT TIME ZONE 'Asia/Shanghai' AS local, category.code FROM incident
          JOIN category ON category.id = category_id
          JOIN unit ON unit.code = :code AND incident.unit_id BETWEEN unit.id AND unit.last_id
          WHERE retired_at IS NULL AND (:channel = '' OR channel = :channel)) AS found
    WHERE local >= CAST(:since AS timestamp) AND local < CAST(:until AS timestamp)
    GROUP BY 1, 2
""")


@pytest.mark.parametrize("since", ["2025-03-01", "2025-03-07"])
@pytest.mark.parametrize("channel", ["", "phone"])
def test_months_are_counted_alike_from_months_days_and_incidents(
    client: Client, database: Connection, since: str, channel: str
) -> None:
    asked = {"unit": WEST, "from": since, "to": "2025-06-01"} | ({"channel": channel} if channel else {})
    answer = client.json(f"/api/months?{urlencode(asked)}")
    said = {"code": WEST, "since": since, "until": "2025-06-01", "channel": channel}
    expected = {(row.top, row.month): row.n for row in database.execute(BY_MONTH, said)}
    found = {
        (item["code"], month): n
        for item in answer["categories"]
        for month, n in zip(answer["months"], item["totals"], strict=True)
        if n
    }
    assert found == expected
    assert answer["months"] == ["2025-03-01", "2025-04-01", "2025-05-01"]
    assert answer["total"] == sum(expected.values())
