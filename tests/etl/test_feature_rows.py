"""What stands somewhere: keys, names, attributes as their layer declares them."""

import os
import shutil
from pathlib import Path

import pytest

from layers.errors import LoadError
from layers.pack import City
from tests.etl.town import Town

HEADER = "id,name,status,lon,lat\n"


def test_features_arrive_with_their_unit_and_attributes(town: Town) -> None:
    town.write("cameras.csv", f"{HEADER}C1,路口,online,121.51,29.805\nC2,,offline,,\n")
    outcome = town.load("cameras")
    assert (outcome.loaded, outcome.data_time) == (2, outcome.data_time)
    found = town.rows(
        "SELECT f.key, f.name, f.layer, u.code, ST_AsText(f.geom) AS place, f.attributes "
        "FROM feature f JOIN unit u ON u.id = f.unit_id ORDER BY key"
    )
    assert [tuple(row) for row in found] == [
        ("C1", "路口", "cameras", "990101001001001", "POINT(121.51 29.805)", {"status": "online"}),
        ("C2", None, "cameras", "990100000000", None, {"status": "offline"}),
    ]


def test_what_stands_below_a_table_is_no_feature(town: Town) -> None:
    below = ("合 计,,2,,", "Total: 2,,,,", "制表人：张三,,,,")
    town.write(
        "cameras.csv", "\n".join([f"{HEADER}C1,合计,online,121.51,29.805", "Total,,online,121.51,29.805", *below])
    )
    outcome = town.load("cameras")
    assert (outcome.loaded, outcome.reasons) == (2, {"total-row": 2, "note-row": 1})
    assert [row.message for row in town.rejected(outcome)][1:] == [
        "the row begins with 'Total: 2': it sums up the others",
        "nothing but '制表人：张三' stands in the row: a note, not something that stands somewhere",
    ]


def test_a_register_is_as_recent_as_its_file(town: Town) -> None:
    file = town.write("cameras.csv", f"{HEADER}C1,a,online,121.51,29.805\n")
    first = town.load("cameras")
    assert first.data_time is not None
    assert first.data_time.timestamp() == pytest.approx(file.stat().st_mtime, abs=0.001)


def test_the_same_register_sent_again_is_unchanged_but_newer(town: Town) -> None:
    file = town.write("cameras.csv", f"{HEADER}C1,a,online,121.51,29.805\n")
    town.load("cameras")
    os.utime(file, (2_000_000_000, 2_000_000_000))
    again = town.load("cameras")
    assert again.state == "unchanged"
    assert again.data_time is not None
    assert again.data_time.timestamp() == 2_000_000_000


def layered(town: Town, folder: Path, layer: str) -> Town:
    """Return a town whose pack says something else of the layer."""
    shutil.copytree(town.city.folder, folder / "city")
    file = folder / "city" / "layers" / "cameras.toml"
    file.write_text(file.read_text(encoding="utf-8").partition("[[fields]]")[0] + layer, encoding="utf-8")
    return Town(City(folder / "city"), town.engine, town.inbox)


def test_attributes_have_the_type_their_layer_declares(town: Town, tmp_path: Path) -> None:
    fields = "".join(
        f'[[fields]]\nid = "{name}"\ntitle = {{ zh = "{name}", en = "{name}" }}\ntype = "{kind}"\n'
        for name, kind in (("n", "number"), ("t", "time"))
    )
    there = layered(town, tmp_path, fields)
    there.write("cameras.csv", "id,name,status,lon,lat,n,t\nC1,,,,,007.50,2026-01-02\nC2,,,,,many,\nC3,,,,,,never\n")
    outcome = there.load(there.source("cameras", fields={"n": {"column": "n"}, "t": {"column": "t"}}))
    assert outcome.reasons == {"bad-number": 1, "bad-time": 1}
    assert there.one("SELECT attributes FROM feature") == {"n": 7.5, "t": "2026-01-01T16:00:00Z"}


def test_a_geometry_of_another_kind_stays_out(town: Town) -> None:
    line = {"type": "LineString", "coordinates": [[121.51, 29.81], [121.52, 29.82]]}
    point = {"type": "Point", "coordinates": [121.51, 29.81]}
    values = {"id": "C1", "name": "a", "status": "online"}
    town.geojson("cameras.geojson", [(values, point), (values | {"id": "C2"}, line)])
    read = {"format": "geojson", "path": "cameras.geojson"}
    outcome = town.load(town.source("cameras", read=read, place={"lon": None, "lat": None}))
    assert outcome.reasons == {"wrong-geometry": 1}
    assert town.rejected(outcome)[0].message == "the place is a LineString, the layer 'cameras' is of points"


def test_lines_and_areas_belong_to_the_unit_of_a_point_on_them(town: Town, tmp_path: Path) -> None:
    there = layered(town, tmp_path, "")
    file = there.city.folder / "layers" / "cameras.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'geometry = "polygon"\n', encoding="utf-8")
    there = Town(City(there.city.folder), town.engine, town.inbox)
    bow = [[121.541, 29.801], [121.549, 29.809], [121.549, 29.801], [121.541, 29.809], [121.541, 29.801]]
    there.geojson(
        "cameras.geojson", [({"id": "C1", "name": "", "status": ""}, {"type": "Polygon", "coordinates": [bow]})]
    )
    read = {"format": "geojson", "path": "cameras.geojson"}
    assert there.load(there.source("cameras", read=read, place={"lon": None, "lat": None})).loaded == 1
    assert there.one("SELECT u.code FROM feature f JOIN unit u ON u.id = f.unit_id") == "990102001001001"
    assert there.one("SELECT ST_IsValid(geom) FROM feature")


def test_features_without_a_key_are_refused(town: Town) -> None:
    town.write("cameras.csv", HEADER)
    plain = town.city.sources["cameras"]
    with pytest.raises(LoadError, match="cameras: features need the field key; add it"):
        town.load(plain.model_copy(update={"fields": {}}))
