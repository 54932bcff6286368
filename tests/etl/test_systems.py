"""What a map's file says that its coordinates are in: known, known to nobody, or nothing; never taken in silence."""

import json
import sqlite3
from pathlib import Path

import geopandas
import pyarrow.parquet as pq
import pytest
from shapely.geometry import Point, mapping

from etl.run import Outcome
from etl.sandbox.reading import read
from layers.errors import LoadError
from layers.specs import Format, ReadSpec, SourceSpec
from tests.etl.town import Town

HERE = Point(121.51, 29.81)
ABSENT = object()
SAID = "names no reference system; taken for EPSG:4326"
STRANGE = r"its reference system is {}.*, which nobody knows; say under place.datum what its coordinates are in"


def named(name: str) -> object:
    return {"type": "name", "properties": {"name": name}}


def geojson(file: Path, crs: object, *, behind: bool = False) -> Path:
    """Write one that says `crs` before its features or behind them; a row has a column of that name as well."""
    row = {"type": "Feature", "properties": {"id": "A", "crs": "row"}, "geometry": mapping(HERE)}
    said, rows = ({} if crs is ABSENT else {"crs": crs}), {"features": [row]}
    file.write_text(json.dumps({"type": "FeatureCollection"} | (rows | said if behind else said | rows)))
    return file


def topojson(file: Path, crs: object) -> Path:
    shape = {"type": "Point", "coordinates": [HERE.x, HERE.y], "properties": {"id": "A"}}
    objects = {"case": {"type": "GeometryCollection", "geometries": [shape]}}
    said = {} if crs is ABSENT else {"crs": crs}
    file.write_text(json.dumps({"type": "Topology"} | said | {"objects": objects, "arcs": []}))
    return file


def frame(*, crs: str | None = "EPSG:4490") -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"id": ["A"]}, geometry=[HERE], crs=crs)


def shapefile(file: Path, prj: str) -> Path:
    frame().to_file(file, encoding="utf-8")
    file.with_suffix(".prj").write_text(prj)
    return file


def gpkg(file: Path, srs: int) -> Path:
    frame().to_file(file, driver="GPKG")
    with sqlite3.connect(file) as book:
        book.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (srs,))
        book.execute("UPDATE gpkg_contents SET srs_id = ?", (srs,))
    book.close()
    return file


def parquet(file: Path, crs: object) -> Path:
    frame().to_parquet(file)
    table = pq.read_table(file)
    about = json.loads(table.schema.metadata[b"geo"])
    about["columns"]["geometry"]["crs"] = crs
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(about)}), file)
    return file


def said(file: Path, name: Format) -> tuple[str | None, str | None]:
    (rows,) = read(file, name=file.name, spec=ReadSpec(format=name, path="*"), parts=sorted(file.parent.iterdir()))
    return rows.crs, rows.strange


@pytest.mark.parametrize("behind", [False, True])
def test_the_member_of_a_geojson_is_known_by_all_its_names(tmp_path: Path, *, behind: bool) -> None:
    file = tmp_path / "case.geojson"
    wgs84 = (ABSENT, named("urn:ogc:def:crs:OGC:1.3:CRS84"), named("CRS84"), named("EPSG:4326"), named("WGS 84"))
    assert {said(geojson(file, crs, behind=behind), "geojson") for crs in wgs84} == {("EPSG:4326", None)}
    metres = (named("urn:ogc:def:crs:EPSG::4547"), named("EPSG:4547"), {"type": "EPSG", "properties": {"code": 4547}})
    assert {said(geojson(file, crs, behind=behind), "geojson") for crs in metres} == {("EPSG:4547", None)}
    assert said(geojson(file, None, behind=behind), "geojson") == (None, None)
    strange = {"北京54": named("北京54"), "EPSG:999999": named("EPSG:999999"), "{}": {}, "[1]": [1]}
    strange["http://a/b"] = {"type": "link", "properties": {"href": "http://a/b"}}
    found = {name: said(geojson(file, crs, behind=behind), "geojson") for name, crs in strange.items()}
    assert found == {name: (None, name) for name in strange}


