"""Incidents pinned by hand: where they are then, what a later load makes of the pin, and how it is taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.app import create_app
from layers.pins import PINNING
from layers.settings import Settings
from tests.dashboard.conftest import Client
from tests.etl.loader import until
from tests.etl.test_editions import GONE, MERGED, edition, merged
from tests.etl.test_unit_rows import features
from tests.etl.town import Town, case

HERE = {"lon": 121.515, "lat": 29.805}
CELL, COMMUNITY = "990101001001001", "990101001001"
CITY = "990100000000"
NOWHERE = {"经度": "", "纬度": ""}
COUNTS = "SELECT unit_id, grain, category_id, period, n, closed FROM incident_count WHERE n <> 0 ORDER BY 1, 2, 3, 4"
STAMPS = "SELECT until, unit_id FROM incident_was WHERE id = :id ORDER BY 1"


@pytest.fixture
def client(town: Town) -> Iterator[Client]:
    yield from _client(town)


@pytest.fixture
def own_client(own_town: Town) -> Iterator[Client]:
    yield from _client(own_town)


def _client(town: Town) -> Iterator[Client]:
    url = town.engine.url.render_as_string(hide_password=False)
    made = Client(create_app(Settings(city=town.city.folder), town.city, url))
    yield made
    made.close()


def number(town: Town, key: str) -> int:
    return int(town.one("SELECT id FROM incident WHERE key = :key", key=key))


def told(client: Client, town: Town, key: str) -> dict[str, Any]:
    found: dict[str, Any] = client.json(f"/api/incidents/{number(town, key)}")
    return found


def pinned(client: Client, town: Town, key: str, **more: object) -> dict[str, Any]:
    answer = client.send("POST", f"/api/incidents/{number(town, key)}/pin", {**HERE, **more})
    assert answer.status_code == 201, answer.text
    return told(client, town, key)


def test_a_pinned_incident_is_in_the_unit_of_its_pin_and_back_when_it_is_taken_back(town: Town, client: Client) -> None:
    town.cases([case("A", **NOWHERE), case("B")])
    town.load()
    before, plain = town.rows(COUNTS), told(client, town, "A")
    assert plain["unit"]["code"] == CITY
    found = pinned(client, town, "A", note=" seen from the bridge ")
    assert (found["unit"]["code"], found["placed"], found["lon"], found["lat"]) == (CELL, True, *HERE.values())
    assert (found["pin_note"], found["pinned_at"][-6:]) == ("seen from the bridge", "+08:00")
    (change,) = found["history"]
    assert change["load"] is None
    assert change["changed"]["place"] == [None, [*HERE.values()]]
    assert change["changed"]["unit"] == [CITY, CELL]
    summary = client.json("/api/summary")
    assert (summary["total"], summary["unplaced"]) == (2, 0)
    assert client.json(f"/api/summary?unit={CELL}")["total"] == 2
    drawn = client.json("/api/points/incidents.geojson?zoom=18")["features"]
    pins = {item["properties"]["key"]: item["properties"].get("pin_note") for item in drawn}
    assert pins == {"A": "seen from the bridge", "B": None}
    moved = client.send("POST", f"/api/incidents/{found['id']}/pin", {**HERE, "lon": 121.575})
    assert moved.json()["unit"] != CELL
    assert client.send("DELETE", f"/api/incidents/{found['id']}/pin").status_code == 204
    after = told(client, town, "A")
    assert {**after, "history": []} == plain
    assert after["history"][-1]["changed"]["unit"] == [moved.json()["unit"], CITY]
    assert town.rows(COUNTS) == before
    assert town.one("SELECT count(*) FROM change WHERE kind = 'incident'") == 3


def test_what_cannot_be_pinned_is_refused_with_a_sentence(town: Town, client: Client) -> None:
    town.cases([case("A", **NOWHERE), case("B")])
    town.load()
    placed, free = (f"/api/incidents/{number(town, key)}/pin" for key in "BA")

    def refused(method: str, address: str, said: object = None) -> tuple[int, str]:
        answer = client.send(method, address, said)
        return answer.status_code, str(answer.json()["detail"])

    assert refused("POST", placed, HERE)[0] == 409
    assert "has a place from its source" in refused("POST", placed, HERE)[1]
    assert refused("POST", free, {"lon": 100, "lat": 30})[1].endswith("give a place within the city")
    assert refused("POST", free, {"lon": 181, "lat": 30})[0] == 400
    assert refused("POST", free, {**HERE, "by": "x"})[0] == 400
    assert refused("POST", "/api/incidents/99999999/pin", HERE)[0] == 404
    assert refused("DELETE", free)[0] == 404
    # What a form of another site can send without asking first is no JSON, and does nothing.
    foreign = client.http.post(free, content=b'{"lon": 121.515, "lat": 29.805}', headers={"content-type": "text/plain"})
    assert client.loop.run_until_complete(foreign).status_code == 400
    assert town.one("SELECT count(*) FROM pin") == 0


def test_a_load_keeps_the_pin_until_its_source_says_where_the_incident_is(town: Town, client: Client) -> None:
    spec = town.source("hotline", mode="snapshot", retire_limit=1.0)
    town.cases([case("A", **NOWHERE), case("B", **NOWHERE)])
    town.load(spec)
    for key in "AB":
        pinned(client, town, key)
    assert (town.load(spec).unchanged, told(client, town, "A")["unit"]["code"]) == (2, CELL)
    # Another title and another unit, but still no place: only the title changes.
    town.cases([case("A", 标题="anders", 社区=COMMUNITY, **NOWHERE), case("B", **NOWHERE)])
    assert town.load(spec).loaded == 1
    found = told(client, town, "A")
    assert (found["title"], found["unit"]["code"], found["lon"]) == ("anders", CELL, HERE["lon"])
    assert found["history"][-1]["changed"] == {"title": ["摊贩占道", "anders"]}
    # Gone and back again.
    town.cases([case("B", **NOWHERE)])
    town.load(spec)
    town.cases([case("A", 标题="anders", 社区=COMMUNITY, **NOWHERE), case("B")])
    town.load(spec)
    assert told(client, town, "A")["unit"]["code"] == CELL
    # The source of B says where it is: 121.51, 29.8 in its own datum.
    found = told(client, town, "B")
    assert found["lon"] != HERE["lon"]
    assert found["pinned_at"] is None
    assert [name for change in found["history"] for name in change["changed"]].count("pinned_at") == 2
    assert client.send("POST", f"/api/incidents/{found['id']}/pin", HERE).status_code == 409
    # Without its pin, A is in the unit that its source named last.
    client.send("DELETE", f"/api/incidents/{number(town, 'A')}/pin")
    assert told(client, town, "A")["unit"]["code"] == COMMUNITY
    wrong = "SELECT sum(n) FROM incident_count WHERE grain = 2 AND rank = 4"
    assert town.one(wrong) == 1


def test_a_source_that_may_only_append_does_not_contradict_a_pin(town: Town, client: Client) -> None:
    spec = town.source("hotline", mode="append")
    town.cases([case("A", **NOWHERE)])
    town.load(spec)
    pinned(client, town, "A")
    town.cases([case("A", 社区=COMMUNITY, **NOWHERE)])
    outcome = town.load(spec)
    assert (outcome.loaded, outcome.rejected) == (1, 0)
    assert told(client, town, "A")["unit"]["code"] == CELL


def test_a_pin_is_in_old_boundaries_where_they_had_it(own_town: Town, own_client: Client) -> None:
    town, client = own_town, own_client
    town.load(edition(town, merged(town)))
    inside = town.rows("SELECT ST_X(label) AS lon, ST_Y(label) AS lat FROM unit WHERE code = :code", code=GONE)[0]
    there = {"lon": inside.lon, "lat": inside.lat}
    sent = {"经度": repr(inside.lon), "纬度": repr(inside.lat)}
    spec = town.source("hotline", place={"datum": "4326"})
    town.cases([case("A", 社区=GONE, **NOWHERE), case("B", **sent)])
    town.load(spec)
    numbers = [number(town, key) for key in "AB"]
    without = town.rows(STAMPS, id=numbers[0])
    pinned(client, town, "A", **there)
    assert town.rows(STAMPS, id=numbers[0]) == town.rows(STAMPS, id=numbers[1]) != []
    assert {told(client, town, key)["unit"]["code"] for key in "AB"} == {MERGED}
    town.cases([case("A", 标题="anders", 社区=GONE, **NOWHERE), case("B", **sent), case("C", **NOWHERE)])
    town.load(spec)
    assert town.rows(STAMPS, id=numbers[0]) == town.rows(STAMPS, id=numbers[1])
    client.send("DELETE", f"/api/incidents/{numbers[0]}/pin")
    assert town.rows(STAMPS, id=numbers[0]) == without
    # Another edition moves what is pinned, not what its source says of it. Of these, only A names a unit that is new.
    pinned(client, town, "C", **there)
    town.load(edition(town, features(town), "2027-01-01"))
    assert {told(client, town, key)["unit"]["code"] for key in "BC"} == {GONE}
    load = town.load(spec).load_id
    assert [row.key for row in town.rows("SELECT key FROM incident WHERE load_id = :load", load=load)] == ["A"]


def test_a_pin_waits_for_a_merge_of_its_source(town: Town, client: Client) -> None:
    town.cases([case("A", **NOWHERE)])
    town.load()
    with town.engine.connect() as merging, ThreadPoolExecutor(1) as thread:
        merging.execute(text("SELECT pg_advisory_xact_lock(:pinning, source_id) FROM incident"), {"pinning": PINNING})
        asked = thread.submit(pinned, client, town, "A")
        until(lambda: town.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
        assert town.one("SELECT count(*) FROM pin") == 0
        merging.rollback()
        assert asked.result()["unit"]["code"] == CELL
