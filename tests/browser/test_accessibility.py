"""Keys alone lead everywhere with the focus in sight, and axe-core finds no grave fault, whatever is open."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser

STRIPS = ("trend", "hours", "kinds", "beside", "table")
# What has the focus, and whether one sees that it does: by a ring around itself or around what it stands for.
FOCUS = """() => {
    const element = document.activeElement;
    const shown = part => {
        if (!part) return false;
        const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(part), box = part.getBoundingClientRect();
        const there = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight
            && box.left < innerWidth;
        return there && ((outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none');
    };
    return {
        name: (element.getAttribute('aria-label') || element.textContent || element.id).trim().slice(0, 60),
        kind: element.localName + '.' + element.className,
        seen: [element, element.nextElementSibling, element.closest('label')].some(shown),
    };
}"""
FARTHEST = 250


def tab(page: Page, to: str, *, back: bool = False) -> None:
    """Press Tab until what a selector names has the focus, which is seen wherever it is on the way."""
    for _ in range(FARTHEST):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        focus: dict[str, Any] = page.evaluate(FOCUS)
        assert focus["seen"] or focus["kind"].startswith("body"), focus
        if page.evaluate("what => document.activeElement.matches(what)", to):
            return
    pytest.fail(f"no way by Tab to {to}")


def test_keys_alone_drill_filter_and_take_away_with_the_focus_in_sight(dashboard: Dashboard) -> None:
    page, keyboard = dashboard.page, dashboard.page.keyboard
    dashboard.open("?period=1y")
    tab(page, ".rank-row")
    keyboard.press("Enter")
    page.wait_for_url("**unit=**")
    dashboard.settle()
    district = dashboard.unit()
    assert district["level"] == "district"
    keyboard.press("Escape")
    page.wait_for_function("code => !location.search.includes(code)", arg=district["code"])
    dashboard.settle()

    tab(page, ".branch .category", back=True)
    keyboard.press("Space")
    page.wait_for_url("**category=**")
    dashboard.settle()
    tab(page, ".filters .chip", back=True)
    keyboard.press("Enter")
    page.wait_for_url("**status=**")
    dashboard.settle()

    tab(page, "#takeaway-open", back=True)
    keyboard.press("Enter")
    expect(page.locator("#takeaway-dialog .takeaway-start")).to_be_visible()
    tab(page, "#takeaway-dialog input[name='format']")
    keyboard.press("ArrowDown")
    with page.expect_download() as coming:
        keyboard.press("Enter")
    assert coming.value.suggested_filename.endswith(".csv")
    keyboard.press("Escape")
    expect(page.locator("#takeaway-dialog")).to_be_hidden()


@pytest.mark.parametrize(("look", "strips"), [("lang=zh&theme=dark", STRIPS[1:]), ("lang=en&theme=light", ("beside",))])
def test_nothing_that_can_be_opened_has_a_grave_fault(dashboard: Dashboard, look: str, strips: tuple[str, ...]) -> None:
    page = dashboard.page
    dashboard.open(f"?{look}&period=1y&beside=330203000000,330212000000&category=parking&against=year")
    found = {"page": faults(page)}
    tabs = page.locator(".trend header [role='radio']")
    assert tabs.count() == len(STRIPS)
    for strip in strips:
        tabs.nth(STRIPS.index(strip)).click()
        page.wait_for_url(f"**strip={strip}**")
        dashboard.settle()
        if strip == "table":
            page.locator(".ag-row").first.wait_for()  # until it has rows, its head may still be empty
        found[strip] = faults(page, ".trend")
    unfold = "all => all.forEach(each => (each.parentElement.open = true))"
    page.locator("details:not([open]) > summary").evaluate_all(unfold)
    found["unfolded"] = faults(page)
    for opener, part in (
        ("[data-opens='more-filters']", "dialog.more-filters"),
        ("#takeaway-open", "#takeaway-dialog"),
        ("#views-open", "#views-dialog"),
    ):
        page.locator(opener).first.click()
        expect(page.locator(f"{part} button").first).to_be_visible()
        found[part] = faults(page, part)
        page.keyboard.press("Escape")
    page.locator(".incident").first.click()
    page.locator(".map-popup dl").wait_for()
    found["popup"] = faults(page, ".map-popup")
    assert {where: what for where, what in found.items() if what} == {}


def test_the_page_of_all_addresses_can_be_read(page: Page, origin: str) -> None:
    page.goto(f"{origin}/api/docs")
    page.locator(".opblock-summary-control").first.wait_for()
    assert faults(page) == []
