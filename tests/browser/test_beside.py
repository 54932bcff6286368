"""Units side by side: chosen by keys in the ranking and by name, kept in the address; every number is the API's."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser


def test_units_of_the_ranking_and_any_other_stand_side_by_side_and_a_link_keeps_them(
    dashboard: Dashboard, another_page: Page
) -> None:
    # Nothing chosen: the two with the most incidents stand there, and are chosen once one of them is taken away.
    dashboard.open("?period=1y&status=closed&strip=beside")
    page = dashboard.page
    children = dashboard.get(f"/api/summary?{page.evaluate('onemap.view.query(onemap.view.now).toString()')}")[
        "children"
    ]
    first, second = sorted(children, key=lambda unit: -unit["total"])[:2]
    expect(page.locator(".beside article header b")).to_have_text([first["name"], second["name"]])
    expect(page.locator(".beside-add .offered")).to_contain_text("事件最多的两个")
    page.get_by_role("link", name="移出并排").first.click()
    page.wait_for_url(f"**beside={second['code']}**")
    expect(page.locator(".beside article")).to_have_count(1)
    expect(page.locator(".beside-add .offered")).to_be_empty()

    dashboard.open("?period=1y&status=closed")
    puts = page.locator(".put-beside")
    puts.nth(1).focus()
    page.keyboard.press("Space")
    page.wait_for_url("**beside=*strip=beside*")
    cards = page.locator(".beside article")
    expect(cards).to_have_count(1)
    puts.nth(0).press("Space")
    expect(cards).to_have_count(2)
    page.get_by_role("searchbox", name="加入单元").fill("dongliu")
    page.locator(".beside-add a").first.press("Enter")
    expect(cards).to_have_count(3)
    dashboard.settle()

    codes = dashboard.said["beside"][0].split(",")
    assert len(set(codes)) == 3
    for card, code in zip(cards.all(), codes, strict=True):
        says = page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
        numbers = dashboard.get(f"/api/summary?{says.replace(dashboard.unit()['code'], code)}")
        shown = card.locator("dd").all_inner_texts()
        rate = f"{100 * numbers['closed'] / numbers['due']:.2f}%"
        assert shown[:4] == [f"{numbers['total']:,}", "0", f"{numbers['overdue']:,}", rate]
        bars = card.locator(".bars i").evaluate_all("bars => bars.map(bar => Number(bar.title.split(': ')[1]))")
        assert sum(bars) == numbers["total"]
    assert faults(page, ".trend", ".ranking") == []

    fresh = Dashboard(another_page, dashboard.origin)
    fresh.open(f"?{dashboard.search}&lang=en")
    expect(another_page.locator(".beside article")).to_have_count(3)
    expect(another_page.locator(".put-beside.is-on")).to_have_count(2)
    another_page.set_viewport_size({"width": 1366, "height": 768})
    another_page.locator(".fold-left").click()
    assert (
        another_page.evaluate(
            """() => [...document.querySelectorAll('.beside article *:not(header small)')]
            .filter((part) => getComputedStyle(part).textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth)
            .map((part) => part.innerText)"""
        )
        == []
    )
    another_page.get_by_role("link", name="Take away:").first.click()
    expect(another_page.locator(".beside article")).to_have_count(2)
    assert fresh.said["beside"] == [",".join(codes[1:])]
    another_page.get_by_role("radio", name="Categories", exact=True).click()
    last = another_page.locator(".kind").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport(ratio=1)
    cut = "all => all.filter((each) => each.scrollWidth > each.clientWidth).length"
    assert another_page.locator(".kinds, .kind b").evaluate_all(cut) == 0
