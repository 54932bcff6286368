"""A city pack reads whole, and a mistake in one is answered with file, place, value and remedy."""

import re
import shutil
from pathlib import Path

import pytest

from layers.errors import PackError, UnknownNameError
from layers.pack import City
from layers.settings import HOME

PACK = HOME / "data" / "ningbo"
INCIDENT_FIELDS = {"key", "reported_at", "category", "status"}
THEMES = {"people", "places", "things", "events", "organisations"}


@pytest.fixture(scope="module")
def ningbo() -> City:
    return City(PACK)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "ningbo"))


def test_ningbo_has_five_levels_whose_codes_grow(ningbo: City) -> None:
    assert [level.id for level in ningbo.levels] == ["city", "district", "street", "community", "grid"]
    layouts = [level.code for level in ningbo.levels if level.code]
    assert [(layout.significant, layout.length) for layout in layouts] == [
        (4, 12),
        (6, 12),
        (9, 12),
        (12, 12),
        (15, 15),
    ]
    assert ningbo.rank("street") == 2


def test_ningbo_says_that_it_is_generated_in_both_languages(ningbo: City) -> None:
    assert ningbo.spec.generated is not None
    assert "模拟" in ningbo.spec.generated.zh
    assert "generated" in ningbo.spec.generated.en


def test_every_theme_has_a_layer(ningbo: City) -> None:
    assert {layer.theme for layer in ningbo.layers.values()} == THEMES


def test_categories_are_a_tree_of_two_levels(ningbo: City) -> None:
    roots = [item for item in ningbo.categories.values() if item.parent is None]
    assert {"市容环境", "宣传广告", "施工管理", "街面秩序", "突发事件"} <= {item.title.zh for item in roots}
    assert {"公用设施", "道路交通", "市容环境设施", "园林绿化", "房屋土地"} <= {item.title.zh for item in roots}
    assert all(item.parent is None or ningbo.categories[item.parent] in roots for item in ningbo.categories.values())
    assert ningbo.branch("street-order") >= {"street-order", "street-vending", "parking"}


@pytest.mark.parametrize("layer", sorted(path.stem for path in (PACK / "layers").glob("*.toml")))
def test_every_layer_gets_all_the_fields_it_shows(ningbo: City, layer: str) -> None:
    spec = ningbo.layers[layer]
    feeding = [ningbo.sources[spec.incidents]] if spec.incidents else []
    feeding += [source for source in ningbo.sources.values() if source.feeds == layer]
    assert feeding
    for source in feeding:
        assert {field.id for field in spec.fields} <= source.fields.keys()
        for field in spec.fields:
            words = ningbo.mapping(source.fields[field.id])
            if words is not None:
                assert set(words.values()) <= field.values.keys()


@pytest.mark.parametrize("source", sorted(path.stem for path in (PACK / "sources").glob("*.toml")))
def test_every_source_has_what_its_kind_needs(ningbo: City, source: str) -> None:
    spec = ningbo.sources[source]
    needed = {"units": {"code", "level", "name", "name_en", "parent"}, "incidents": INCIDENT_FIELDS}
    assert needed.get(spec.feeds, {"key", "name"}) <= spec.fields.keys()
    assert spec.refresh_minutes > 0


