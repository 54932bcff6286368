"""New York's units: four levels that nest by area, real traps, nothing but the pack."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Connection

from etl.stamp import Stamp, units_in_force
from layers.pack import City
from layers.settings import HOME
from tests.conftest import Databases
from tests.etl.newyork import newyork
from tests.etl.town import Town


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = newyork(databases, tmp_path_factory.mktemp("inbox"))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def connection(town: Town) -> Iterator[Connection]:
    outcome = town.load("units")
    # Rikers Island and Marble Hill are of one borough and, with their district, in another.
    assert outcome.findings["astride"] == [
        {"code": "BX08", "parent": "BX", "share": 0.961962},
        {"code": "QN01", "parent": "QN", "share": 0.895558},
    ]
    assert [gap["code"] for gap in outcome.findings["gaps"]] == ["BX", "MN"]
    assert set(outcome.findings) == {"astride", "gaps"}
    assert (outcome.read, outcome.loaded, outcome.rejected) == (2664, 2664, 0)
    with town.engine.connect() as opened:
        yield opened


def path(connection: Connection, lon: float, lat: float, city: City) -> list[str]:
    """Return the codes of the units a point is in, the city first."""
    found = int(Stamp(units_in_force(connection), city).at(np.array([lon]), np.array([lat]))[0])
    asked = """
        WITH RECURSIVE above AS (
            SELECT id, parent_id, code, rank FROM unit WHERE id = %(id)s
            UNION ALL SELECT u.id, u.parent_id, u.code, u.rank FROM unit u JOIN above ON u.id = above.parent_id
        ) SELECT code FROM above ORDER BY rank
    """
    return [row.code for row in connection.exec_driver_sql(asked, {"id": found})]


def test_every_level_has_all_its_units(connection: Connection) -> None:
    counts = connection.exec_driver_sql("SELECT level, count(*) AS n FROM unit GROUP BY 1")
    assert {row.level: row.n for row in counts} == {
        "city": 1,
        "borough": 5,
        "district": 71,
        "neighborhood": 262,
        "tract": 2325,
    }


def test_a_level_leaves_no_gap_and_no_overlap(connection: Connection) -> None:
    asked = "SELECT ST_AsBinary(geom) AS geom FROM unit WHERE level = %(level)s"
    (city,) = connection.exec_driver_sql(asked, {"level": "city"}).scalars()
    whole = shapely.from_wkb(bytes(city))
    for level in ("borough", "district", "neighborhood", "tract"):
        shapes = shapely.from_wkb([bytes(row.geom) for row in connection.exec_driver_sql(asked, {"level": level})])
        assert shapely.coverage_is_valid(shapes), level
        assert shapely.area(shapes).sum() == pytest.approx(shapely.area(whole), rel=1e-9)


def test_what_is_drawn_is_valid_and_light(connection: Connection) -> None:
    asked = "SELECT bool_and(ST_IsValid(draw)) AS valid, sum(ST_NPoints(draw)) AS points FROM unit"
    row = connection.exec_driver_sql(asked).one()
    assert row.valid
    assert row.points < 80_000


def test_names_are_english_and_chinese_where_there_are_any(connection: Connection) -> None:
    asked = "SELECT code, name, name_en FROM unit WHERE rank <= 1 OR code IN ('MN01', 'BK0101', '36061030900')"
    names = {row.code: (row.name, row.name_en) for row in connection.exec_driver_sql(asked)}
    assert names["MN"] == ("曼哈顿", "Manhattan")
    assert names["NYC"] == ("纽约", "New York")
    assert names["MN01"] == ("Financial District-Tribeca",) * 2
    assert names["BK0101"] == ("Greenpoint",) * 2
    assert names["36061030900"] == ("Census Tract 309",) * 2


def test_rikers_island_counts_in_queens_as_its_district_does(connection: Connection, town: Town) -> None:
    assert path(connection, -73.8830, 40.7915, town.city) == ["NYC", "QN", "QN01", "QN0151", "36005000100"]


def test_marble_hill_counts_in_the_bronx_as_its_district_does(connection: Connection, town: Town) -> None:
    assert path(connection, -73.9105, 40.8765, town.city) == ["NYC", "BX", "BX08", "BX0802", "36061030900"]


def test_the_pack_has_a_place_for_every_complaint_type(town: Town) -> None:
    city = town.city
    category = city.sources["service-requests"].fields["category"]
    assert category.other == "other"
    used = set((city.mapping(category) or {}).values())
    assert used <= set(city.categories)
    roots = {item.code for item in city.categories.values() if item.parent is None}
    assert all(item.parent is None or item.parent in roots for item in city.categories.values())


def test_no_line_of_code_knows_new_york() -> None:
    packages = ("layers", "etl", "dashboard", "commands")
    files = [file for name in packages for file in Path(HOME, name).rglob("*.py")]
    found = [file for file in files if "newyork" in file.read_text(encoding="utf-8").lower()]
    assert found == []
