"""A small valid file of every format: three rows with a name, a number and, where the format can, a point."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import geopandas
import shapely

from layers.specs import SERVICES, ReadSpec

NAMES = ["甲", "乙", "丙"]
POINTS = shapely.points([121.5, 121.6, 121.7], [29.8, 29.9, 29.7])
FILES = {
    "csv": "case.csv",
    "excel": "case.xlsx",
    "flatgeobuf": "case.fgb",
    "geojson": "case.geojson",
    "gpkg": "case.gpkg",
    "http-json": "case.jsonl",
    "json": "case.json",
    "kml": "case.kml",
    "parquet": "case.parquet",
    "shapefile": "case.shp",
    "sql": "case.jsonl",
    "topojson": "case.topojson",
}
DRIVERS = {
    "flatgeobuf": ("FlatGeobuf", {"SPATIAL_INDEX": "NO"}),
    "geojson": ("GeoJSON", {}),
    "gpkg": ("GPKG", {}),
    "kml": ("KML", {}),
    "shapefile": ("ESRI Shapefile", {"ENCODING": "UTF-8"}),
}
RECORDS = [{"Name": name, "n": number} for number, name in enumerate(NAMES)]
SERVICE: dict[str, dict[str, str]] = {
    "http-json": {"url": "http://127.0.0.1/"},
    "sql": {"database": "ONEMAP_SOURCE_TEST", "query": "SELECT 1"},
}


def spec(name: str, **keys: Any) -> ReadSpec:  # noqa: ANN401 - any key of `read`
    """Return how a sample is read."""
    return ReadSpec.model_validate({"format": name, **(SERVICE[name] if name in SERVICES else {"path": "*"}), **keys})


def sample(folder: Path, name: str, rows: int = 3) -> Path:
    """Write a sample of a format and return its file."""
    file = folder / FILES[name]
    folder.mkdir(parents=True, exist_ok=True)
    if name in DRIVERS:
        driver, options = DRIVERS[name]
        _frame(rows).to_file(file, driver=driver, **options)
    elif name == "parquet":
        _frame(rows).to_parquet(file)
    elif name == "excel":
        _workbook(file, rows)
    elif name == "csv":
        file.write_text("Name,n\n" + "".join(f"{row['Name']},{row['n']}\n" for row in RECORDS[:rows]))
    elif name == "json":
        file.write_text(json.dumps(RECORDS[:rows]))
    elif name == "topojson":
        file.write_text(json.dumps(_topology(rows)))
    else:
        file.write_text("".join(f"{json.dumps(row)}\n" for row in RECORDS[:rows]))
    return file


def zipped(file: Path) -> Path:
    """Put a file, and what belongs to it, into a zip."""
    archive = file.with_suffix(".zip")
    with ZipFile(archive, "w") as made:
        for part in sorted(file.parent.glob(f"{file.stem}.*")):
            if part != archive:
                made.write(part, part.name)
    return archive


def _frame(rows: int) -> geopandas.GeoDataFrame:
    values = {"Name": NAMES[:rows], "n": list(range(rows))}
    return geopandas.GeoDataFrame(values, geometry=POINTS[:rows], crs="EPSG:4326")


def _topology(rows: int) -> dict[str, Any]:
    shapes = [
        {"type": "Point", "coordinates": list(point.coords[0]), "properties": row}
        for point, row in zip(POINTS[:rows], RECORDS, strict=False)
    ]
    objects = {"case": {"type": "GeometryCollection", "geometries": shapes}}
    return {"type": "Topology", "objects": objects, "arcs": []}


def _workbook(file: Path, rows: int) -> None:
    """Write the least that a workbook is made of."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells: list[list[object]] = [["Name", "n"], *([row["Name"], row["n"]] for row in RECORDS[:rows])]
    lines = "".join("<row>" + "".join(_cell(value) for value in row) + "</row>" for row in cells)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{spreadsheet}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{spreadsheet}"><sheetData>{lines}</sheetData></worksheet>',
    }
    with ZipFile(file, "w") as made:
        for name, text in parts.items():
            made.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"
