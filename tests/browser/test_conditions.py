"""More conditions by clicks: hours, days, areas drawn on the map, any field; numbers are the API's, links keep them."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from layers.clauses import Term, read
from layers.pack import City
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser


def total(dashboard: Dashboard, query: str) -> int:
    return int(dashboard.get(f"/api/summary?{query}")["total"])


def shown(dashboard: Dashboard) -> str:
    """Return the filter of the page as the API takes it."""
    return str(dashboard.page.evaluate("() => onemap.view.query(onemap.view.now).toString()"))


def opened(dashboard: Dashboard) -> Page:
    dashboard.page.get_by_role("button", name="更多条件").click()
    expect(dashboard.page.locator("dialog.more-filters")).to_be_visible()
    return dashboard.page


def test_night_hours_on_weekends_and_a_field_narrow_the_numbers(dashboard: Dashboard, another_page: Page) -> None:
    dashboard.open("?period=1y")
    whole = dashboard.numbers().total
    page = opened(dashboard)
    dialog = page.locator("dialog.more-filters")
    dialog.get_by_role("button", name="夜间").click()
    dialog.get_by_text("周六").click()
    dialog.get_by_text("周日").click()
    dialog.get_by_role("button", name="+ 且").click()
    hint = dialog.locator(".term .hint")
    dialog.get_by_label("字段").select_option("title")
    expect(dialog.get_by_label("值")).to_have_accessible_description(
        "多个值用逗号分隔，符合其一即可；值中有逗号时加引号"
    )
    dialog.get_by_label("比较").select_option("ne")
    expect(hint).to_have_text("多个值用逗号分隔，须都不是；值中有逗号时加引号")
    dialog.get_by_label("比较").select_option("empty")
    expect(hint).to_be_hidden()
    dialog.get_by_label("字段").select_option("severity")
    dialog.get_by_label("比较").select_option("ge")
    expect(hint).to_be_hidden()
    dialog.get_by_role("button", name="应用", exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("值").fill("2")
    dialog.get_by_role("button", name="+ 或").click()
    dialog.get_by_label("字段").last.select_option("channel")
    dialog.get_by_label("值").last.select_option("phone")
    dialog.get_by_role("button", name="应用", exact=True).click()
    page.wait_for_url("**hours=22-6**")
    dashboard.settle()
    assert dashboard.said["weekday"] == ["6", "7"]
    assert dashboard.said["where"] == ["severity:ge:2|channel:eq:phone"]
    numbers = dashboard.numbers()
    assert 0 < numbers.total < whole
    assert (
        numbers.total
        == total(dashboard, shown(dashboard))
        == sum(n for _, n in numbers.children) + (numbers.unplaced or 0)
    )
    chips = page.locator(".conditions .chip").all_inner_texts()
    assert [text.removesuffix("×").strip() for text in chips] == [
        "周六",
        "周日",
        "渠道 为 电话 或 严重程度 不小于 2",
        "22:00–06:00",
    ]
    fresh = Dashboard(another_page, dashboard.origin)
    fresh.open(f"?{dashboard.search}")
    assert fresh.numbers() == numbers
    page.locator(".filters > header a").click()
    dashboard.settle()
    assert dashboard.numbers().total == whole


def test_values_with_commas_are_the_same_in_a_link_in_the_dialog_and_for_the_api(
    dashboard: Dashboard, city: City
) -> None:
    odd = ["广场", "东门, 西门", "南，北", '"a"', "“”", "100%", "a|b", "a:b", " c", "%2C", ",", '"", x']
    dashboard.open()
    page = dashboard.page
    link = page.evaluate("said => said.map(onemap.clauses.written).join(',')", odd)
    (term,) = read("where", f"title:has:{link}", city)
    assert term == Term("title", "has", tuple(sorted(odd)))
    assert page.evaluate("term => onemap.clauses.parts(term).values", str(term)) == sorted(odd)
    assert page.evaluate("said => onemap.clauses.typed(onemap.clauses.shown(said))", odd) == odd
    for line, values in (("广场，东门", ["广场", "东门"]), (' “a, b” ,c,, "d', ["a, b", "c", '"d'])):
        assert page.evaluate("onemap.clauses.typed", line) == values

    where = ("title:has:东门%2C 西门,100%", "severity:eq:2,3")
    dashboard.open("?" + urlencode([("period", "all"), *(("where", each) for each in where)]))
    chips = page.locator(".conditions .chip").all_inner_texts()
    assert [text.removesuffix("×").strip() for text in chips] == ["标题 包含 100%、“东门, 西门”", "严重程度 为 2、3"]
    before = dashboard.numbers()
    dialog = opened(dashboard).locator("dialog.more-filters")
    assert [each.input_value() for each in dialog.get_by_label("值").all()] == ['"东门, 西门", 100%', "2, 3"]
    page.set_viewport_size({"width": 1366, "height": 500})  # however many conditions there are
    expect(dialog.get_by_role("button", name="应用", exact=True)).to_be_in_viewport(ratio=1)
    dialog.get_by_role("button", name="应用", exact=True).click()
    dashboard.settle()
    assert dashboard.said["where"] == ["title:has:东门%2C 西门,100%25", "severity:eq:2,3"]
    assert dashboard.numbers() == before


def test_a_polygon_a_circle_and_the_view_limit_everything_to_an_area(dashboard: Dashboard) -> None:
    dashboard.open("?unit=330212000000&period=1y")
    whole = dashboard.numbers().total
    page = opened(dashboard)
    page.get_by_role("button", name="画多边形").click()
    for x, y in ((800, 350), (1000, 350), (1000, 500), (803, 352)):
        page.mouse.click(x, y)
        page.wait_for_timeout(400)  # two clicks at once would be a double click
    page.wait_for_url("**within=POLYGON**")
    dashboard.settle()
    polygon = dashboard.numbers().total
    assert 0 < polygon == total(dashboard, shown(dashboard)) < whole

    page = opened(dashboard)
    page.get_by_role("button", name="画圆", exact=True).click()
    page.mouse.click(900, 400)
    page.mouse.move(950, 400)
    page.wait_for_timeout(400)
    page.mouse.click(960, 400)
    page.wait_for_url("**circle=**")
    dashboard.settle()
    assert "within" not in dashboard.said
    assert 0 < dashboard.numbers().total == total(dashboard, shown(dashboard)) < whole

    page = opened(dashboard)
    page.get_by_role("button", name="画圆", exact=True).click()
    page.keyboard.press("Escape")
    assert page.locator(".draw-veil").count() == 0
    assert "unit=330212000000" in dashboard.search

    page = opened(dashboard)
    page.get_by_role("button", name="当前视野").click()
    page.wait_for_url("**within=POLYGON**")
    dashboard.settle()
    assert 0 < dashboard.numbers().total <= whole
    page.locator(".conditions .chip", has_text="所选区域").click()
    dashboard.settle()
    assert dashboard.numbers().total == whole


def test_a_circle_by_keys_comes_into_force_with_all_else_that_the_dialog_says(dashboard: Dashboard) -> None:
    dashboard.open("?period=1y")
    page = opened(dashboard)
    dialog = page.locator("dialog.more-filters")
    words = dialog.get_by_role("searchbox", name="文字")
    expect(words).to_be_focused()
    page.keyboard.type("路")
    dialog.get_by_label("从", exact=True).select_option("5")
    dialog.get_by_label("到", exact=True).select_option("5")
    metres = dialog.get_by_role("spinbutton", name="以视野中心为圆心")
    metres.fill("8000")
    metres.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("起止时间相同，请另选。")
    dialog.get_by_role("button", name="夜间").click()
    metres.press("Enter")
    page.wait_for_url("**circle=**,8000**")
    dashboard.settle()
    assert (dashboard.said["q"], dashboard.said["hours"]) == (["路"], ["22-6"])
    assert 0 < dashboard.numbers().total == total(dashboard, shown(dashboard))

    page = opened(dashboard)
    expect(words).to_have_value("路")
    words.fill("")
    dialog.get_by_text("周六").click()
    dialog.get_by_role("button", name="画多边形").click()
    page.wait_for_url("**weekday=6**")
    for x, y in ((800, 350), (1000, 350), (1000, 500)):
        page.mouse.click(x, y)
        page.wait_for_timeout(400)  # two clicks at once would be a double click
    page.keyboard.press("Enter")
    page.wait_for_url("**within=POLYGON**")
    dashboard.settle()
    assert not {"q", "circle"} & dashboard.said.keys()
    assert (dashboard.said["weekday"], dashboard.said["hours"]) == (["6"], ["22-6"])
    assert 0 < dashboard.numbers().total == total(dashboard, shown(dashboard))
