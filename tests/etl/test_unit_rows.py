"""Units: ids that last, parents that exist, polygons that can be drawn."""

import json
from typing import Any

import numpy as np
import pytest
import shapely

from etl.shapes import drawn, labels, polygons
from layers.errors import LoadError
from layers.model import level_shift
from layers.specs import SourceSpec
from tests.etl.town import Town

Feature = tuple[dict[str, Any], object]
LEVELS = "known: city, district, street, community, grid"


def features(town: Town) -> list[Feature]:
    """Return the small city's units as properties and geometry."""
    collection = json.loads((town.city.folder / "units.geojson").read_text(encoding="utf-8"))
    return [(item["properties"], item["geometry"]) for item in collection["features"]]


def send(town: Town, units: list[Feature]) -> SourceSpec:
    town.geojson("changed.geojson", units)
    return town.source("units", read={"path": "changed.geojson"})


def test_ids_tell_the_hierarchy(town: Town) -> None:
    rows = {row.code: row for row in town.rows("SELECT * FROM unit")}
    assert len(rows) == 31
    city = rows["990100000000"]
    assert city.id == 1 << level_shift(0, 5)
    cell = rows["990102001002001"]
    for rank, code in enumerate(["990100000000", "990102000000", "990102001000", "990102001002"]):
        shift = level_shift(rank, 5)
        assert cell.id >> shift << shift == rows[code].id
        assert rows[code].id <= cell.id <= rows[code].last_id
    assert (cell.last_id, cell.parent_id, cell.rank) == (cell.id, rows["990102001002"].id, 4)
    assert [rows[f"99010{n}000000"].id - city.id >> level_shift(1, 5) for n in (1, 2)] == [1, 2]


def test_loading_the_same_units_changes_nothing(own_town: Town) -> None:
    before = own_town.rows("SELECT ctid::text, * FROM unit ORDER BY id")
    again = own_town.load(send(own_town, list(reversed(features(own_town)))))
    assert (again.state, again.loaded, again.unchanged) == ("unchanged", 0, 31)
    assert own_town.rows("SELECT ctid::text, * FROM unit ORDER BY id") == before


def test_known_units_keep_their_ids_and_new_ones_get_the_next(own_town: Town) -> None:
    before: dict[str, int] = {row.code: row.id for row in own_town.rows("SELECT code, id FROM unit")}
    units = features(own_town)
    new = units[-1][0] | {"code": "990102002002000", "name": "插队网格"}
    own_town.load(send(own_town, [*units, (new, units[-1][1])]))
    after: dict[str, int] = {row.code: row.id for row in own_town.rows("SELECT code, id FROM unit")}
    assert after.pop("990102002002000") == before["990102002002"] + 3
    assert after == before


def test_units_that_changed_are_rewritten_in_place(own_town: Town) -> None:
    units = features(own_town)
    units[3] = units[3][0] | {"name": "新名字"}, units[3][1]
    outcome = own_town.load(send(own_town, units))
    assert (outcome.loaded, outcome.unchanged) == (1, 30)
    assert own_town.rows("SELECT code FROM unit WHERE name = '新名字' AND load_id = :load", load=outcome.load_id) == [
        (units[3][0]["code"],)
    ]


def test_area_and_label_are_those_of_the_polygon(town: Town) -> None:
    for row in town.rows(
        "SELECT area, ST_Area(geom::geography) AS truth, ST_Contains(geom, label) AS inside FROM unit"
    ):
        assert row.area == row.truth
        assert row.inside


@pytest.mark.parametrize(
    ("changes", "reason", "message"),
    [
        ({"code": ""}, "missing-key", "code is empty; every row needs a key of its own"),
        (
            {"code": "990101001001001"},
            "duplicate-key",
            "code '990101001001001' stands in an earlier row of this load, row 5",
        ),
        ({"code": "9901"}, "bad-code", "code is '9901'; a grid code must be 15 digits"),
        (
            {"code": "990101001001", "level": "street"},
            "bad-code",
            "code is '990101001001'; a street code must end in 3 zeros",
        ),
        (
            {"level": "parish"},
            "unknown-level",
            f"level is 'parish', which this city does not know; say by fields.level.map what it means; {LEVELS}",
        ),
        ({"level": ""}, "unknown-level", f"level is empty; {LEVELS}"),
        ({"name": " "}, "missing-name", "name is empty"),
        (
            {"code": "990105001001001"},
            "missing-parent",
            "the unit '990105001001001' belongs below '990105001001', which is not there",
        ),
        (
            {"code": "880100000000", "level": "city"},
            "wrong-city",
            "the city's code is '880100000000'; this pack is of '990100000000'",
        ),
    ],
)
def test_a_unit_that_cannot_be_used_stays_out(
    empty_town: Town, changes: dict[str, str], reason: str, message: str
) -> None:
    units = features(empty_town)
    units.append((units[-1][0] | {"code": "990102002002009"} | changes, units[-1][1]))
    outcome = empty_town.load(send(empty_town, units))
    assert (outcome.read, outcome.loaded, outcome.reasons) == (32, 31, {reason: 1})
    (found,) = empty_town.rejected(outcome)
    assert (found.row_number, found.message) == (32, message)


