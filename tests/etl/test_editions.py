"""Editions of boundaries: what ends, what is kept, and where the points are afterwards."""

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine

from etl.request import Request
from etl.run import WHOLE
from etl.stamp import Stamp, units_in_force
from layers.errors import LoadError, PackError
from layers.pack import City
from layers.specs import SourceSpec
from tests.etl.test_unit_rows import Feature, features, send
from tests.etl.town import Town, case

MERGED, GONE = "990102002002001", "990102002002002"
RANDOM = np.random.default_rng(3)


def edition(town: Town, units: list[Feature], begins: str = "2026-07-01") -> SourceSpec:
    """Return the source of units as an edition of some of them."""
    return send(town, units).model_copy(update={"edition": SourceSpec.model_validate(_dated(town, begins)).edition})


def _dated(town: Town, begins: str) -> dict[str, object]:
    return town.city.sources["units"].model_dump() | {"edition": begins}


def merged(town: Town) -> list[Feature]:
    """Return the units, the last two cells made one."""
    shapes = {values["code"]: shapely.from_geojson(json.dumps(shape)) for values, shape in features(town)}
    both = shapely.geometry.mapping(shapely.union(shapes[MERGED], shapes[GONE]))
    kept = [item for item in features(town) if item[0]["code"] != GONE]
    return [(values, both if values["code"] == MERGED else shape) for values, shape in kept]


def scatter(town: Town, rows: int = 400) -> None:
    """Load cases all over the city, and some without a place."""
    lon, lat = RANDOM.uniform(121.501, 121.579, rows), RANDOM.uniform(29.801, 29.839, rows)
    some = [case(str(n), 经度=repr(float(lon[n])), 纬度=repr(float(lat[n]))) for n in range(rows)]
    some += [case(f"by code {code}", 经度="", 纬度="", 社区=code) for code in (MERGED, GONE)]
    town.cases(some)
    town.load(town.source("hotline", place={"datum": "4326"}))
    town.write("cameras.csv", "id,name,status,lon,lat\nC1,Gate,online,121.575,29.835\n")


def require_stamps_and_counts(town: Town) -> None:
    """Hold every stamp against a fresh one, and the roll-up against the incidents."""
    with town.engine.connect() as connection:
        stamp = Stamp(units_in_force(connection), town.city)
    rows = town.rows("SELECT unit_id, ST_X(geom) AS x, ST_Y(geom) AS y FROM incident WHERE geom IS NOT NULL")
    fresh = stamp.at(np.array([row.x for row in rows]), np.array([row.y for row in rows]))
    assert [row.unit_id for row in rows] == fresh.tolist()
    wrong = """
        SELECT u.code, coalesce(c.n, 0) AS counted, (SELECT count(*) FROM incident i
            WHERE i.unit_id BETWEEN u.id AND u.last_id) AS there
        FROM unit u LEFT JOIN (
            SELECT unit_id, sum(n) AS n FROM incident_count WHERE grain = 2 AND category_id = 0 GROUP BY 1
        ) c ON c.unit_id = u.id
    """
    assert [row for row in town.rows(wrong) if row.counted != row.there] == []


def test_a_new_edition_ends_what_it_leaves_out_and_keeps_what_it_changes(own_town: Town) -> None:
    before = {row.code: row for row in own_town.rows("SELECT code, id, ctid::text FROM unit")}
    outcome = own_town.load(edition(own_town, merged(own_town)))
    assert (outcome.state, outcome.loaded, outcome.unchanged, outcome.retired) == ("published", 1, 29, 1)
    assert [item["code"] for item in outcome.findings["retired"]] == [GONE]
    after = {row.code: row for row in own_town.rows("SELECT code, id, ctid::text, valid_from, valid_to FROM unit")}
    assert {code: row.id for code, row in after.items()} == {code: row.id for code, row in before.items()}
    assert (str(after[GONE].valid_to), str(after[MERGED].valid_from)) == ("2026-07-01", "2026-07-01")
    assert [code for code in before if after[code].ctid != before[code].ctid] == [MERGED, GONE]
    past = own_town.rows("SELECT code, round(area / 1e4) AS area, valid_from, valid_to::text FROM unit_past")
    assert [tuple(row) for row in past] == [(MERGED, 214, None, "2026-07-01")]


def test_points_find_their_units_and_counts_follow(own_town: Town) -> None:
    scatter(own_town)
    in_gone = own_town.one("SELECT count(*) FROM incident i JOIN unit u ON u.id = unit_id WHERE code = :c", c=GONE)
    assert in_gone > 10
    outcome = own_town.load(edition(own_town, merged(own_town)))
    assert outcome.findings["restamped"] == [{"table": "incident", "rows": in_gone}]
    require_stamps_and_counts(own_town)
    asked = "SELECT u.code FROM incident i JOIN unit u ON u.id = i.unit_id WHERE i.key = :key"
    assert own_town.one(asked, key=f"by code {MERGED}") == MERGED
    assert own_town.one(asked, key=f"by code {GONE}") == "990102002002"  # without a place: to what is above
    # The next load makes the same of every row.
    again = own_town.load(own_town.source("hotline", place={"datum": "4326"}))
    assert (again.state, again.read, again.loaded, again.unchanged) == ("unchanged", 402, 0, 402)


