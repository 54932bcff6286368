"""Single features: a colour has a shape or stroke beside it, and the key says what they mean, and what sizes do."""

import math
import re

import pytest

from dashboard.painting import plain
from dashboard.symbols import GIVEN, SHAPES, key, styled, swatch, symbol
from layers.pack import City
from layers.settings import HOME
from layers.styles import OTHER, SERIES, StyleSpec

ASSETS = HOME / "dashboard" / "assets"


@pytest.fixture(scope="module")
def ningbo() -> City:
    return City(HOME / "data" / "ningbo")


def test_no_two_values_look_alike_nor_like_one_without_a_colour(ningbo: City) -> None:
    style = {"style": StyleSpec(color_by="category")}
    made = styled(ningbo.layers["hotline"].model_copy(update=style), ningbo)
    assert made is not None
    signs = [(kind["color"], kind["shape"]) for kind in [*made["kinds"], made["other"]]]
    assert len(set(signs)) == len(signs) == 20
    assert math.gcd(len(SERIES), len(GIVEN)) == 1


def test_every_named_colour_is_a_token_of_both_themes() -> None:
    tokens = (ASSETS / "tokens.css").read_text(encoding="utf-8")
    for name in (*SERIES, OTHER):
        assert len(re.findall(rf"--kind-{name}: #[0-9a-f]{{6}};", tokens)) == 2, name


def test_the_key_names_every_colour_and_three_sizes(ningbo: City) -> None:
    (part,) = plain(key(ningbo.layers["key-places"], ningbo, "en"))
    colours, signs, sizes, rings = part[2]
    assert (colours[2], sizes[2]) == (["Colour and shape: Kind"], ["Size: Capacity"])
    assert [row[2][1][2] for row in signs[2]][-2:] == [["Building site"], ["Other"]]
    widths = [row[2][0][1]["style"]["width"] for row in rings[2]]
    assert (widths, [row[2][1][2] for row in rings[2]]) == (["6px", "12px", "24px"], [["375"], ["1,500"], ["≥ 6,000"]])
    assert key(ningbo.layers["cameras"].model_copy(update={"style": None}), ningbo, "en") == []


def test_lines_and_polygons_have_strokes_beside_their_colours(ningbo: City) -> None:
    routes = ningbo.layers["patrol-routes"]
    made = styled(routes, ningbo)
    assert made is not None
    assert [(kind["values"], kind["shape"]) for kind in made["kinds"]] == [
        (("foot",), "solid"),
        (("bicycle",), "dashed"),
        (("car",), "dotted"),
    ]
    (part,) = plain(key(routes, ningbo, "en"))
    title, signs = part[2]
    assert title[2] == ["Colour and stroke: Means"]
    assert [row[2][0][1]["style"]["borderStyle"] for row in signs[2]] == ["solid", "dashed", "dotted", "solid"]
    looks = [symbol(ningbo.layers[ident]) for ident in ("hotline", "hydrants", "patrol-routes", "parks")]
    assert [plain(look)[0][1]["className"] for look in looks] == ["dot", "dot is-square", "dot is-line", "dot is-patch"]


def test_signs_are_shapes_and_named_colours_follow_the_theme() -> None:
    assert plain(swatch("sky", "circle"))[0][1]["style"] == {"background": "var(--kind-sky)", "clipPath": "circle(37%)"}
    style = plain(swatch("#123456", "star"))[0][1]["style"]
    assert (style["background"], style["clipPath"].count("%")) == ("#123456", 2 * len(SHAPES["star"]))
