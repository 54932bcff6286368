"""Panels called as the plain functions they are, and rules that hold for every panel of the folder."""

import inspect
import json
import re
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, get_app, html
from fastapi import FastAPI

from dashboard.balance import balance
from dashboard.interface import attach
from dashboard.leaflet import RAMPS
from dashboard.measuring import measures
from dashboard.painting import plain
from dashboard.panels import (
    conditions,
    figures,
    filters,
    header,
    incident_list,
    kinds,
    layer_list,
    legend,
    panels,
    ranking,
    sources,
)
from dashboard.shades import shades
from dashboard.state import Child, Page, Picture, View, address, toggled
from layers.pack import City

ASSETS = Path(__file__).resolve().parents[2] / "dashboard" / "assets"
VIEW: View = {
    "unit": "990100000000",
    "period": "30d",
    "category": [],
    "status": [],
    "source": [],
    "channel": [],
    "layers": None,
    "group": "theme",
    "classes": "quantile",
    "indicator": "count",
    "ramp": "cyan",
    "sort": "high",
}


def child(code: str, **numbers: int) -> Child:
    """Return a unit of a summary; what is not said is zero."""
    zero = {"total": 0, "open": 0, "overdue": 0, "closed": 0, "on_time": 0, "due": 0}
    return {"code": code, "name": f"甲{code}", "name_en": f"A{code}", **zero, **numbers}  # type: ignore[typeddict-item]


def picture(*children: Child, **view: Any) -> Picture:  # noqa: ANN401 - parts of a view
    """Return the picture of the small city with these districts, ten more incidents in none of them."""
    total = sum(each["total"] for each in children) + 10
    step = {"code": "990100000000", "name": "方城市", "name_en": "Square City"}
    place = {**step, "path": [step], "children": list(children)}
    numbers = {"total": total, "open": total, "overdue": 1, "closed": 0, "on_time": 0, "due": 1, "unplaced": 10}
    return {
        "view": {**VIEW, **view},  # type: ignore[typeddict-item]
        "unit": place,
        "summary": {**numbers, "as_of": "2026-11-22T12:00:00+00:00"},
        "held": {"cameras": 1200},
        "frame": {"unit": place, "children": list(children), "chosen": None},
        "every": total + 25,
        "facets": {
            "category": [{"code": "order-stall", "total": 4}, {"code": "noise", "total": 3}],
            "status": [],
            "source": [],
        },
        "editions": [],
        "at": 0,
        "indicated": None,
        "leveled": None,
        "error": None,
    }


def text(parts: Any) -> str:  # noqa: ANN401 - a tree
    """Return all that a tree of components says."""

    def said(nodes: list[Any]) -> list[str]:
        return [word for node in nodes for word in ([node] if isinstance(node, str) else said(node[2]))]

    return " ".join(said(plain(parts)))


def flat(nodes: list[Any]) -> list[Any]:
    """Return all components of a plain tree."""
    return [each for node in nodes if not isinstance(node, str) for each in (node, *flat(node[2]))]


def test_an_address_leaves_defaults_out_and_keeps_the_rest_in_order() -> None:
    assert address(VIEW) == "?unit=990100000000"
    busy: View = {**VIEW, "period": "1y", "status": ["closed"], "layers": ["cameras", "hotline"], "sort": "low"}
    assert address(busy) == "?unit=990100000000&period=1y&status=closed&layers=cameras,hotline&sort=low"
    days: View = {**VIEW, "period": "custom", "since": "2026-01-01", "until": "2026-02-01"}
    assert address(days) == "?unit=990100000000&from=2026-01-01&to=2026-02-01"
    assert address({**VIEW, "q": "a&b=c 道"}) == "?unit=990100000000&q=a%26b%3Dc+%E9%81%93".replace("%3D", "%3D")
    assert address({**VIEW, "layers": []}) == "?unit=990100000000&layers="


