"""The layers as a tree: grouped by owner, searched, faded, put in another order, all of it in the address."""

import pytest

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser
FADED = """() => {
    const found = new Set();
    onemap.map.eachLayer(layer => layer.options.of === 'cameras' && found.add(layer.options.opacity));
    return [...found];
}"""


def test_layers_are_grouped_searched_faded_and_ordered_by_keys_and_a_link_keeps_it(dashboard: Dashboard) -> None:
    dashboard.open()
    panel = dashboard.page.locator(".layer-list")
    panel.get_by_role("radio", name="按部门").press("Enter")
    dashboard.page.wait_for_url("**group=owner**")
    panel.locator("summary", has_text="公安局").wait_for()

    dashboard.page.locator("#layer-list-find").fill("摄像")
    assert panel.locator(".layer:visible .name").all_inner_texts() == ["摄像头"]
    dashboard.page.locator("#layer-list-find").fill("没有")
    panel.get_by_text("没有这样的图层").wait_for()
    dashboard.page.locator("#layer-list-find").fill("")

    camera = panel.locator(".layer", has_text="摄像头")
    camera.locator("details > summary").press("Enter")
    camera.locator("dd", has_text="受限").wait_for()
    slider = camera.get_by_role("slider")
    for _ in range(6):
        slider.press("ArrowLeft")
    dashboard.page.wait_for_url("**opacity=cameras:40**")
    dashboard.settle()
    assert dashboard.page.evaluate(FADED) == [0.4]

    before = camera.locator(".layer-moves span").inner_text()
    camera.get_by_label("上移一层").press("Enter")
    dashboard.page.wait_for_url("**order=**")
    dashboard.settle()
    assert camera.locator(".layer-moves span").inner_text() != before
    assert faults(dashboard.page, ".layer-list") == []

    dashboard.open(f"?{dashboard.search}")
    assert dashboard.page.evaluate(FADED) == [0.4]
