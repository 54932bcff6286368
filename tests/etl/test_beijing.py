"""Beijing's real districts and streets, hotline and awkward files, through a pack of nothing but TOML."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import create_engine

from etl.run import Outcome, order
from etl.stamp import Stamp, units_in_force
from layers.database import driver_url, migrate
from layers.datum import wgs84_to_bd09, wgs84_to_gcj02
from layers.pack import City
from layers.specs import SourceSpec
from tests.conftest import Databases
from tests.etl.shared import needed
from tests.etl.town import Town

PACK = Path(__file__).parents[1] / "packs" / "beijing"
AIRPORT = "110105020000"
Shift = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def gcj02(places: np.ndarray) -> np.ndarray:
    return np.column_stack(wgs84_to_gcj02(places[:, 0], places[:, 1]))


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    inbox = tmp_path_factory.mktemp("inbox")
    for folder in ("beijing", "hotline", "awkward"):
        shutil.copytree(needed(f"china/{folder}"), inbox / folder)
    city = City(PACK)
    made = create_engine(driver_url(databases.make()))
    migrate(made, city)
    yield Town(city, made, inbox)
    made.dispose()


@pytest.fixture(scope="module")
def outcomes(town: Town) -> dict[str, Outcome]:
    return {source.id: town.load(source.id) for source in order(town.city)}


def streets(town: Town, read: dict[str, object], fields: dict[str, object]) -> SourceSpec:
    """Return the source of streets, read from another of the shared files."""
    empty = {"encoding": None, "layer": None}
    same = {"level": {"value": "street"}}
    return town.source("units-streets", read=empty | read).model_copy(
        update={"fields": SourceSpec.model_validate(_plain(town) | {"fields": same | fields}).fields}
    )


def _plain(town: Town) -> dict[str, object]:
    return town.city.sources["units-streets"].model_dump()


def test_the_levels_come_in_from_above_however_their_sources_are_called(town: Town) -> None:
    assert [source.id for source in order(town.city)][:3] == ["units-city", "units-districts", "units-streets"]


def test_every_row_is_loaded(outcomes: dict[str, Outcome]) -> None:
    assert {name: (outcome.read, outcome.loaded) for name, outcome in outcomes.items()} == {
        "units-city": (1, 1),
        "units-districts": (16, 16),
        "units-streets": (343, 343),
        "hotline": (4326, 4326),
        "street-points": (343, 343),
    }


@pytest.mark.usefixtures("outcomes")
def test_codes_that_came_as_numbers_are_twelve_digits(town: Town) -> None:
    assert town.one("SELECT bool_and(code ~ '^[0-9]{12}$') FROM unit")
    assert town.one("SELECT name FROM unit WHERE code = '110000000000'") == "北京市"  # the file calls it a town


def test_fengtai_is_mended(town: Town, outcomes: dict[str, Outcome]) -> None:
    assert outcomes["units-districts"].findings["mended"] == [{"rows": 1, "of": 16}]
    assert town.one("SELECT bool_and(ST_IsValid(geom) AND ST_IsValid(draw)) FROM unit")
    assert town.one("SELECT area / 1e6 FROM unit WHERE code = '110106000000'") == pytest.approx(306, abs=5)


def test_every_street_lies_in_the_district_its_code_names(outcomes: dict[str, Outcome]) -> None:
    assert "astride" not in outcomes["units-streets"].findings
    assert "astride" not in outcomes["units-districts"].findings


def test_the_airport_that_two_districts_claim_is_named(outcomes: dict[str, Outcome], town: Town) -> None:
    worst = outcomes["units-districts"].findings["overlaps"][0]
    assert (worst["code"], worst["other"]) == ("110105000000", "110113000000")
    assert worst["square_metres"] == pytest.approx(10_587_000, rel=0.01)
    # The outline of Shunyi holds it, too, but none of its streets does.
    assert outcomes["units-streets"].findings["gaps"][0]["code"] == "110113000000"
    with town.engine.connect() as connection:
        stamp = Stamp(units_in_force(connection), town.city)
    label = town.rows("SELECT ST_X(label) AS lon, ST_Y(label) AS lat FROM unit WHERE code = :code", code=AIRPORT)[0]
    found = int(stamp.at(np.array([label.lon]), np.array([label.lat]))[0])
    asked = "SELECT u.code, p.name FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.id = :id"
    assert town.rows(asked, id=found) == [(AIRPORT, "朝阳区")]


@pytest.mark.usefixtures("outcomes")
def test_messages_without_a_place_are_all_counted_at_the_city(town: Town) -> None:
    assert town.rows("SELECT u.level, count(*) FROM incident i JOIN unit u ON u.id = i.unit_id GROUP BY 1") == [
        ("city", 4326)
    ]
    assert town.one("SELECT sum(n) FROM incident_count WHERE grain = 1 AND rank = 0 AND category_id = 0") == 4326
    assert town.one("SELECT count(*) FROM incident_count WHERE rank > 0 AND n <> 0") == 0


@pytest.mark.usefixtures("outcomes")
def test_both_forms_of_dates_are_read_as_beijing_time(town: Town) -> None:
    local = "SELECT {}(reported_at AT TIME ZONE 'Asia/Shanghai')::date::text FROM incident"
    assert town.one(local.format("min")) == "2017-06-08"
    assert town.one(local.format("max")) == "2020-01-26"
    assert town.one("SELECT title FROM incident WHERE key = '188006'") == "A3区一米阳光婚纱艺术摄影是否合法纳税了？"


@pytest.mark.usefixtures("outcomes")
def test_points_in_gbk_stand_in_the_streets_they_name(town: Town) -> None:
    same = town.one("SELECT count(*) FROM feature f JOIN unit u ON u.id = f.unit_id WHERE f.key = u.code")
    assert same == 343


@pytest.mark.usefixtures("outcomes")
@pytest.mark.parametrize(
    ("read", "fields"),
    [
        (
            {"format": "shapefile", "path": "awkward/bj_jiedao_gbk_shapefile_nocpg.zip", "encoding": "gbk"},
            {"code": "区划代码", "name": "街道名称", "name_en": "拼音", "parent": "上级代码"},
        ),
        (
            {"format": "gpkg", "path": "awkward/beijing_admin_epsg4490.gpkg", "layer": "subdistrict"},
            {"code": "code", "name": "Name", "parent": "parentCode"},
        ),
    ],
    ids=["a shapefile in GBK that does not say so", "a GeoPackage in EPSG:4490"],
)
def test_another_file_of_the_same_streets_gives_the_same_streets(
    town: Town, read: dict[str, object], fields: dict[str, object]
) -> None:
    asked = "SELECT code, id, parent_id, name, round(area) AS area FROM unit WHERE level = 'street' ORDER BY code"
    before = town.rows(asked)
    outcome = town.load(streets(town, read, fields))
    assert (outcome.read, outcome.rejected) == (343, 0)
    assert town.rows(asked) == before


@pytest.mark.usefixtures("outcomes")
@pytest.mark.parametrize(("truly", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_real_points_under_another_datum_are_held_and_the_datum_named(town: Town, truly: str, shift: Shift) -> None:
    with needed("china/awkward/bj_jiedao_points_gbk.csv").open(encoding="gbk", newline="") as lines:
        rows = list(csv.DictReader(lines))
    lon, lat = shift(*(np.array([float(row[name]) for row in rows]) for name in ("lon", "lat")))
    sent = io.StringIO()
    writer = csv.DictWriter(sent, rows[0])
    writer.writeheader()
    writer.writerows(row | {"lon": x, "lat": y} for row, x, y in zip(rows, lon, lat, strict=True))
    town.write(f"moved/{truly}.csv", sent.getvalue().encode("gbk"))
    before = town.rows("SELECT * FROM feature ORDER BY id")
    moved = {"read": {"path": f"moved/{truly}.csv"}, "place": {"datum": "4326"}}
    outcome = town.load(town.source("street-points", **moved))
    assert outcome.state == "held"
    assert f"fit {truly} better than EPSG:4326, which is declared: 100 % of 343 rows" in str(outcome.held)
    assert town.rows("SELECT * FROM feature ORDER BY id") == before
    assert town.load(town.source("street-points", **moved | {"place": {"datum": truly}})).held is None


@pytest.mark.usefixtures("outcomes")
@pytest.mark.parametrize("source", ["units-districts", "units-streets"])
def test_real_boundaries_in_gcj02_labelled_wgs84_are_held(town: Town, source: str) -> None:
    features = []
    for file in sorted((town.inbox / "beijing").glob(town.city.sources[source].read.path.partition("/")[2])):
        for item in json.loads(file.read_text(encoding="utf-8"))["features"]:
            shape = shapely.transform(shapely.from_geojson(json.dumps(item["geometry"])), gcj02)
            features.append((item["properties"], shapely.geometry.mapping(shape)))
    town.geojson(f"moved/{source}.geojson", features)
    before = town.rows("SELECT code, load_id, ST_AsBinary(geom) FROM unit ORDER BY code")
    outcome = town.load(town.source(source, read={"path": f"moved/{source}.geojson"}))
    assert outcome.state == "held"
    assert "the boundaries fit gcj02 better than " in str(outcome.held)
    assert town.rows("SELECT code, load_id, ST_AsBinary(geom) FROM unit ORDER BY code") == before