def test_a_level_is_chosen_among_those_below_the_unit_and_coloured_by_its_own_classes(city: City) -> None:
    classes = [{"low": 0, "high": 0, "units": 5}, {"low": 1, "high": 9, "units": 3}]
    shown = picture(child("990101000000", total=7), level="community")
    shown["leveled"] = {"level": "community", "classes": classes, "unknown": 2, "units": 10}
    assert address(shown["view"]) == "?unit=990100000000&level=community"
    row = plain(layer_list.levels(city, shown, "en"))[0][2][1][2]
    assert [option[2] for option in row] == [["Auto"], ["District"], ["Street"], ["Community"], ["Grid cell"]]
    assert [option[1]["aria-checked"] for option in row] == ["false", "false", "false", "true", "false"]
    found = shades(city, shown, "dark", "en")
    assert found
    assert (found["lows"], found["bounds"], found["units"], found["unknown"]) == ([0, 1], [0, 9], [5, 3], 2)
    assert (found["values"], found["texts"]) == ({}, {})
    assert "Community" in text(legend.draw(city, found, "en", shown))
    lowest = picture(level="grid")
    lowest["unit"]["path"] *= 4
    assert layer_list.levels(city, lowest, "en") == []


def test_a_page_of_the_list_is_left_by_any_other_change() -> None:
    later: View = {**VIEW, "after": "cursor"}
    assert "after" not in address(later, unit="990101000000")
    assert address(later, after="next").endswith("after=next")


def test_a_second_toggle_takes_the_first_back() -> None:
    assert toggled(toggled(["a"], "b"), "b") == ["a"]


def test_figures_show_units_and_denominators() -> None:
    shown = text(figures.draw(picture(child("1", total=190_000)), "zh"))
    assert "19.0万" in shown
    assert "0 / 1" in shown
    assert "0.00%" in shown


def test_what_is_shown_unplaced_and_filtered_out_makes_all_and_the_unplaced_are_a_click_away() -> None:
    line = plain(balance(picture(child("1", total=190_000)), "en"))
    assert text(figures.draw(picture(child("1", total=190_000)), "en")).endswith(
        "shown 190,000 + unplaced 10 + filtered out 25 = all 190,035"
    )
    (link,) = [part for part in flat(line) if part[0] == "a"]
    assert link[1]["href"] == "?unit=990100000000&strip=table&unplaced=1"
    listed = picture(child("1", total=190_000), unplaced="1", strip="table")
    (link,) = [part for part in flat(plain(balance(listed, "en"))) if part[0] == "a"]
    assert link[1]["href"] == "?unit=990100000000&strip=table"
    assert "unplaced" not in address(listed["view"], unit="990101000000")


def test_the_lowest_level_has_nothing_to_be_unplaced_in() -> None:
    assert "已是最低一级" in text(figures.draw(picture(), "zh"))
    total, every = picture()["summary"]["total"], picture()["every"]
    line = f"shown {total:,} + filtered out {every - total:,} = all {every:,}"
    assert text(figures.draw(picture(), "en")).endswith(line)


def test_ranking_puts_the_greatest_first_equal_ones_by_code_and_those_without_a_value_last(city: City) -> None:
    units = [child("3", total=5, closed=5, due=5), child("1", total=5), child("2", total=9, closed=1, due=9)]

    def order(**view: str) -> list[str]:
        shown = picture(*units, **view)
        found = measures(city, shown)
        return [unit["code"] for unit in ranking.ranked(units, found, shown["view"]["sort"])]

    assert order() == ["2", "1", "3"]
    assert order(indicator="closure") == ["3", "2", "1"]
    assert order(indicator="closure", sort="low") == ["2", "3", "1"]


def test_a_level_drawn_whole_is_ranked_in_the_order_it_comes_with_the_units_above(city: City) -> None:
    shown = picture(child("1", total=5), level="community")
    way = [{"name": "城", "name_en": "City"}, {"name": "街", "name_en": "Street"}, {"name": "甲", "name_en": "A"}]
    units = [
        {
            "code": code,
            "name": "甲",
            "name_en": "A",
            "value": n,
            "numerator": n,
            "denominator": None,
            "then": 9,
            "path": way,
        }
        for code, n in (("8", 3), ("9", 7))
    ]
    ranks = {"level": "community", "units": 40, "ranked": units}
    compared: dict[str, Any] = {"frame": {"children": []}, "unit": {}, "indicated": None}
    tree = ranking.draw(city, {**shown, "ranked": ranks, "compared": compared}, "en")
    said = text(tree)
    assert "Community ranking" in said
    assert "first 2 of 40" in said
    rows = [part for part in flat(plain(tree)) if part[1].get("className") == "rank-row"]
    assert [row[1]["href"].partition("&")[0] for row in rows] == ["?unit=8", "?unit=9"]
    assert ["▼" in json.dumps(row, ensure_ascii=False) for row in rows] == [True, True]
    assert "Street" in text(tree)


