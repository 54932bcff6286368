"""Ten questions of a planner, answered by clicks and checked against plain SQL; `docs/use-the-map.md` lists them."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import Connection, create_engine, text

from layers.database import driver_url
from tests.browser.conftest import visitor
from tests.browser.visit import Dashboard, number

pytestmark = pytest.mark.browser

# Where a case belongs is read off its unit's code here, not off the ids that the dashboard counts by.
HAPPENED = text("""
    CREATE TEMPORARY VIEW happened AS
    SELECT i.key, i.status, i.channel, i.severity, i.geom, c.code AS category, coalesce(p.code, c.code) AS top,
           i.reported_at AT TIME ZONE 'Asia/Shanghai' AS local, (now() AT TIME ZONE 'Asia/Shanghai')::date + 1 AS until,
           i.status < 5 AND i.due_at < now() AS late, i.status = 5 AND i.closed_at <= i.due_at AS in_time,
           d.name AS district, d.population, s.name AS street, m.code AS community_code, m.name AS community
    FROM incident i JOIN category c ON c.id = i.category_id LEFT JOIN category p ON p.id = c.parent_id
    JOIN unit u ON u.id = i.unit_id
    LEFT JOIN unit d ON d.level = 'district' AND d.code = left(u.code, 6) || '000000'
    LEFT JOIN unit s ON s.level = 'street' AND s.code = left(u.code, 9) || '000'
    LEFT JOIN unit m ON m.level = 'community' AND m.code = left(u.code, 12)
    WHERE i.retired_at IS NULL
""")


@pytest.fixture(scope="module")
def database(environment: dict[str, str], origin: str) -> Iterator[Connection]:
    """A connection to what the dashboard shows."""
    assert origin
    engine = create_engine(driver_url(environment["ONEMAP_DATABASE_URL"]))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(HAPPENED)
        yield connection
    engine.dispose()


class Planner(Dashboard):
    """Somebody who only clicks, and types where there is a field to type into."""

    def begin(self) -> None:
        """Take back everything that was chosen."""
        self.page.locator(".brand").click()
        self.page.wait_for_url(f"{self.origin}/?")
        self.settle()

    def after(self, act: Callable[[], object]) -> None:
        """Do something that leads to another view, and wait for it."""
        before = self.page.url
        act()
        self.page.wait_for_function("before => location.href !== before", arg=before)
        self.settle()

    def click(self, what: Locator) -> None:
        """Click what leads to another view."""
        self.after(what.click)

    def period(self, name: str) -> None:
        """Choose a period in the header."""
        self.click(self.page.locator(".period").get_by_text(name, exact=True))

    def down(self, name: str) -> None:
        """Go down by the ranking."""
        self.click(self.row(name))

    def row(self, name: str) -> Locator:
        """Return a unit's row of the ranking."""
        return self.page.locator(".rank-row").filter(has=self.page.get_by_text(name, exact=True))

    def category(self, name: str, below: str | None = None) -> None:
        """Choose a category, or one below it."""
        line = self.page.locator(".category").get_by_text(name, exact=True)
        branch = self.page.locator(".branch").filter(has=line)
        if below:
            branch.locator("summary").click()
        self.click(branch.get_by_text(below or name, exact=True))

    def choice(self, name: str) -> Locator:
        """Return one of several choices of which one is always on."""
        return self.page.get_by_role("radio", name=name, exact=True)

    def more(self) -> Locator:
        """Open the dialog of further conditions."""
        self.page.get_by_role("button", name="更多条件").click()
        dialog = self.page.locator("dialog.more-filters")
        expect(dialog.get_by_role("button", name="应用", exact=True)).to_be_visible()
        return dialog

    def where(self, dialog: Locator, field: str, values: list[str], comparison: str = "eq") -> None:
        """Add a condition on a field, which must hold beside the others."""
        dialog.get_by_role("button", name="+ 且").click()
        dialog.get_by_label("字段").last.select_option(field)
        dialog.get_by_label("比较").last.select_option(comparison)
        value = dialog.get_by_label("值").last
        if value.evaluate("input => input.localName") == "select":
            value.select_option(values)
        else:
            value.fill(values[0])

    def apply(self, dialog: Locator) -> None:
        """Apply the dialog."""
        self.click(dialog.get_by_role("button", name="应用", exact=True))

    def figure(self, at: int = 0) -> int:
        """Read a key figure in full."""
        return number(self.figures()[at].get_attribute("title") or "")

    def beside(self, name: str) -> list[str]:
        """Read the figures of a unit that stands beside others."""
        card = self.page.locator(".beside article").filter(has=self.page.get_by_role("link", name=name, exact=True))
        return card.locator("dd").all_inner_texts()