def test_both_maps_of_categories_cover_what_they_should(ningbo: City) -> None:
    leaves = {item.code for item in ningbo.categories.values() if item.parent is not None}
    grid = ningbo.mapping(ningbo.sources["grid-reports"].fields["category"]) or {}
    hotline = ningbo.mapping(ningbo.sources["hotline"].fields["category"]) or {}
    assert set(grid.values()) | set(hotline.values()) == leaves
    assert all(len(code) == 6 and code.isdigit() for code in grid)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("city.toml", 'time_zone = "Asia/Shanghai"', 'time_zone = "Beijing"', "'Beijing' is not an IANA name"),
        ("city.toml", "significant = 6", "significant = 4", "significant digits must grow"),
        ("city.toml", 'code = "3302', "code = 3302", "city.toml: TOML"),
        ("city.toml", "tolerance = 300", "tolerance = -1", "levels.0.tolerance: -1"),
        ("city.toml", "[generated]", "[invented]", "city.toml: invented"),
        ("categories.csv", "code,parent,zh,en,hours", "code,parent,zh,en,limit", "header"),
        (
            "categories.csv",
            ",appearance,暴露垃圾,",
            ",apearance,暴露垃圾,",
            "line 3: parent: 'apearance': must stand on a",
        ),
        ("categories.csv", "Exposed rubbish,12", "Exposed rubbish,soon", "line 3: hours: 'soon'"),
        ("categories.csv", "packing-litter,", "litter,", "line 4: code: 'litter': stands on a line above"),
        ("layers/cameras.toml", 'theme = "things"', 'theme = "stuff"', "cameras.toml: theme: 'stuff'"),
        ("layers/cameras.toml", 'color = "#a9bccd"', 'color = "amber"', "cameras.toml: color: 'amber'"),
        ("layers/cameras.toml", 'id = "cameras"', 'id = "camera"', "must be the file's name, 'cameras'"),
        ("layers/hotline.toml", 'incidents = "hotline"', 'incidents = "phone"', "'phone': must be a source: "),
        ("sources/hotline.toml", 'feeds = "incidents"', 'feeds = "incident"', "'incident': must be one of cameras"),
        ("sources/hotline.toml", 'refresh = "1h"', 'refresh = "hourly"', "hotline.toml: refresh: 'hourly'"),
        ("sources/hotline.toml", 'datum = "gcj02"', 'datum = "mars"', "must be 'gcj02', 'bd09' or an EPSG code"),
        ("sources/hotline.toml", 'lat = "纬度"\n', "", "lon and lat go together"),
        ("sources/hotline.toml", 'format = "csv"', 'format = "xls"', "hotline.toml: read.format: 'xls'"),
        ("sources/hotline.toml", "categories-12345.csv", "categories.xlsx", "'categories.xlsx': must be a file of the"),
        ("sources/hotline.toml", '"phone"', '"telephone"', "'telephone': stands for '电话'; must be a channel"),
        ("sources/hotline.toml", '"closed"', '"done"', "'done': stands for '已结案'; must be a status"),
        ("sources/hotline.toml", "owner =", "owners =", "hotline.toml: owner"),
        ("sources/hotline.toml", ', en = "Government Hotline Centre"', "", "hotline.toml: owner.en"),
        (
            "categories-12345.csv",
            ",litter\n",
            ",liter\n",
            "'liter': stands for '市容环境/暴露垃圾'; must be a category",
        ),
    ],
)
def test_a_broken_pack_is_explained(pack: Path, file: str, old: str, new: str, message: str) -> None:
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        City(pack)
    assert message in str(caught.value)
    assert str(pack) in str(caught.value)


@pytest.mark.parametrize(
    ("said", "zh", "en"),
    [('{ zh = "局", en = "Bureau" }', "局", "Bureau"), ('"12345"', "12345", "12345")],
)
def test_an_owner_is_called_by_one_text_or_by_one_a_language(pack: Path, said: str, zh: str, en: str) -> None:
    file = pack / "sources" / "hotline.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub("(?m)^owner = .*$", f"owner = {said}", text), encoding="utf-8")
    owner = City(pack).sources["hotline"].owner
    assert (owner.text("zh"), owner.text("en")) == (zh, en)


def test_a_folder_without_a_pack_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="city pack: 'no such file': name a folder that holds one"):
        City(tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones(ningbo: City) -> None:
    with pytest.raises(UnknownNameError, match="no level has the id 'ward'; known: city, community, district"):
        ningbo.rank("ward")
    with pytest.raises(UnknownNameError, match="no category has the id 'ghosts'; known: "):
        ningbo.branch("ghosts")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('layer = "cameras"', 'layer = "hotline"', "cameras.layer: 'hotline': must be a layer of features"),
        ('working = ["online"]', "", "field and working go together"),
    ],
)
def test_what_indicators_ask_of_cameras_must_be_there(pack: Path, before: str, after: str, message: str) -> None:
    file = pack / "city.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        City(pack)
    assert message in str(refused.value)