def test_what_other_formats_say_is_told_apart(tmp_path: Path) -> None:
    def path(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return folder / f"case.{name.rpartition('-')[2]}"

    assert said(topojson(path("1-topojson"), ABSENT), "topojson") == ("EPSG:4326", None)
    assert said(topojson(path("2-topojson"), named("EPSG:4490")), "topojson") == ("EPSG:4490", None)
    assert said(topojson(path("3-topojson"), named("?")), "topojson") == (None, "?")
    assert said(shapefile(path("1-shp"), ""), "shapefile") == (None, None)
    assert said(shapefile(path("2-shp"), "地方坐标系"), "shapefile") == (None, "地方坐标系")
    assert said(gpkg(path("1-gpkg"), 4490), "gpkg") == ("EPSG:4490", None)
    assert said(gpkg(path("2-gpkg"), 0), "gpkg") == (None, None)
    assert "Undefined Cartesian SRS" in str(said(gpkg(path("3-gpkg"), -1), "gpkg")[1])
    assert said(gpkg(path("4-gpkg"), 77777), "gpkg") == (None, "an srs_id that it does not describe")
    assert said(parquet(path("1-parquet"), None), "parquet") == (None, None)
    assert said(parquet(path("2-parquet"), {"id": {"authority": "X", "code": 1}}), "parquet") == (None, "X:1")
    file = path("1-fgb")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        frame(crs=None).to_file(file, driver="FlatGeobuf")
    assert said(file, "flatgeobuf") == (None, None)
    frame().to_crs(4326).to_file(file := path("1-kml"), driver="KML")
    assert said(file, "kml") == ("EPSG:4326", None)


def loaded(town: Town, crs: object, **place: str) -> Outcome:
    town.inbox.mkdir(exist_ok=True)
    geojson(town.inbox / "posts.geojson", crs)
    plain = town.city.sources["cameras"].model_dump()
    reading = {"format": "geojson", "path": "posts.geojson"}
    return town.load(
        SourceSpec.model_validate(plain | {"read": reading, "place": place, "fields": {"key": "id", "name": "id"}})
    )


def test_a_file_that_names_what_nobody_knows_waits_for_its_source_to_say_it(town: Town) -> None:
    with pytest.raises(LoadError, match=rf"^posts.geojson: {STRANGE.format('.北京54')}"):
        loaded(town, named("北京54"))
    assert town.one("SELECT count(*) FROM feature") == 0
    assert town.one("SELECT detail ->> 'message' FROM load ORDER BY id DESC LIMIT 1").startswith("posts.geojson: ")
    (finding,) = loaded(town, named("北京54"), datum="4490").findings["reference_system"]
    assert finding == {
        "rows": 1,
        "because": "the file says '北京54', which nobody knows; taken as declared, for EPSG:4490",
    }
    (silent,) = loaded(town, None).findings["reference_system"]
    assert (silent["rows"], SAID in silent["because"]) == (1, True)
    assert loaded(town, None, datum="4326").findings == loaded(town, named("EPSG:4490")).findings == {}


def test_boundaries_are_asked_the_same(town: Town) -> None:
    file = town.inbox / "boundaries.geojson"
    whole = json.loads((Path(__file__).parents[1] / "city" / "units.geojson").read_text(encoding="utf-8"))
    town.inbox.mkdir(exist_ok=True)
    file.write_text(json.dumps(whole | {"crs": named("独立坐标系")}), encoding="utf-8")
    source = town.city.sources["units"].model_copy(update={"read": ReadSpec(format="geojson", path=file.name)})
    with pytest.raises(LoadError, match="独立坐标系"):
        town.load(source)
    file.write_text(json.dumps(whole | {"crs": None}), encoding="utf-8")
    assert SAID in town.load(source).findings["reference_system"][0]["because"]