@pytest.fixture(scope="module")
def planner_page(browser: Browser, origin: str) -> Iterator[Planner]:
    for page in visitor(browser, origin):
        found = Planner(page, origin)
        found.open()
        yield found


@pytest.fixture
def planner(planner_page: Planner) -> Planner:
    """The one planner, with nothing chosen."""
    planner_page.begin()
    return planner_page


RISEN = text("""
    SELECT community, street, this_year, last_year, at_night FROM (
        SELECT community_code, community, street,
               count(*) FILTER (WHERE local >= until - 365) AS this_year,
               count(*) FILTER (WHERE local >= until - 365 AND (extract(hour FROM local) >= 22
                                                                OR extract(hour FROM local) < 6)) AS at_night,
               count(*) FILTER (WHERE local >= until - 365 - interval '1 year'
                                  AND local < until - interval '1 year') AS last_year
        FROM happened
        WHERE district = '鄞州区' AND top = 'street-order' AND community IS NOT NULL AND local < until
        GROUP BY 1, 2, 3) AS counted
    ORDER BY this_year - last_year DESC, community_code LIMIT 5
""")


def test_1_which_five_communities_rose_most_and_how_much_of_it_was_at_night(
    planner: Planner, database: Connection
) -> None:
    page = planner.page
    planner.period("1年")
    planner.down("鄞州区")
    planner.category("街面秩序")
    planner.after(lambda: page.get_by_label("对比").select_option("year"))
    planner.click(planner.choice("社区"))
    planner.click(planner.choice("升幅"))
    expected = database.execute(RISEN).all()
    rows = page.locator(".rank-row").all()[:5]
    parts = "row => [...row.querySelector('.name').childNodes].map(part => part.textContent)"
    shown = [(*row.evaluate(parts), row.locator(".change").get_attribute("title")) for row in rows]
    assert [(*names, str(change).split(" (")[0]) for *names, change in shown] == [
        (row.community, row.street, f"{row.last_year} → {row.this_year}") for row in expected
    ]

    for at in range(4):
        planner.click(page.locator(".rank-line").nth(at).get_by_role("checkbox"))
    dialog = planner.more()
    dialog.get_by_role("button", name="夜间").click()
    planner.apply(dialog)
    found = [planner.beside(row.community)[0] for row in expected[:4]]
    planner.click(page.get_by_role("link", name=f"移出并排：{expected[0].community}"))
    page.get_by_role("searchbox", name="加入单元").fill(expected[4].community)
    planner.click(page.locator(".beside-add a", has_text=expected[4].street).first)
    found.append(planner.beside(expected[4].community)[0])
    assert found == [str(row.at_night) for row in expected]


HOURS = text("""
    SELECT extract(isodow FROM local)::integer AS day, extract(hour FROM local)::integer AS hour, count(*) AS n
    FROM happened WHERE district = '海曙区' AND category = 'parking' AND local >= until - 365 AND local < until
    GROUP BY 1, 2
""")


def test_2_on_which_day_and_hour_cars_are_parked_anyhow(planner: Planner, database: Connection) -> None:
    planner.down("海曙区")
    planner.period("1年")
    planner.category("街面秩序", "机动车乱停放")
    planner.click(planner.choice("时段"))
    cells = planner.page.locator(".heat .cell")
    expect(cells).to_have_count(7 * 24)
    titles = cells.evaluate_all("cells => cells.map(cell => cell.title)")
    shown = {at: number(title.split("：")[1]) for at, title in enumerate(titles)}
    expected = {(row.day - 1) * 24 + row.hour: row.n for row in database.execute(HOURS)}
    assert {at: n for at, n in shown.items() if n} == expected
    worst = max(shown, key=lambda at: shown[at])
    planner.click(cells.nth(worst))
    assert planner.figure() == max(expected.values())


