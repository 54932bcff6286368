"""Period against period and the hours of the week, by clicks; every number is the API's."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Dashboard, number

pytestmark = pytest.mark.browser


def answered(dashboard: Dashboard, address: str) -> dict[str, object]:
    """Ask the API with the filter of the page."""
    says = dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    found: dict[str, object] = dashboard.get(f"{address}?{says}")
    return found


def test_a_year_earlier_changes_figures_and_ranking_and_a_link_keeps_it(
    dashboard: Dashboard, another_page: Page
) -> None:
    dashboard.open("?period=1y")
    page = dashboard.page
    page.get_by_label("对比").select_option("year")
    page.wait_for_url("**against=year**")
    dashboard.settle()
    says = page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    compared = dashboard.get(f"/api/compare?{says}&against=year")
    change = page.locator(".figure .change").first.inner_text()
    assert f"{abs(compared['total']['change']):,}" in change
    assert change[0] == ("▲" if compared["total"]["change"] > 0 else "▼")
    page.get_by_role("radio", name="升幅").click()
    page.wait_for_url("**sort=rise**")
    dashboard.settle()
    rises = {child["name"]: child["total"]["change"] for child in compared["children"]}
    shown = [name for name, _ in dashboard.numbers().children]
    assert [rises[name] for name in shown] == sorted(rises.values(), reverse=True)
    texts = page.locator(".rank-row .change").all_inner_texts()
    assert [text.replace("\u2212", "-") for text in texts] == [
        f"▲ {rises[name]:+,}" if rises[name] > 0 else f"▼ {rises[name]:,}" if rises[name] < 0 else "= 0"
        for name in shown
    ]
    fresh = Dashboard(another_page, dashboard.origin)
    fresh.open(f"?{dashboard.search}")
    expect(another_page.locator(".rank-row .change")).to_have_text(texts)


def test_a_cell_of_the_week_filters_and_is_taken_back(dashboard: Dashboard) -> None:
    dashboard.open("?period=1y")
    page = dashboard.page
    page.get_by_role("radio", name="时段", exact=True).click()
    expect(page.locator(".heat .cell")).to_have_count(7 * 24)
    cell = page.locator(".heat .cell").nth(2 * 24 + 9)
    totals = answered(dashboard, "/api/hours")["totals"]
    assert isinstance(totals, list)
    assert f"周三 9:00–10:00：{totals[2][9]:,} 件" == cell.get_attribute("title")
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**hours=9-10**")
    dashboard.settle()
    assert dashboard.said["weekday"] == ["3"]
    assert answered(dashboard, "/api/summary")["total"] == totals[2][9]
    expect(page.locator(".heat .cell.is-on")).to_have_count(1)
    page.locator(".conditions .chip", has_text="09:00").click()
    page.wait_for_function("() => !location.search.includes('hours=9')")
    page.locator(".conditions .chip", has_text="周三").click()
    page.wait_for_function("() => !location.search.includes('weekday')")


def test_charts_of_categories_end_where_the_incidents_do(dashboard: Dashboard) -> None:
    days = dashboard.get("/api/summary")["by_day"]
    dashboard.open(f"?period=all&strip=kinds&where=reported_at:lt:{days[20]['day']}")
    dashboard.page.locator(".kinds .kind").first.wait_for()
    charts = dashboard.page.locator(".kinds .kind small").all_inner_texts()
    assert sum(map(number, charts)) == dashboard.numbers().total == sum(each["total"] for each in days[:20]) > 0
