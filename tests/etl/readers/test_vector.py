"""Vector files: the same rows and shapes whatever the format, and a sentence for what cannot be read."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from etl.readers import formats, reader
from etl.rows import Rows
from layers.errors import SourceDataError, UnknownNameError
from layers.specs import Format, ReadSpec

WRITTEN = {
    "geojson": ("GeoJSON", "case.geojson"),
    "shapefile": ("ESRI Shapefile", "case.shp"),
    "gpkg": ("GPKG", "case.gpkg"),
    "kml": ("KML", "case.kml"),
    "flatgeobuf": ("FlatGeobuf", "case.fgb"),
}
SHAPES_CUT = ("shapefile", 0.95)
"""Costs shapes, not rows: those are in the .dbf."""
POINTS = shapely.points([121.5, 121.6, 121.7], [29.8, 29.9, 29.7])


def written(folder: Path, name: str, crs: str = "EPSG:4326") -> Path:
    driver, file = WRITTEN[name]
    frame = geopandas.GeoDataFrame({"Name": ["甲", "乙", "丙"]}, geometry=POINTS, crs=crs)
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    frame.to_file(folder / file, driver=driver, **options)
    return folder / file


def read(file: Path, name: Format, layer: str | None = None) -> list[Rows]:
    return list(reader(name)(file, name=file.name, spec=ReadSpec(format=name, path="*", layer=layer)))


def test_every_format_a_pack_may_declare_has_a_reader() -> None:
    assert set(Format.__args__) <= set(formats())  # type: ignore[attr-defined]


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"no format has the id 'dwg'; known: csv, excel, flatgeobuf"):
        reader("dwg")


@pytest.mark.parametrize("name", WRITTEN)
def test_rows_shapes_and_numbers_are_those_of_the_file(tmp_path: Path, name: Format) -> None:
    (rows,) = read(written(tmp_path, name), name)
    assert rows.columns.column("Name").to_pylist() == ["甲", "乙", "丙"]
    assert rows.shapes is not None
    assert shapely.equals_exact(shapely.force_2d(rows.shapes), POINTS, 1e-9).all()
    np.testing.assert_array_equal(rows.numbers, [1, 2, 3])
    assert rows.crs == "EPSG:4326"
    assert rows.done == 1.0


def test_the_reference_system_of_the_file_is_told(tmp_path: Path) -> None:
    (rows,) = read(written(tmp_path, "gpkg", "EPSG:4490"), "gpkg")
    assert rows.crs == "EPSG:4490"


def test_a_feature_without_geometry_has_no_shape(tmp_path: Path) -> None:
    file = tmp_path / "case.geojson"
    file.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}')
    (rows,) = read(file, "geojson")
    assert rows.shapes is not None
    assert list(rows.shapes) == [None]


@pytest.mark.parametrize("sent", ["2026-01-02T03:04:05+08:00", "2026/01/02 03:04:05", "2026-01-02"])
def test_times_stay_the_text_they_are(tmp_path: Path, sent: str) -> None:
    file = tmp_path / "case.geojson"
    feature = f'{{"type":"Feature","properties":{{"t":"{sent}"}},"geometry":null}}'
    file.write_text(f'{{"type":"FeatureCollection","features":[{feature}]}}')
    (rows,) = read(file, "geojson")
    assert rows.columns.column("t").to_pylist() == [sent]


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceDataError, match=r"it is GPKG, not GeoJSON; say read.format = .gpkg., or mend the file"):
        read(written(tmp_path, "gpkg"), "geojson")


@pytest.mark.parametrize(
    ("name", "share"), [(name, share) for name in WRITTEN for share in (0.0, 0.5, 0.95) if (name, share) != SHAPES_CUT]
)
def test_a_file_cut_in_the_middle_is_explained(tmp_path: Path, name: Format, share: float) -> None:
    file = written(tmp_path, name)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    with pytest.raises(SourceDataError, match=rf"^{file.name}: .*; send .*"):
        read(file, name)


def test_several_layers_need_a_choice(tmp_path: Path) -> None:
    file = written(tmp_path, "gpkg")
    geopandas.GeoDataFrame({"n": [1]}, geometry=POINTS[:1], crs=4326).to_file(file, layer="other")
    with pytest.raises(SourceDataError, match=r"2 layers: case, other; name one under read.layer"):
        read(file, "gpkg")
    with pytest.raises(SourceDataError, match=r"no layer 'third'; it has case, other"):
        read(file, "gpkg", "third")
    assert sum(len(rows) for rows in read(file, "gpkg", "other")) == 1


def test_the_folders_of_a_kml_are_read_one_after_the_other(tmp_path: Path) -> None:
    def mark(name: str, more: str = "") -> str:
        return f"<Placemark><name>{name}</name>{more}<Point><coordinates>121.5,29.8</coordinates></Point></Placemark>"

    kind = '<ExtendedData><Data name="kind"><value>gate</value></Data></ExtendedData>'
    within = f"<Folder><name>North</name>{mark('b', kind)}</Folder>"
    folders = f"<Folder><name>North</name>{mark('a')}{within}</Folder><Folder><name>Empty</name></Folder>"
    file = tmp_path / "case.kml"
    document = f"<Document><name>Whole</name>{mark('c')}{folders}</Document>"
    file.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2">{document}</kml>', encoding="utf-8")
    pieces = read(file, "kml")
    rows = [
        row | {"number": at}
        for piece in pieces
        for row, at in zip(piece.columns.to_pylist(), piece.numbers.tolist(), strict=True)
    ]
    assert [(row["number"], row["Name"], row["Folder"], row["kind"]) for row in rows] == [
        (1, "c", "Whole", None),
        (2, "a", "North", None),
        (3, "b", "North (#2)", "gate"),
    ]
    (one,) = read(file, "kml", "North")
    assert (one.columns.column("Name").to_pylist(), "Folder" in one.names) == (["a"], False)


def test_a_shapefile_without_its_table_is_explained(tmp_path: Path) -> None:
    file = written(tmp_path, "shapefile")
    file.with_suffix(".dbf").unlink()
    with pytest.raises(SourceDataError, match=r"case.shp: its .dbf, which holds the columns, is missing; send it with"):
        read(file, "shapefile")


def test_a_shapefile_that_lost_its_last_shapes_keeps_its_rows(tmp_path: Path) -> None:
    file = written(tmp_path, "shapefile")
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * SHAPES_CUT[1])])
    (rows,) = read(file, "shapefile")
    assert rows.shapes is not None
    assert [shape is None for shape in rows.shapes] == [False, False, True]