ON_TIME = text("""
    SELECT district, count(*) FILTER (WHERE in_time) AS above, count(*) FILTER (WHERE status = 5 OR late) AS below
    FROM happened WHERE channel = 'phone' AND district IS NOT NULL AND local >= until - 365 AND local < until
    GROUP BY 1
""")


def test_3_which_district_closes_least_of_what_was_phoned_in_on_time(planner: Planner, database: Connection) -> None:
    page = planner.page
    planner.period("1年")
    dialog = planner.more()
    planner.where(dialog, "channel", ["phone"])
    planner.apply(dialog)
    page.locator(".legend .indicator > summary").click()
    planner.click(page.locator(".legend .menu").get_by_text("按期结案率", exact=True))
    planner.click(planner.choice("从低到高"))
    rates = {row.district: 100 * row.above / row.below for row in database.execute(ON_TIME)}
    worst = min(rates, key=lambda district: rates[district])
    first = page.locator(".rank-row").first
    assert (first.locator(".name").inner_text(), first.locator(".value").inner_text()) == (
        worst,
        f"{rates[worst]:.2f}%",
    )


WITHIN = text("""
    SELECT count(*) FROM happened
    WHERE district = '鄞州区' AND top = 'emergency' AND local >= until - 365 AND local < until
      AND ST_Intersects(geom, ST_GeomFromText(:area, 4326))
""")


def test_4_how_many_emergencies_were_within_an_area_drawn_on_the_map(planner: Planner, database: Connection) -> None:
    page = planner.page
    planner.down("鄞州区")
    planner.period("1年")
    planner.category("突发事件")
    whole = planner.figure()
    planner.more().get_by_role("button", name="画多边形").click()
    page.mouse.click(600, 180)
    page.wait_for_timeout(400)  # two clicks at once would be a double click
    page.mouse.click(1150, 180)
    page.wait_for_timeout(400)
    planner.after(lambda: page.mouse.dblclick(950, 620))
    (area,) = planner.said["within"]
    assert 0 < planner.figure() == database.execute(WITHIN, {"area": area}).scalar_one() < whole


MONTHS = text("""
    SELECT to_char(local, 'YYYY-MM') AS month, count(*) AS n FROM happened
    WHERE district = '慈溪市' AND top = 'advertising' AND local < until
      AND local >= date_trunc('month', until - interval '1 day') - interval '11 months'
    GROUP BY 1
""")


def test_5_in_which_month_advertising_was_worst(planner: Planner, database: Connection) -> None:
    planner.down("慈溪市")
    planner.click(planner.choice("类别"))
    chart = planner.page.locator(".kind", has_text="宣传广告")
    titles = chart.locator(".bars i").evaluate_all("bars => bars.map(bar => bar.title)")
    shown = {month: number(n) for month, n in (title.split(": ") for title in titles)}
    expected = {row.month: row.n for row in database.execute(MONTHS)}
    assert {month: n for month, n in shown.items() if n} == expected


RESIDENTS = text("""
    SELECT district, count(*) * 10000.0 / population AS rate FROM happened
    WHERE district IN ('鄞州区', '海曙区') AND local >= until - 30 AND local < until GROUP BY district, population
""")


def test_6_which_of_two_districts_has_more_for_its_residents(planner: Planner, database: Connection) -> None:
    for name in ("鄞州区", "海曙区"):
        planner.click(planner.page.get_by_role("checkbox", name=f"并排比较：{name}"))
    rates = {row.district: f"{row.rate:.2f}" for row in database.execute(RESIDENTS)}
    assert {name: planner.beside(name)[5] for name in rates} == rates
    assert len(rates) == 2