def test_ranking_rows_are_links_down(city: City) -> None:
    tree = json.dumps(plain(ranking.draw(city, picture(child("7", total=5), status=["closed"]), "en")))
    assert "?unit=7&status=closed" in tree
    assert "District ranking" in tree


def test_shades_cover_every_value_and_zero_is_the_quietest_colour(city: City) -> None:
    found = shades(city, picture(child("1"), child("2")), "dark", "zh")
    assert found is not None
    assert (found["bounds"], found["units"], found["colors"]) == ([0], [2], ["#17324d"])
    assert shades(city, None, None, None) is None


def test_a_unit_of_which_nothing_is_due_is_grey_and_the_legend_says_so(city: City) -> None:
    shown = picture(child("1", closed=9, due=10), child("2"), indicator="closure")
    found = shades(city, shown, "light", "en")
    assert found is not None
    assert (found["classes"], found["texts"], found["unknown"]) == ({"1": 0}, {"1": "90.00%"}, 1)
    assert "nothing due" in text(legend.draw(city, found, "en", shown))


def test_legend_says_ranges_and_units_and_what_the_indicator_is(city: City) -> None:
    shown = picture(child("1", total=3), child("2", total=3), child("3", total=8))
    said = text(legend.draw(city, shades(city, shown, "dark", "en"), "en", shown))
    assert "3 2 units 8 1 unit" in said
    assert "Incidents reported in the period" in said


def test_every_ramp_is_told_apart_by_lightness_alone() -> None:
    for themes in RAMPS.values():
        for theme, colors in themes.items():
            light = [lightness(color) for color in colors]
            steps = [(high + 0.05) / (low + 0.05) for low, high in pairwise(sorted(light))]
            assert light == sorted(light, reverse=theme == "light")
            assert min(steps) > 1.2, (theme, colors)


