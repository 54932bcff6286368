"""Single features: a colour has a shape or stroke beside it, and the key says what they mean, and what sizes do."""

import math
import re

import pytest

from dashboard.painting import plain
from dashboard.symbols import GIVEN, SHAPES, key, styled, swatch, symbol
from dashboard.takeaway.signs import COLOURS, PIXEL, Signs, joined
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


def test_paper_has_the_colours_of_a_light_page() -> None:
    light = (ASSETS / "tokens.css").read_text(encoding="utf-8").partition("light")[2]
    assert dict(re.findall(r"--kind-(\w+): (#[0-9a-f]{6});", light)) == COLOURS


def test_paper_explains_the_signs_it_has_and_no_others(ningbo: City) -> None:
    signs = Signs(ningbo.layers["key-places"], ningbo, colour="#8c9eff")
    school, nameless = signs.sign({"kind": "school", "people": 6000}), signs.sign({"kind": "kiosk", "people": None})
    assert (school.radius, nameless.radius) == (12 * PIXEL, 3 * PIXEL)
    kinds, sizes = signs.key("en")
    assert [(sign.shape, text) for sign, text in kinds.entries] == [(school.shape, "School"), ("cross", "Other")]
    assert [text for _, text in sizes.entries] == ["375", "1,500", "≥ 6,000"]
    hotline, reports = (Signs(ningbo.layers[layer], ningbo, colour="#f2b84b") for layer in ("hotline", "grid-reports"))
    assert hotline.sign({"status": "closed"}) == reports.sign({"status": "closed"})
    reports.sign({"status": "reported"})
    (both,) = joined([*hotline.key("zh"), *reports.key("zh")])
    assert sorted(text for _, text in both.entries) == ["已上报", "已结案"]
    plain = Signs(ningbo.layers["hotline"].model_copy(update={"style": None}), ningbo, colour="#f2b84b")
    assert (plain.sign({"status": "closed"}).colour, plain.key("en")) == ("#f2b84b", [])


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