BY_MONTH = text("""
    SELECT min(greatest(date_trunc('month', local)::date, until - 365))::text AS first,
           count(*) FILTER (WHERE district = '宁海县') AS n, count(*) AS total
    FROM happened WHERE local >= until - 365 AND local < until GROUP BY date_trunc('month', local) ORDER BY 1
""")


def test_7_which_month_was_the_busiest_of_one_county_on_the_map_as_time_goes(
    planner: Planner, database: Connection
) -> None:
    page = planner.page
    planner.period("1年")
    page.get_by_role("button", name="回放").click()
    page.get_by_label("每步").select_option("month")
    page.get_by_role("button", name="暂停").click()
    page.keyboard.press("Home")
    label = page.locator(".unit-label", has_text="宁海县").locator("span")
    expected = database.execute(BY_MONTH).all()
    shown = []
    for _ in expected:
        shown.append(number(label.inner_text()))
        page.get_by_role("button", name="下一步").click()
    assert shown == [row.n for row in expected]
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    for _ in range(shown.index(max(shown))):
        page.get_by_role("button", name="下一步").click()
    planner.click(page.get_by_role("link", name="按这段时间筛选"))
    worst = expected[shown.index(max(shown))]
    assert (planner.said["from"], planner.figure()) == ([worst.first], worst.total)


GRAVE = text("""
    SELECT count(*) AS n, count(*) FILTER (WHERE street IS NULL) AS unplaced FROM happened
    WHERE district = '奉化区' AND severity >= 2 AND channel IN ('phone', 'app')
      AND extract(isodow FROM local) > 5 AND local >= until - 365 AND local < until
""")


def test_8_how_many_grave_cases_came_by_phone_or_app_at_weekends(planner: Planner, database: Connection) -> None:
    planner.down("奉化区")
    planner.period("1年")
    dialog = planner.more()
    dialog.get_by_text("周六").click()
    dialog.get_by_text("周日").click()
    planner.where(dialog, "severity", ["2"], "ge")
    planner.where(dialog, "channel", ["phone", "app"])
    planner.apply(dialog)
    expected = database.execute(GRAVE).one()
    assert (planner.figure(), planner.figure(5)) == (expected.n, expected.unplaced)
    assert expected.n > 0


KEYS = text("""
    SELECT key FROM happened
    WHERE district = '余姚市' AND top = 'utilities' AND status = 5 AND local >= until - 365 AND local < until
""")


def test_9_which_cases_of_utilities_were_closed_as_a_file(
    planner: Planner, database: Connection, tmp_path: Path
) -> None:
    page = planner.page
    planner.down("余姚市")
    planner.period("1年")
    planner.category("公用设施")
    planner.click(page.locator(".filters .chip", has_text="已结案"))
    page.locator("#takeaway-open").click()
    promised = page.locator(".takeaway-choice .value").first.inner_text()
    page.locator("#takeaway-dialog").get_by_text("CSV", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="导出文件").click()
    file = tmp_path / "cases.csv"
    coming.value.save_as(file)
    page.locator(".takeaway-done").wait_for()
    page.keyboard.press("Escape")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = [row["编号"] for row in csv.DictReader(lines)]
    assert sorted(found) == sorted(database.execute(KEYS).scalars())
    assert len(found) == number(promised) > 0


LATE = text("""
    SELECT key, street, community, to_char(local, 'YYYY-MM-DD HH24:MI') AS reported FROM happened
    WHERE late AND geom IS NOT NULL AND community IS NOT NULL ORDER BY local LIMIT 1
""")


def test_10_what_became_of_a_case_that_somebody_asks_about(planner: Planner, database: Connection) -> None:
    page = planner.page
    case = database.execute(LATE).one()
    page.locator("#search-field").fill(case.key)
    option = page.locator(".search-option", has_text=case.key).first
    expect(option).to_contain_text(case.community)
    option.click()
    popup = page.locator(".map-popup")
    expect(popup).to_contain_text(case.key)
    expect(popup).to_contain_text(case.reported)
    expect(popup).not_to_contain_text("已结案")
