"""Saved views: kept by clicks, listed, shared by a link that shows a fresh visitor the same numbers, and forgotten."""

import pytest
from playwright.sync_api import Page

from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
DISTRICT = "?unit=330212000000&category=street-order&period=1y&classes=equal"


def test_a_view_is_kept_shared_and_forgotten(dashboard: Dashboard, another_page: Page, origin: str) -> None:
    dashboard.open(DISTRICT)
    numbers = dashboard.numbers()
    page = dashboard.page
    page.locator(".views-open").click()
    dialog = page.locator("dialog.views")
    dialog.get_by_label("名称").fill("鄞州街面秩序")
    dialog.get_by_label("说明").fill("每周例会")
    dialog.get_by_text("固定日期").click()
    dialog.get_by_role("button", name="保存当前视图").click()
    row = dialog.locator(".views-row")
    row.wait_for()
    assert "每周例会" in row.inner_text()
    row.get_by_role("button", name="修改名称").click()
    row.get_by_label("名称").fill("鄞州街面")
    row.get_by_label("说明").press("Escape")
    row.get_by_role("link", name="鄞州街面秩序").wait_for()
    row.get_by_role("button", name="修改名称").click()
    row.get_by_label("名称").fill("鄞州街面")
    row.get_by_label("名称").press("Enter")
    row.get_by_role("link", name="鄞州街面", exact=True).wait_for()
    view = dashboard.get("/api/views")[0]
    assert (view["name"], view["description"]) == ("鄞州街面", "每周例会")
    assert "period" not in view["query"]

    fresh = Dashboard(another_page, origin)
    another_page.goto(f"{origin}{view['link']}")
    fresh.settle()
    assert fresh.numbers() == numbers
    assert fresh.page.locator(".views-open").inner_text() == "鄞州街面"
    fresh.page.locator(".conditions .chip").first.click()
    fresh.settle()
    assert fresh.page.locator(".views-open").inner_text() == "视图"

    dialog.get_by_label("名称").fill("鄞州街面")
    dialog.get_by_role("button", name="保存当前视图").click()
    dialog.get_by_role("alert").get_by_text("已有名为“鄞州街面”的视图").wait_for()
    assert dialog.locator(".views-row").count() == 1
    forget = row.get_by_role("button", name="删除")
    forget.click()
    assert dialog.locator(".views-row").count() == 1
    row.get_by_role("button", name="再次点击以删除").click()
    dialog.locator(".views-row").wait_for(state="detached")
    assert "还没有保存的视图" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert dashboard.said["unit"] == ["330212000000"]
    assert not dialog.is_visible()


def test_opening_a_view_from_the_list_leads_there_without_loading_the_page_again(dashboard: Dashboard) -> None:
    dashboard.open(DISTRICT)
    kept = dashboard.page.request.post(
        f"{dashboard.origin}/api/views", data={"name": "全市", "query": "status=closed"}
    ).json()
    try:
        dashboard.page.evaluate("window.same = true")
        dashboard.page.locator(".views-open").click()
        dashboard.page.locator(".views-name").click()
        dashboard.page.wait_for_url(f"**view={kept['slug']}")
        dashboard.settle()
        assert dashboard.said["status"] == ["closed"]
        assert dashboard.page.evaluate("window.same")
        assert dashboard.page.locator(".views-open").inner_text() == "全市"
    finally:
        dashboard.page.request.delete(f"{dashboard.origin}/api/views/{kept['slug']}")
