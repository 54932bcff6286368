"""Real files with their traps, from `../shared/data` beside the checkout; skipped, saying so, where they are absent."""

import gzip
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from etl.readers import reader
from etl.rows import Rows
from layers.errors import SourceDataError
from tests.etl.readers.samples import spec

DATA = Path(__file__).parents[3].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not beside the checkout")


def read(file: Path, name: str, **keys: Any) -> list[Rows]:  # noqa: ANN401 - any key of `read`
    return list(reader(name)(file, name=file.name, spec=spec(name, **keys)))


def column(pieces: list[Rows], name: str) -> list[Any]:
    return [value for piece in pieces for value in piece.columns.column(name).to_pylist()]


def unzipped(archive: str, folder: Path) -> Path:
    with ZipFile(DATA / archive) as opened:
        opened.extractall(folder)
    (file,) = folder.glob("*.shp")
    return file


@pytest.mark.parametrize(
    ("path", "name", "keys", "rows"),
    [
        ("nyc/boundaries/community_districts.geojson", "geojson", {}, 71),
        ("nyc/boundaries/police_precincts.geojson", "geojson", {}, 76),
        ("nyc/boundaries/election_districts.geojson", "topojson", {}, 5199),
        ("nyc/boundaries/census_tracts_2010.geojson", "topojson", {}, 2166),
        ("nyc/boundaries/nyc_borough_boundary_water_query.json", "geojson", {}, 5),
        ("nyc/incidents/nyc311_2019-12-31.csv", "csv", {"encoding": "auto"}, 1000),
        ("nyc/incidents/nyc311_2022-05-01.csv", "csv", {"encoding": "auto"}, 924),
        ("nyc/incidents/nyc311_2024-04-16.csv", "csv", {"encoding": "auto"}, 1000),
        ("nyc/incidents/nyc311_2024-05-27.csv", "csv", {"encoding": "auto"}, 1000),
        ("nyc/incidents/nyc311_2024-05-27.json", "json", {}, 1000),
        ("nyc/incidents/nyccrashes_2024w0630_by20240916.csv", "csv", {"encoding": "auto"}, 1875),
        ("nyc/incidents/nypd_stops_2020_subset_xy_epsg2263.xlsx", "excel", {"sheet": "CY 2020"}, 9544),
        ("nyc/cameras/nyctmc_cameras.json", "json", {"records": "cameras"}, 956),
        ("nyc/awkward/nyc_fire_companies.kml", "kml", {}, 343),
        ("china/hotline/fujian1_category_tree.xlsx", "excel", {}, 517),
        ("china/hotline/messages_fujian3_gb18030.csv", "csv", {"encoding": "auto"}, 4326),
        ("china/hotline/messages_with_reply_time_fujian4.xlsx", "excel", {}, 2816),
        ("china/awkward/bj_jiedao_points_gbk.csv", "csv", {"encoding": "auto"}, 343),
        ("china/awkward/beijing_admin_epsg4490.gpkg", "gpkg", {"layer": "district"}, 16),
        ("china/beijing/special/chaoyang-exclave-line.geojson", "geojson", {}, 1),
    ],
)
def test_every_row_is_read(path: str, name: str, keys: dict[str, Any], rows: int) -> None:
    pieces = read(DATA / path, name, **keys)
    assert sum(len(piece) for piece in pieces) == rows
    assert sum(len(piece.broken) for piece in pieces) == 0


def test_topojson_in_a_geojson_name_is_explained() -> None:
    with pytest.raises(SourceDataError, match=r"it is TopoJSON, not GeoJSON; say read.format = 'topojson'"):
        read(DATA / "nyc/boundaries/election_districts.geojson", "geojson")


def test_a_shapefile_that_does_not_say_its_encoding_must_be_told(tmp_path: Path) -> None:
    file = unzipped("china/awkward/bj_jiedao_gbk_shapefile_nocpg.zip", tmp_path)
    message = r"neither a .cpg nor the .dbf says what its texts are in, it may be gb18030; say it under read.encoding"
    with pytest.raises(SourceDataError, match=message):
        read(file, "shapefile")
    for encoding in ("gbk", "auto"):
        pieces = read(file, "shapefile", encoding=encoding)
        assert pieces[0].names == ["街道名称", "区划代码", "上级代码", "拼音"]
        assert column(pieces, "街道名称")[0] == "阳坊镇"
        assert (sum(map(len, pieces)), pieces[0].crs) == (343, "EPSG:4326")


def test_a_shapefile_in_utf8_needs_nobody_to_say_so(tmp_path: Path) -> None:
    file = unzipped("china/awkward/china_country_utf8_dbf_without_cpg.zip", tmp_path)
    assert column(read(file, "shapefile"), "FCNAME") == ["中国"]


def test_a_shapefile_without_a_prj_declares_no_reference_system(tmp_path: Path) -> None:
    file = unzipped("nyc/boundaries/taxi_zones_epsg2263.zip", tmp_path)
    assert read(file, "shapefile")[0].crs == "EPSG:2263"
    file.with_suffix(".prj").unlink()
    pieces = read(file, "shapefile")
    assert (pieces[0].crs, sum(map(len, pieces))) == (None, 263)


def test_cells_of_a_workbook_are_what_they_show() -> None:
    pieces = read(DATA / "nyc/incidents/nypd_stops_2020_subset_xy_epsg2263.xlsx", "excel")
    first = {name: column(pieces, name)[0] for name in pieces[0].names}
    assert (first["STOP_ID"], first["STOP_FRISK_DATE"], first["STOP_FRISK_TIME"]) == (1, "2020-01-01", "01:12:00")
    assert (first["STOP_LOCATION_X"], first["STOP_LOCATION_ZIP_CODE"]) == (997094, "10028")
    assert min(column(pieces, "STOP_FRISK_DATE")) == "2018-01-03"


def test_points_of_a_gzipped_file_are_read_once_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "collisions.geojson"
    packed = DATA / "nyc/incidents/nyc-injurious-collisions.geojson.gz"
    with gzip.open(packed) as source, file.open("wb") as target:
        shutil.copyfileobj(source, target)
    assert sum(map(len, read(file, "geojson"))) == 20644
