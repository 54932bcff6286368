"""The playback: steps by keys or by itself, the map in the classes of all steps, the geometry sent once."""

import pytest
from playwright.sync_api import Request, expect

from tests.browser.accessible import faults
from tests.browser.visit import Dashboard

pytestmark = pytest.mark.browser

# Each unit's colour and number on the map, by its code.
DRAWN = """() => {
    const found = {};
    onemap.map.eachLayer(layer => {
        if (layer.feature && !layer.options.around && layer.options.fillColor) {
            found[layer.feature.properties.code] = layer.options.fillColor;
        }
    });
    return found;
}"""


# The colour of each unit of a level drawn whole, in the order of their codes.
CELLS = """() => {
    let canvas = null;
    onemap.map.eachLayer(layer => { if (layer.shapes) canvas = layer; });
    return [...Array(Number(document.querySelector('.map').dataset.cells.split('@')[1])).keys()].map(canvas.colour);
}"""


def test_the_period_is_played_by_weeks_and_a_week_becomes_the_filter(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.emulate_media(reduced_motion="reduce")
    dashboard.open("?period=1y&layers=&category=street-order")
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    whole = page.evaluate(DRAWN)
    page.get_by_role("button", name="回放").press("Enter")
    slider = page.get_by_role("slider", name="地图显示的时间")
    expect(slider).to_be_focused()
    assert page.get_by_role("button", name="播放").count() == 0  # who wants no motion gets none
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert [address.partition("?")[0] for address in asked] == [f"{dashboard.origin}/api/frames"]
    page.remove_listener("request", note)

    says = page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    answer = dashboard.get(f"/api/frames?{says}")
    step, last = answer["steps"][2], len(answer["steps"]) - 1
    legend = page.locator(".legend.played")
    assert step["first"] in legend.inner_text()
    assert f"{answer['totals'][2]:,} 件" in legend.inner_text()
    assert sum(answer["totals"]) == dashboard.numbers().total
    numbers = dict(zip(answer["codes"], answer["values"][2], strict=True))
    names = {child["name"]: child["code"] for child in dashboard.unit()["children"]}
    labels = page.locator(".unit-label").all()
    assert len(labels) > 4
    for label in labels:
        assert label.locator("span").inner_text() == f"{numbers[names[label.locator('b').inner_text()]]:,.0f}"
    played = page.evaluate(DRAWN)
    ends = [each["high"] for each in answer["classes"]]
    classes = {code: next(at for at, high in enumerate(ends) if value <= high) for code, value in numbers.items()}
    for code, other in zip(classes, list(classes)[1:], strict=False):
        assert (played[code] == played[other]) == (classes[code] == classes[other])
    assert faults(page, ".trend", ".legend.played") == []
    page.keyboard.press("Escape")
    assert page.evaluate(DRAWN) == whole

    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name="回放").click()
    page.get_by_label("速度").select_option("4")
    page.wait_for_function("() => document.querySelector('.play-slider').value > 2")
    page.get_by_role("button", name="暂停").click()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("link", name="按这段时间筛选").click()
    page.wait_for_url(f"**from={answer['steps'][last - 1]['first']}**")
    dashboard.settle()
    assert dashboard.numbers().total == answer["totals"][last - 1]
    expect(legend).to_be_hidden()


def test_all_units_of_a_level_are_played(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.emulate_media(reduced_motion="reduce")
    dashboard.open("?unit=330212000000&level=community&period=1y&layers=")
    page.wait_for_function("() => (document.querySelector('.map').dataset.cells || '').startsWith('community@')")
    whole = page.evaluate(CELLS)
    page.get_by_role("button", name="回放").click()
    expect(page.get_by_role("slider")).to_be_focused()
    page.keyboard.press("ArrowRight")
    says = page.evaluate("() => onemap.view.query(onemap.view.now).toString()")
    answer = dashboard.get(f"/api/frames?{says}&level=community")
    ends = [each["high"] for each in answer["classes"]]
    classes = [next(at for at, high in enumerate(ends) if value <= high) for value in answer["values"][1]]
    played = page.evaluate(CELLS)
    assert len(played) == len(classes) > 100
    assert len(set(zip(classes, played, strict=True))) == len(set(classes)) == len(set(played)) > 1
    page.keyboard.press("Escape")
    assert page.evaluate(CELLS) == whole