@pytest.mark.parametrize(
    ("shape", "reason", "message"),
    [
        (None, "missing-geometry", "the row has no geometry; a unit needs a polygon"),
        (
            {"type": "Point", "coordinates": [121.5, 29.8]},
            "wrong-geometry",
            "the geometry is a Point; a unit needs a polygon",
        ),
        (
            {"type": "Polygon", "coordinates": [[[121.5, 29.8], [121.6, 29.8], [121.5, 29.8]]]},
            "wrong-geometry",
            "the geometry is a Polygon; a unit needs a polygon",
        ),
    ],
)
def test_a_unit_without_a_polygon_stays_out(empty_town: Town, shape: object, reason: str, message: str) -> None:
    units = features(empty_town)
    units[-1] = units[-1][0], shape
    outcome = empty_town.load(send(empty_town, units))
    assert outcome.reasons == {reason: 1}
    assert empty_town.rejected(outcome)[0].message == message


def test_a_unit_whose_parent_stays_out_stays_out_too(empty_town: Town) -> None:
    units = [item for item in features(empty_town) if item[0]["code"] != "990101001000"]
    outcome = empty_town.load(send(empty_town, units))
    assert outcome.reasons == {"missing-parent": 6}
    assert outcome.loaded == 24


def test_a_polygon_that_crosses_itself_is_mended(empty_town: Town) -> None:
    units = features(empty_town)
    bow = [[121.54, 29.82], [121.56, 29.84], [121.56, 29.82], [121.54, 29.84], [121.54, 29.82]]
    units[-1] = units[-1][0], {"type": "Polygon", "coordinates": [bow]}
    assert empty_town.load(send(empty_town, units)).loaded == 31
    assert empty_town.one("SELECT bool_and(ST_IsValid(geom) AND ST_IsValid(draw)) FROM unit")


def test_a_parent_that_contradicts_the_code_is_refused(empty_town: Town) -> None:
    units = [(values | {"parent": None}, shape) for values, shape in features(empty_town)]
    units[-1] = units[-1][0] | {"parent": "990101001001"}, units[-1][1]
    spec = send(empty_town, units)
    spec = empty_town.source("units", read=spec.read.model_dump(), fields={"parent": {"column": "parent"}})
    outcome = empty_town.load(spec)
    assert outcome.reasons == {"wrong-parent": 1}
    message = "the parent is '990101001001', but the code '990102002002002' belongs below '990102002002'"
    assert empty_town.rejected(outcome)[0].message == message


def test_a_file_without_the_city_is_explained(empty_town: Town) -> None:
    with pytest.raises(
        LoadError, match=r"units: no unit has the city's code '990100000000'; the file needs it on level 'city'"
    ):
        empty_town.load(send(empty_town, features(empty_town)[1:]))


def test_more_children_than_ids_is_explained(empty_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    units = features(empty_town)
    cell, shape = units[-1]
    spec = send(empty_town, units + [(cell | {"code": f"{990102002002000 + n}"}, shape) for n in range(100, 1000)])
    monkeypatch.setattr("etl.hierarchy.level_bits", lambda _: 9)
    with pytest.raises(LoadError, match=r"no id is left for '990102002002609': a unit has room for 511"):
        empty_town.load(spec)


def test_neighbours_still_share_their_edges_when_simplified() -> None:
    wave = [(0.001 * n, 0.0002 * (n % 3)) for n in range(1, 100)]
    south = shapely.Polygon([(0, -0.1), (0.1, -0.1), (0.1, 0), *reversed(wave), (0, 0)])
    north = shapely.Polygon([(0, 0), *wave, (0.1, 0), (0.1, 0.1), (0, 0.1)])
    shapes = polygons(np.array([south, north], dtype=object))
    simple = drawn(shapes, metres=100, latitude=0)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(shapes).sum() / 3
    assert shapely.coverage_is_valid(simple)
    assert shapely.is_valid(simple).all()
    assert {shape.geom_type for shape in simple} == {"MultiPolygon"}


def test_a_careful_label_is_in_the_middle() -> None:
    shape = shapely.Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (-9, 10), (-9, 0)])
    (label,) = labels(np.array([shape], dtype=object), careful=np.array([True]))
    assert shape.boundary.distance(label) > 4.8


def test_of_two_sources_of_a_level_the_last_that_is_loaded_holds(own_town: Town) -> None:
    def named(name: str) -> SourceSpec:
        units = [(item | {"name": name if item["level"] == "city" else item["name"]}, shape) for item, shape in sent]
        own_town.geojson(f"{name}.geojson", units)
        return own_town.source("units", id=name, read={"path": f"{name}.geojson"})

    sent = features(own_town)
    civil, survey = named("civil"), named("survey")
    assert own_town.load(civil).findings["taken_over"] == [{"source": "units", "units": 1}]
    assert [own_town.load(civil).state, own_town.load(survey).state] == ["unchanged", "published"]
    again = own_town.load(civil)
    assert (again.state, again.loaded, again.findings["taken_over"]) == (
        "published",
        1,
        [{"source": "survey", "units": 1}],
    )
    assert own_town.one("SELECT name FROM unit WHERE level = 'city'") == "civil"
    repeated = own_town.load(civil)
    assert (repeated.state, repeated.read, "taken_over" in repeated.findings) == ("unchanged", len(sent), False)
