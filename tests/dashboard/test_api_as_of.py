"""`as_of` beside the filter: the boundaries of a day, what was counted within them, and which there have been."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from dashboard.app import create_app
from layers.database import driver_url
from layers.pack import City
from layers.settings import Settings
from tests.conftest import Databases
from tests.dashboard.conftest import Client
from tests.etl.test_editions import GONE, MERGED, edition, merged, scatter
from tests.etl.test_unit_rows import features
from tests.etl.town import Town

CITY, COMMUNITY = "990100000000", "990102002002"
BEFORE, SECOND, NOW = "as_of=2026-06-30", "as_of=2026-07-01", "as_of=2027-01-01"


@pytest.fixture(scope="module")
def dated(
    databases: Databases, template: str, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """A client of a city whose last two cells were one between July and the new year."""
    url = databases.make(template)
    engine = create_engine(driver_url(url))
    town = Town(city, engine, tmp_path_factory.mktemp("inbox"))
    town.load("units")
    scatter(town)
    town.load("cameras")
    town.load(edition(town, merged(town)))
    town.load(edition(town, features(town), "2027-01-01"))
    engine.dispose()
    made = Client(create_app(Settings(city=city.folder), city, url))
    yield made
    made.close()


def test_the_editions_tell_what_they_did_and_how_to_ask_for_them(dated: Client) -> None:
    assert dated.json("/api/editions") == [
        {"begins": "2027-01-01", "ends": None, "as_of": None, "units": 31, "changed": 1, "brought": 1, "ended": 0},
        {"begins": "2026-07-01", "ends": "2027-01-01", "as_of": "2026-07-01", "units": 30}
        | {"changed": 1, "brought": 0, "ended": 1},
        {"begins": None, "ends": "2026-07-01", "as_of": "2026-06-30", "units": 31}
        | {"changed": 0, "brought": 31, "ended": 0},
    ]


def test_a_summary_counts_within_the_boundaries_of_the_day(dated: Client) -> None:
    now, before, second = (
        {child["code"]: child["total"] for child in dated.json(f"/api/summary?unit={COMMUNITY}&{day}")["children"]}
        for day in ("", BEFORE, SECOND)
    )
    assert before.keys() == now.keys() == {MERGED, GONE}
    assert second.keys() == {MERGED}
    assert second[MERGED] == before[MERGED] + before[GONE] - 1  # one has no place, and its cell had ended
    assert (
        dated.json(f"/api/summary?unit={COMMUNITY}&{NOW}")["children"]
        == (dated.json(f"/api/summary?unit={COMMUNITY}")["children"])
    )


def test_lists_and_points_are_of_the_unit_as_it_was(dated: Client) -> None:
    for day in (BEFORE, SECOND, NOW):
        total = dated.json(f"/api/summary?unit={MERGED}&{day}")["total"]
        page = dated.json(f"/api/incidents?unit={MERGED}&limit=500&{day}")["incidents"]
        points = dated.json(f"/api/points/incidents.geojson?unit={MERGED}&{day}")
        assert len(page) == total
        assert {item["unit"]["code"] for item in page} == {MERGED}
        assert points["total"] == sum(item["lon"] is not None for item in page)
    assert dated.json(f"/api/points/cameras.geojson?unit={MERGED}&{SECOND}")["total"] == 1
    assert dated.json(f"/api/points/cameras.geojson?unit={GONE}&{BEFORE}")["total"] == 1
    layers = {layer["id"]: layer["count"] for layer in dated.json(f"/api/layers?unit={MERGED}&{SECOND}")}
    assert (layers["cameras"], layers["hotline"]) == (
        1,
        dated.json(f"/api/summary?unit={MERGED}&{SECOND}")["total"],
    )


def test_a_file_holds_what_the_summary_of_the_day_counts(dated: Client) -> None:
    for code, day in ((MERGED, SECOND), (MERGED, BEFORE), (GONE, BEFORE)):
        answer = dated.get(f"/api/export/incidents.csv?unit={code}&{day}")
        assert int(answer.headers["x-total-rows"]) == dated.json(f"/api/summary?unit={code}&{day}")["total"]
        lines = answer.content.decode("utf-8-sig").splitlines()[1:]
        assert len(lines) == int(answer.headers["x-total-rows"])
        assert all(code in line for line in lines)
    below = dated.get(f"/api/export/units.csv?unit={COMMUNITY}&{SECOND}")
    assert (below.headers["x-total-rows"], GONE in below.text, MERGED in below.text) == ("1", False, True)
    for code, day in ((GONE, BEFORE), (MERGED, SECOND)):
        assert dated.get(f"/api/export/map.pdf?unit={code}&{day}").status_code == 200


def test_units_and_polygons_are_those_of_the_day(dated: Client) -> None:
    now, second = (dated.json(f"/api/units/{MERGED}?{day}") for day in ("", SECOND))
    assert second["area"] == pytest.approx(2 * now["area"], rel=0.01)
    assert [child["code"] for child in dated.json(f"/api/units/{COMMUNITY}?{SECOND}")["children"]] == [MERGED]
    version = dated.json("/api/city")["version"]
    address = f"/api/units/{COMMUNITY}/children.geobuf?v={version}"
    answers = [dated.get(f"{address}&{day}") for day in (BEFORE, SECOND, NOW)]
    assert {answer.headers["cache-control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    assert len({answer.headers["etag"] for answer in answers}) == 3
    assert answers[0].content == answers[2].content == dated.get(address).content != answers[1].content
    again = dated.get(f"{address}&{SECOND}", if_none_match=answers[0].headers["etag"])
    assert (again.status_code, again.content) == (200, answers[1].content)
    drawn = dated.json(f"/api/units/{COMMUNITY}/children.geojson?{SECOND}")["features"]
    assert [item["properties"]["code"] for item in drawn] == [MERGED]


@pytest.mark.parametrize("tail", ["", "/children.geobuf", "/children.geojson"])
def test_a_unit_that_was_not_there_that_day_says_when_it_was(dated: Client, tail: str) -> None:
    answer = dated.get(f"/api/units/{GONE}{tail}?{SECOND}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == (
        f"no unit has the id '{GONE}' on 2026-07-01; it is in force to 2026-06-30 and from 2027-01-01; "
        "ask with as_of for such a day"
    )
    nobody = dated.get(f"/api/units/42{tail}?{SECOND}").json()["detail"]
    assert nobody == "no unit has the id '42'; known: 990100000000, 990101000000, 990102000000"
    assert f"no unit has the id '{GONE}'" in dated.get(f"/api/summary?unit={GONE}&{SECOND}").json()["detail"]


def test_a_day_that_is_none_is_refused(dated: Client) -> None:
    for address in ("/api/summary?", f"/api/units/{CITY}?"):
        answer = dated.get(f"{address}as_of=yesterday")
        assert answer.status_code == 400
        assert "as_of is 'yesterday'" in answer.json()["detail"]


def test_every_address_that_takes_a_day_documents_it(dated: Client) -> None:
    paths = dated.json("/api/openapi.json")["paths"]
    taking = {
        path
        for path, methods in paths.items()
        for said in methods.get("get", {}).get("parameters", [])
        if said["name"] == "as_of"
    }
    units = "/api/units/{code}"
    assert taking >= {"/api/summary", "/api/incidents", "/api/layers", "/api/points/{layer}.geojson", units}
    assert taking >= {f"{units}/{tail}" for tail in ("children.geobuf", "children.geojson", "outline.geobuf")}


def test_indicators_measure_the_units_of_the_day(dated: Client) -> None:
    for indicator in dated.json("/api/indicators"):
        address = f"/api/indicators/{indicator['id']}?unit={COMMUNITY}"
        assert dated.json(f"{address}&{SECOND}")["codes"] == [MERGED]
        assert dated.json(f"{address}&level=grid&{BEFORE}")["codes"] == [MERGED, GONE]