def lightness(color: str) -> float:
    """Return the relative luminance of a colour, as WCAG has it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_address_keeps_indicator_breaks_and_colours() -> None:
    typed: View = {**VIEW, "indicator": "closure", "classes": "manual", "breaks": [90, 95.5], "ramp": "violet"}
    assert address(typed) == ("?unit=990100000000&indicator=closure&classes=manual&breaks=90,95.5&ramp=violet")
    assert "breaks" not in address(typed, classes="equal")


def test_a_category_counts_its_branch_and_replaces_what_is_chosen_below(city: City) -> None:
    totals = filters.branch_totals(city, picture().get("facets", {})["category"])
    assert (totals["order"], totals["order-stall"], totals["noise"]) == (4, 4, 3)
    assert filters.picked(city, {**VIEW, "category": ["order-stall", "noise"]}, "order") == ["noise", "order"]
    assert filters.chosen(city, "order-stall", {**VIEW, "category": ["order"]})


def test_layers_say_whether_they_are_on(city: City) -> None:
    tree = plain(layer_list.draw(city, picture(layers=["hotline"]), "en"))
    switches = [part for part in flat(tree) if part[1].get("role") == "switch"]
    assert sorted(switch[1]["aria-checked"] for switch in switches) == ["false", "true"]
    assert "1,200" in text(layer_list.draw(city, picture(), "en"))


def test_layers_are_grouped_by_theme_or_by_owner_and_tell_where_they_come_from(city: City) -> None:
    by_theme = layer_list.grouped(city, "theme", "en")
    owners = {"公安局", "热线中心"}
    assert set(layer_list.grouped(city, "owner", "zh")) == owners
    owners = {"Police", "热线中心"}
    assert set(layer_list.grouped(city, "owner", "en")) == owners
    assert {layer.id for inside in by_theme.values() for layer in inside} == set(city.layers)
    said = text(layer_list.draw(city, picture(group="owner"), "en"))
    assert all(owner in said for owner in owners)


def test_a_layer_moves_one_place_and_the_usual_order_stays_out_of_the_address(city: City) -> None:
    usual = layer_list.order(city, VIEW)
    assert sorted(usual) == sorted(city.layers)
    changed = layer_list.moved(city, usual, usual[0], 1)
    assert changed == [usual[1], usual[0], *usual[2:]]
    assert layer_list.order(city, {**VIEW, "order": changed}) == changed
    assert layer_list.moved(city, changed, usual[0], -1) is None
    assert address({**VIEW, "order": changed, "opacity": {usual[0]: 40, usual[1]: 100}}).endswith(
        f"&order={','.join(changed)}&opacity={usual[0]}:40"
    )


def test_points_may_become_a_surface_and_lines_may_not(city: City) -> None:
    shown = layer_list.Shown(city, picture(heat=["hotline"]), ["hotline"], ["hotline", "cameras"], "en")
    options = plain(layer_list.ways(city.layers["hotline"], shown))[0][2][1][2]
    assert [(option[2], option[1]["aria-checked"]) for option in options] == [
        (["Points"], "false"),
        (["Density"], "true"),
    ]
    assert [option[1]["href"].partition("heat=")[2] for option in options] == ["", "hotline"]
    options = plain(layer_list.ways(city.layers["cameras"], shown))[0][2][1][2]
    assert [option[1]["href"].partition("heat=")[2] for option in options] == ["hotline", "hotline,cameras"]
    lines = city.layers["cameras"].model_copy(update={"geometry": "line"})
    assert layer_list.ways(lines, shown) == []
    assert "Density: Hotline" in text(legend.density(city, shown.picture["view"], "en"))


def test_the_breadcrumb_ends_where_one_is(city: City) -> None:
    assert "choose a district" in text(header.breadcrumb(city, picture(child("1")), "en"))


@pytest.mark.parametrize(
    ("period", "ways"), [("30d", ["period=1y", "period=all"]), ("1y", ["period=all"]), ("all", [])]
)
def test_an_empty_view_leads_to_every_longer_period(period: str, ways: list[str]) -> None:
    links = [
        part[1]["href"] for part in flat(plain(conditions.nothing({**VIEW, "period": period}, "en"))) if part[0] == "a"
    ]
    assert [link.partition("&")[2] for link in links] == ways


def test_conditions_can_each_be_taken_back(city: City) -> None:
    shown = conditions.chips(city, {**VIEW, "category": ["order", "noise"], "status": ["closed"]}, "en")
    assert [plain(chip)[0][1]["href"] for chip in shown] == [
        "?unit=990100000000&category=noise&status=closed",
        "?unit=990100000000&category=order&status=closed",
        "?unit=990100000000&category=order&category=noise",
    ]


def test_an_error_says_what_and_what_is_still_on_screen(city: City) -> None:
    broken: Picture = {**picture(child("1", total=1)), "error": {"message": "the database is away"}}
    assert "the database is away" in text(conditions.draw(city, broken, "en"))
    assert "2026-11-22 20:00" in text(conditions.draw(city, broken, "en"))
    assert "tried again every minute" in text(conditions.draw(city, broken, "en"))
    refused: Picture = {**broken, "error": {"message": "no unit has the id 'x'", "refused": True}}
    assert "again" not in text(conditions.draw(city, refused, "en"))


def test_the_list_says_what_is_late_and_what_has_no_point(city: City) -> None:
    incident = {
        "id": 1, "key": "K1", "category": "noise", "category_name": "噪声", "category_name_en": "Noise",
        "status": "accepted",
        "overdue": True, "placed": False, "reported_at": "2026-11-22T12:00:00+00:00",
        "unit": {"code": "1", "name": "甲", "name_en": "A"}, "path": [],
    }  # fmt: skip
    page: Page = {
        "view": {**VIEW, "after": "b"},
        "total": 41,
        "counts": {"open": 30, "overdue": 9, "closed": 11},
        "first": 21,
        "before": "",
        "next": "c",
        "incidents": [incident],
    }
    shown = text(incident_list.draw(city, page, "en"))
    expected = ("Late", "No point", "Noise", "11-22 20:00", "21–21 of 41", "Previous", "Next")
    assert [word for word in expected if word not in shown] == []
    now = datetime.now(city.time_zone)
    for then, year in ((now, False), (now - timedelta(days=400), True)):
        incident["reported_at"] = then.isoformat()
        assert (f"{then:%Y-%m-%d %H:%M}" in text(incident_list.draw(city, page, "en"))) is year


def test_a_source_that_is_tried_again_says_so_and_when(city: City) -> None:
    hotline = {"id": "hotline", "freshness": "due", "data_time": None, "last_load": None}
    job = {"state": "retrying", "tries": 2, "next_at": "2026-11-22T12:00:00+00:00"}
    shown = json.dumps(plain(sources.draw(city, [{**hotline, "job": job}], "en")))
    assert "Waiting for try 3" in shown
    assert "Next load 2026-11-22 20:00" in shown
    assert "Due" in json.dumps(plain(sources.draw(city, [{**hotline, "job": None}], "en")))


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: str(panel.__name__).rpartition(".")[2])
def test_every_panel_keeps_its_ids_to_itself(panel: Any) -> None:  # noqa: ANN401 - a module
    name = panel.__name__.rpartition(".")[2].replace("_view", "").replace("_", "-")
    assert issubclass(panel.Ids, StrEnum)
    assert [ident for ident in panel.Ids if not ident.startswith(name)] == []
    assert callable(panel.layout)
    assert list(inspect.signature(panel.register).parameters) == ["app", "city"]
    assert "import dashboard.panels" not in inspect.getsource(panel)
    assert "from dashboard.panels" not in inspect.getsource(panel)


def test_every_function_a_callback_names_is_in_the_assets(city: City) -> None:
    app = attached(city)
    scripts = "".join(file.read_text(encoding="utf-8") for file in ASSETS.glob("*.js"))
    for callback in app._callback_list:  # noqa: SLF001 - Dash has no other list of its callbacks
        named = callback["clientside_function"]
        if named:
            block = re.search(rf"\b{named['namespace']}: \{{(.*?)\}},? ?\}}?", scripts, re.DOTALL)
            assert block, named
            assert re.search(rf"\b{named['function_name']}\b", block[1]), named


def attached(city: City) -> Dash:
    """Return the pages of the small city."""
    app = FastAPI()
    attach(app, city, {})
    found = get_app()
    assert isinstance(found, Dash)
    return found


def test_the_layout_is_served_without_a_foreign_address(city: City) -> None:
    app = attached(city)
    served = json.dumps(app.layout.to_plotly_json(), default=lambda part: part.to_plotly_json())
    assert "://" not in served
    assert not re.search(
        r"https?://(?!www\.w3\.org)", "".join(f.read_text(encoding="utf-8") for f in ASSETS.glob("*.*"))
    )


def test_scripts_and_styles_are_short_and_strict() -> None:
    for file in ASSETS.glob("*.js"):
        code = file.read_text(encoding="utf-8")
        assert code.count("\n") < 300, file
        assert '"use strict";' in code, file
        assert "innerHTML" not in code, file
        assert "eval(" not in code, file


def test_a_tree_is_tags_attributes_and_texts() -> None:
    assert plain([html.B("x", className="y"), None, 3]) == [["b", {"className": "y"}, ["x"]], "3"]


EDITIONS: list[dict[str, Any]] = [
    {"begins": "2027-01-01", "ends": None, "as_of": None, "units": 31, "changed": 1, "brought": 1, "ended": 0},
    {"begins": "2026-07-01", "ends": "2027-01-01", "as_of": "2026-07-01", "units": 30}
    | {"changed": 1, "brought": 0, "ended": 1},
    {"begins": None, "ends": "2026-07-01", "as_of": "2026-06-30", "units": 31}
    | {"changed": 0, "brought": 31, "ended": 0},
]


@pytest.mark.parametrize(
    ("day", "chosen"), [(None, 0), ("2030-01-01", 0), ("2026-12-31", 1), ("2026-07-01", 1), ("2026-06-30", 2)]
)
def test_boundaries_are_chosen_among_the_editions_there_have_been(day: str | None, chosen: int) -> None:
    shown = picture(as_of=day)
    assert filters.boundaries(shown, "zh") == []
    (_, group) = plain(filters.boundaries({**shown, "editions": EDITIONS}, "en"))
    links = group[2]
    assert [link[2] for link in links] == [["from 2027-01-01 · In force"], ["from 2026-07-01"], ["to 2026-06-30"]]
    assert [link[1]["aria-checked"] for link in links] == [str(at == chosen).lower() for at in range(3)]
    assert [link[1]["href"].partition("as_of=")[2] for link in links] == ["", "2026-07-01", "2026-06-30"]
    assert links[1][1]["title"] == "30 units; 1 changed, 0 new, 1 ended"


def test_old_boundaries_are_a_chip_that_can_be_taken_back(city: City) -> None:
    (chip,) = plain(conditions.chips(city, picture(as_of="2026-07-01", period="30d")["view"], "zh"))
    assert chip[1]["href"] == "?unit=990100000000"
    assert chip[2][0] == "界线按 2026-07-01"


def test_charts_of_categories_say_which_calendar_months_they_count() -> None:
    found = {"months": ["2025-12-01", "2026-01-01", "2026-11-01"], "categories": []}
    assert "2025-12 – 2026-11" in str(kinds.spanned(found, "en"))
    assert kinds.spanned(None, "en") == []