def test_features_find_their_units_too(own_town: Town) -> None:
    scatter(own_town, rows=1)
    own_town.load("cameras")
    outcome = own_town.load(edition(own_town, merged(own_town)))
    assert {"table": "feature", "rows": 1} in outcome.findings["restamped"]
    assert own_town.one("SELECT u.code FROM feature f JOIN unit u ON u.id = f.unit_id") == MERGED
    assert own_town.load("cameras").state == "unchanged"


def test_a_unit_that_returns_gets_an_id_of_its_own_and_its_points(own_town: Town) -> None:
    scatter(own_town)
    own_town.load(edition(own_town, merged(own_town)))
    own_town.load(edition(own_town, features(own_town), "2027-01-01"))
    rows = own_town.rows("SELECT id, valid_from::text, valid_to::text FROM unit WHERE code = :c ORDER BY id", c=GONE)
    assert [tuple(row)[1:] for row in rows] == [(None, "2026-07-01"), ("2027-01-01", None)]
    require_stamps_and_counts(own_town)


def test_the_same_edition_sent_again_changes_nothing(own_town: Town) -> None:
    own_town.load(edition(own_town, merged(own_town)))
    again = own_town.load(edition(own_town, list(reversed(merged(own_town)))))
    assert (again.state, again.loaded, again.retired) == ("unchanged", 0, 0)
    assert own_town.one("SELECT count(*) FROM unit_past") == 1


@pytest.mark.parametrize("asked", [WHOLE, Request(limit=99)], ids=["whole", "in part"])
def test_an_edition_that_is_yet_to_come_into_force_is_refused(own_town: Town, asked: Request) -> None:
    before = own_town.rows("SELECT code, ctid::text FROM unit")
    source = edition(own_town, merged(own_town))
    eve = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)
    said = r"units: the edition 2026-07-01 is yet to come into force, today is 2026-06-30; .* load it on 2026-07-01"
    with pytest.raises(LoadError, match=said):
        own_town.load(source, now=eve, request=asked)
    assert own_town.rows("SELECT code, ctid::text FROM unit") == before
    # In Shanghai the first of July begins now.
    assert own_town.load(source, now=eve + timedelta(minutes=1), request=asked).state == "published"


def test_an_edition_older_than_the_one_in_force_is_refused(own_town: Town) -> None:
    own_town.load(edition(own_town, merged(own_town)))
    with pytest.raises(LoadError, match=r"the edition 2025-01-01 is older than 2026-07-01, which is in force"):
        own_town.load(edition(own_town, features(own_town), "2025-01-01"))


def test_a_row_that_is_kept_out_ends_nothing(own_town: Town) -> None:
    units = [(values, None if values["code"] == GONE else shape) for values, shape in features(own_town)]
    outcome = own_town.load(edition(own_town, units))
    assert (outcome.reasons, outcome.retired) == ({"missing-geometry": 1}, 0)


def test_units_below_one_that_ended_are_named(own_town: Town) -> None:
    units = [item for item in features(own_town) if item[0]["level"] == "community" and item[0]["code"][-1] == "1"]
    source = edition(own_town, units)
    outcome = own_town.load(source)
    assert (outcome.retired, len(outcome.findings["orphans"])) == (4, 8)
    assert outcome.findings["orphans"][0] == {"code": "990101001002001", "parent": "990101001002"}
    # What holds of the file is said again when it comes again; what its load did is not.
    again = own_town.load(source)
    assert (again.state, outcome.findings.keys() - again.findings.keys()) == ("unchanged", {"retired"})
    assert again.findings["orphans"] == outcome.findings["orphans"]


def test_only_an_edition_may_put_a_unit_elsewhere(city: City, engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(city.folder, folder)
    spec = (folder / "city.toml").read_text(encoding="utf-8")
    (folder / "city.toml").write_text(re.sub(r"(?m)^code = \{.*\n", "", spec), encoding="utf-8")
    town = Town(City(folder), engine, tmp_path / "inbox")
    town.load(send(town, [(values | {"above": None}, shape) for values, shape in features(town)]))
    scatter(town)
    moved = [
        (values | {"above": "990102002001" if values["code"] == MERGED else None}, s) for values, s in features(town)
    ]
    parents = {"parent": {"column": "above"}}
    plain = town.source("units", read=send(town, moved).read.model_dump(), fields=parents)
    assert town.load(plain).reasons == {"moved-unit": 1}
    outcome = town.load(plain.model_copy(update={"edition": edition(town, moved).edition}))
    assert [item["code"] for item in outcome.findings["retired"]] == [MERGED]
    asked = (
        "SELECT p.code FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.code = :c ORDER BY u.valid_to NULLS LAST"
    )
    assert [row.code for row in town.rows(asked, c=MERGED)] == ["990102002002", "990102002001"]
    require_stamps_and_counts(town)
    assert (
        town.one(
            "SELECT u.valid_to FROM incident i JOIN unit u ON u.id = unit_id WHERE key = :k", k=f"by code {MERGED}"
        )
        is None
    )


def test_an_edition_is_for_units_only(city: City, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(city.folder, tmp_path / "city"))
    file = folder / "sources" / "hotline.toml"
    file.write_text('edition = "2026-01-01"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PackError, match="only boundaries have editions"):
        City(folder)
