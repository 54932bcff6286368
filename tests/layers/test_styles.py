"""Colours and sizes of a layer mean what its file says, and a style that its layer cannot have is explained."""

import shutil
from pathlib import Path

import pytest

from layers.errors import PackError
from layers.pack import City
from layers.settings import HOME
from layers.specs import LayerSpec
from layers.styles import SERIES, StyleSpec, kinds


@pytest.fixture(scope="module")
def ningbo() -> City:
    return City(HOME / "data" / "ningbo")


def layer(city: City, ident: str, **style: object) -> LayerSpec:
    """Return a layer of a city with another style."""
    return city.layers[ident].model_copy(update={"style": StyleSpec.model_validate(style)})


def test_without_colours_of_its_own_each_declared_value_has_one_of_the_series(ningbo: City) -> None:
    found = kinds(layer(ningbo, "key-places", color_by="kind"), ningbo)
    assert [kind.values for kind in found[:2]] == [("estate",), ("school",)]
    assert [kind.color for kind in found] == [*SERIES, SERIES[0]]
    assert found[1].title.en == "School"


def test_values_with_colours_come_in_their_order_and_others_have_none(ningbo: City) -> None:
    found = kinds(layer(ningbo, "key-places", color_by="kind", colors={"park": "green", "school": "#123456"}), ningbo)
    assert [(kind.values, kind.color) for kind in found] == [(("park",), "green"), (("school",), "#123456")]


def test_a_branch_of_categories_has_one_colour(ningbo: City) -> None:
    found = {kind.title.en: kind.values for kind in kinds(layer(ningbo, "hotline", color_by="category"), ningbo)}
    assert {"street-order", "street-vending", "parking"} <= set(found["Street order"])
    every = [value for values in found.values() for value in values]
    assert sorted(every) == sorted(ningbo.categories)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("cameras", 'color_by = "status"', 'color_by = "state"', "style.color_by: 'state': must be a field of the"),
        ("cameras", 'offline = "red"', 'ofline = "red"', "style.colors.ofline: 'red': no such value; known: online"),
        ("cameras", 'offline = "red"', 'offline = "amber"', "style.colors.offline: 'amber'"),
        ("cameras", "colors = {", "palette = {", "style.palette"),
        ("cameras", 'color_by = "status"\n', "", "say which in color_by"),
        ("hotline", 'color_by = "status"', 'color_by = "severity"', "category, status, wanted"),
        ("hotline", 'reported = "red"', 'new = "red"', "style.colors.new: 'red': no such value; known: reported"),
        ("key-places", 'color_by = "kind"', 'color_by = "phone"', "style.color_by: 'phone': needs colors"),
        ("key-places", 'size_by = "people"', 'size_by = "phone"', "'phone': must be a field of type number: people"),
        ("patrol-routes", "[style]", '[style]\nsize_by = "times"\nmost = 4', "only points have sizes, not lines"),
        ("key-places", "most = 6000\n", "", "size_by and most go together"),
        ("key-places", "radius = [3, 12]", "radius = [12, 3]", "the smallest and the largest, got [12.0, 3.0]"),
    ],
)
def test_a_style_that_its_layer_cannot_have_is_explained(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    pack = Path(shutil.copytree(HOME / "data" / "ningbo", tmp_path / "ningbo"))
    path = pack / "layers" / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        City(pack)
    assert message in str(caught.value)
    assert f"{file}.toml" in str(caught.value)
