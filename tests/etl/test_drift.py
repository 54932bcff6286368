"""Files whose columns are other than before stop the load, with both shown, until a person accepts them."""

import pytest

from etl.request import Request
from layers.errors import SourceDataError
from layers.specs import SourceSpec
from tests.etl.town import Town

HEAD = "id,name,status,lon,lat"
ROW = "C1,one,online,121.511,29.811"
ACCEPT = Request(accept_drift=True)


def send(town: Town, head: str, row: str) -> None:
    town.write("cameras.csv", f"{head}\n{row}\n")


def test_new_columns_stop_the_load_until_they_are_accepted(town: Town) -> None:
    send(town, HEAD, ROW)
    first = town.load("cameras")
    send(town, HEAD + ",height", ROW + ",4")
    message = (
        f"cameras.csv: its columns are not those known since load {first.load_id}: new: height; "
        "before: id, name, status, lon, lat; now: id, name, status, lon, lat, height; mend the file or the source, "
        "or load once with --accept-drift to take the columns as they are"
    )
    for dry_run in (True, False):
        with pytest.raises(SourceDataError) as raised:
            town.load("cameras", dry_run=dry_run)
        assert str(raised.value) == message
    town.load("cameras", request=ACCEPT)
    send(town, HEAD + ",height", ROW + ",5")
    assert town.load("cameras").state == "unchanged"


def test_columns_that_vanish_stop_the_load_and_their_order_does_not(town: Town) -> None:
    send(town, HEAD, ROW)
    town.load("cameras")
    send(town, "name,id,status,lon,lat", "one,C1,online,121.511,29.811")
    assert town.load("cameras").unchanged == 1
    send(town, "id,status,lon,lat", "C1,online,121.511,29.811")
    with pytest.raises(SourceDataError, match=r"gone: name; before: id, name, .*; now: id, status, lon, lat"):
        town.load("cameras")


def test_a_load_that_fails_remembers_nothing(town: Town) -> None:
    town.write("many/1.csv", f"{HEAD},extra\n")
    town.write("many/2.csv", "")
    both = town.source("cameras", read={"path": "many/*.csv"})
    with pytest.raises(SourceDataError, match="the file is empty"):
        town.load(both)
    assert town.one("SELECT count(*) FROM source_shape") == 0


def vector(town: Town) -> SourceSpec:
    plain = town.source("cameras", read={"format": "geojson", "path": "cameras.geojson"}).model_dump()
    return SourceSpec.model_validate(plain | {"place": {}})


def test_a_column_of_another_type_stops_the_load(town: Town) -> None:
    spec = vector(town)
    point = {"type": "Point", "coordinates": [121.511, 29.811]}
    for status, other in ((None, 1), ("online", 2), (None, 2.5)):
        town.geojson("cameras.geojson", [({"id": "C1", "name": "one", "status": status, "other": other}, point)])
        town.load(spec)
    town.geojson("cameras.geojson", [({"id": "C1", "name": "one", "status": 7, "other": 2}, point)])
    with pytest.raises(SourceDataError, match="status was text, is number; before"):
        town.load(spec)
    assert town.load(spec, request=ACCEPT).loaded == 1


def test_files_of_several_shapes_at_the_first_load_are_all_known(town: Town) -> None:
    both = town.source("cameras", read={"path": "many/*.csv"})
    town.write("many/1.csv", f"{HEAD}\n{ROW}\n")
    town.write("many/2.csv", f"{HEAD},height\nC2,two,online,121.511,29.811,4\n")
    assert town.load(both).loaded == 2
    town.write("many/2.csv", f"{HEAD},height\nC2,other,online,121.511,29.811,4\n")
    assert town.load(both).loaded == 1
    town.write("many/3.csv", f"{HEAD},weight\nC3,three,online,121.511,29.811,4\n")
    with pytest.raises(SourceDataError, match=r"many/3.csv: .* new: weight"):
        town.load(both)


def test_a_source_that_is_read_another_way_begins_anew(town: Town) -> None:
    send(town, HEAD, ROW)
    town.load("cameras")
    town.write("other.csv", f"{HEAD},height\n{ROW},4\n")
    assert town.load(town.source("cameras", read={"path": "other.csv"})).unchanged == 1
