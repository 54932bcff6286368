"""The choropleth by any indicator: chosen, cut into classes, kept in the address, grey where there is no data."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.visit import Dashboard, number

pytestmark = pytest.mark.browser


def legend(dashboard: Dashboard) -> list[str]:
    """Return what the legend says of each colour."""
    return dashboard.page.locator(".legend li").all_inner_texts()


def ranking(dashboard: Dashboard) -> list[tuple[str, str]]:
    """Return name and value of each row."""
    rows = dashboard.page.locator(".rank-row").all()
    return [(row.locator(".name").inner_text(), row.locator(".value").inner_text()) for row in rows]


def measured(dashboard: Dashboard, ident: str) -> dict[str, Any]:
    """Return the API's answer for what the page shows."""
    says = dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    answer: dict[str, Any] = dashboard.get(f"/api/indicators/{ident}?{says}")
    return answer


def choose(dashboard: Dashboard, title: str) -> None:
    """Choose an indicator in the legend's list."""
    dashboard.page.locator(".legend .indicator > summary").click()
    dashboard.page.locator(".legend .menu").get_by_text(title, exact=True).click()
    dashboard.page.wait_for_url("**indicator=**")
    dashboard.settle()


@pytest.mark.parametrize(
    ("ident", "title", "digits", "sign"), [("on-time", "按期结案率", 2, "%"), ("handling", "处置时长中位数", 1, "")]
)
def test_a_chosen_indicator_is_ranked_written_on_the_map_and_explained(
    dashboard: Dashboard, ident: str, title: str, digits: int, sign: str
) -> None:
    dashboard.open("?period=1y")
    choose(dashboard, title)
    answer = measured(dashboard, ident)
    values = sorted((value for value in answer["values"] if value is not None), reverse=True)
    shown = [f"{value:,.{digits}f}{sign}" for value in values]
    assert [value for _, value in ranking(dashboard)] == shown
    labels = dashboard.page.locator(".unit-label span").all_inner_texts()
    assert labels
    assert set(labels) <= set(shown)
    assert answer["indicator"]["formula"]["zh"] in dashboard.page.locator(".legend .definition").inner_text()
    assert dashboard.page.locator(".legend .indicator h2").inner_text().startswith(title)


def test_classes_are_cut_by_four_methods_and_typed_breaks_stay_in_the_address(
    dashboard: Dashboard, another_page: Page
) -> None:
    dashboard.open("?indicator=per-km2&period=1y")
    for method in ("等距", "自然断点", "分位", "手动"):
        dashboard.page.locator(".legend footer").get_by_text(method, exact=True).click()
        dashboard.settle()
        units = dashboard.page.locator(".legend small").all_inner_texts()
        assert sum(number(text) for text in units) == len(dashboard.unit()["children"]), method
    field = dashboard.page.locator("#legend-breaks")
    for wrong in ("1, about 2", "1 2 3 4 5 6"):
        field.fill(wrong)
        field.press("Enter")
        assert "五个数字" in field.evaluate("field => field.validationMessage")
    field.fill("4, 1 2")
    field.press("Enter")
    dashboard.page.wait_for_url("**breaks=1,2,4**")
    dashboard.settle()
    said = legend(dashboard)
    assert [text.split("\n")[0] for text in said] == ["≤ 1.00", "1.00–2.00", "2.00–4.00", "> 4.00"]
    values = measured(dashboard, "per-km2")["values"]
    first = sum(round(value, 2) <= 1 for value in values)
    assert number(said[0].split("\n")[1]) == first
    fresh = Dashboard(another_page, dashboard.origin)
    fresh.open(f"?{dashboard.search}")
    assert (legend(fresh), ranking(fresh)) == (said, ranking(dashboard))


def test_colours_can_be_chosen(dashboard: Dashboard) -> None:
    dashboard.open()
    fill = "() => document.querySelector('.legend li i').style.background"
    before = dashboard.page.evaluate(fill)
    dashboard.page.get_by_role("radio", name="紫").click()
    dashboard.page.wait_for_url("**ramp=violet**")
    dashboard.settle()
    assert dashboard.page.evaluate(fill) != before


def test_grey_is_no_data_and_the_legend_says_how_much_and_why(dashboard: Dashboard) -> None:
    dashboard.open("?indicator=closure&from=2001-01-01&to=2001-01-02")
    children = len(dashboard.unit()["children"])
    assert [text.split("\n") for text in legend(dashboard)] == [["无数据 · 没有应结事件", f"{children} 个单元"]]
    fills = dashboard.page.evaluate(
        """() => {
            const found = new Set();
            onemap.map.eachLayer(each => {
                if (each.feature && each.feature.properties.code && !each.options.around && !each._radius)
                    found.add(each.options.fillColor);
            });
            return [[...found], onemap.units.token('--no-data')];
        }"""
    )
    assert fills[0] == [fills[1]]
    assert {value for _, value in ranking(dashboard)} == {"—"}


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_the_legend_stays_inside_the_window_with_its_list_open(dashboard: Dashboard, size: tuple[int, int]) -> None:
    dashboard.page.set_viewport_size({"width": size[0], "height": size[1]})
    dashboard.open("?lang=en&indicator=reach&classes=manual&breaks=10,20,50,80,90")
    dashboard.page.locator(".legend .indicator > summary").click()
    for part in ("#legend-body", "#legend-body .menu"):
        box = dashboard.page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]
