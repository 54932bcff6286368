"""Levels whose codes do not nest: parents as the file declares them, else by area, and who lies astride."""

import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine

from etl.codes import codes_in
from layers.pack import City
from tests.etl.test_unit_rows import features, send
from tests.etl.town import Town


@pytest.fixture
def plain_town(city: City, engine: Engine, tmp_path: Path) -> Town:
    """The small city, its codes saying nothing."""
    folder = tmp_path / "plain"
    shutil.copytree(city.folder, folder)
    spec = (folder / "city.toml").read_text(encoding="utf-8")
    (folder / "city.toml").write_text(re.sub(r"(?m)^code = \{.*\n", "", spec), encoding="utf-8")
    return Town(City(folder), engine, tmp_path / "inbox")


def parents(town: Town) -> dict[str, str]:
    return {
        row.code: row.parent
        for row in town.rows("SELECT u.code, p.code AS parent FROM unit u LEFT JOIN unit p ON p.id = u.parent_id")
    }


def square(west: float, south: float, width: float) -> dict[str, Any]:
    """Return a polygon one hundredth of a degree high."""
    ring = [(west, south), (west + width, south), (west + width, south + 0.01), (west, south + 0.01), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


def test_parents_by_area_are_the_parents_the_codes_would_tell(plain_town: Town, own_town: Town) -> None:
    by_code = parents(own_town)
    with plain_town.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE unit CASCADE")
    outcome = plain_town.load(send(plain_town, features(plain_town)))
    assert (outcome.loaded, outcome.findings) == (31, {})
    assert parents(plain_town) == by_code


def test_who_lies_astride_goes_to_the_larger_share_and_is_named(plain_town: Town) -> None:
    units = features(plain_town)
    # Four fifths in the community west of 121.54, one fifth in the other district.
    units.append(({"code": "quay", "level": "grid", "name": "码头", "name_en": "Quay"}, square(121.532, 29.80, 0.01)))
    outcome = plain_town.load(send(plain_town, units))
    assert parents(plain_town)["quay"] == "990101001002"
    assert outcome.findings["astride"] == [{"code": "quay", "parent": "990101001002", "share": 0.8}]
    detail = plain_town.one("SELECT detail -> 'findings' FROM load WHERE id = :load", load=outcome.load_id)
    assert detail == outcome.findings


def test_a_declared_parent_goes_before_area_and_is_named_where_it_holds_little(plain_town: Town) -> None:
    units = [(values | {"above": None}, shape) for values, shape in features(plain_town)]
    quay = {"code": "quay", "level": "grid", "name": "码头", "name_en": "Quay", "above": "990102001001"}
    units.append((quay, square(121.532, 29.80, 0.01)))
    spec = send(plain_town, units)
    spec = plain_town.source("units", read=spec.read.model_dump(), fields={"parent": {"column": "above"}})
    outcome = plain_town.load(spec)
    assert parents(plain_town)["quay"] == "990102001001"
    assert outcome.findings["astride"] == [{"code": "quay", "parent": "990102001001", "share": 0.2}]


def test_a_unit_that_lies_in_none_stays_out(plain_town: Town) -> None:
    units = features(plain_town)
    units.append(({"code": "sea", "level": "grid", "name": "海", "name_en": "Sea"}, square(123.0, 29.80, 0.01)))
    outcome = plain_town.load(send(plain_town, units))
    assert outcome.reasons == {"missing-parent": 1}
    assert plain_town.rejected(outcome)[0].message == "the unit 'sea' lies in no community"


def test_units_in_force_take_later_ones_in(plain_town: Town) -> None:
    units = features(plain_town)
    plain_town.load(send(plain_town, [item for item in units if item[0]["level"] != "grid"]))
    outcome = plain_town.load(send(plain_town, [item for item in units if item[0]["level"] == "grid"]))
    assert (outcome.loaded, outcome.findings) == (16, {})
    assert parents(plain_town)["990102002002002"] == "990102002002"


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        (pa.array([311.0, None, 110105020000.0]), ["311", None, "110105020000"]),
        (pa.array([110105020000, None]), ["110105020000", None]),
        (pa.array(["311.0", " 0311 ", "", "BK01.0"]), ["311", "0311", None, "BK01.0"]),
        (pa.array([0.5]), ["0.5"]),
    ],
)
def test_codes_are_text_whatever_a_file_made_of_them(column: pa.Array, codes: list[str | None]) -> None:
    assert codes_in(column).to_pylist() == codes
