"""The incidents: rhythm, places, lives and flaws that can be found again in the files."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest

from layers.datum import gcj02_to_wgs84
from layers.pack import City
from simulate import incidents
from simulate.handling import Desk
from simulate.places import Ground
from simulate.plan import Plan
from tests.simulate.making import NOW, ROWS, Made

HOTLINE_TIME = "%Y/%m/%d %H:%M:%S"
LOCAL_NOW = pd.Timestamp(NOW).tz_convert("Asia/Shanghai").tz_localize(None)


@pytest.fixture(scope="module")
def hotline(made: Made) -> pd.DataFrame:
    files = sorted(made.inbox.glob("hotline/*.csv"))
    return pd.concat([pd.read_csv(file, encoding="gb18030", dtype=str, keep_default_na=False) for file in files])


@pytest.fixture(scope="module")
def reports(made: Made) -> pd.DataFrame:
    files = sorted(made.inbox.glob("grid-reports/*.geojson"))
    frames = [pyogrio.read_dataframe(file, DATE_AS_STRING="YES") for file in files]
    found: pd.DataFrame = pd.concat([frame.astype(object).assign(geometry=frame.geometry) for frame in frames])
    return found


@pytest.fixture(scope="module")
def broken(made: Made) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((made.inbox / "truth" / "broken.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def columns(ningbo: City, plan: Plan, ground: Ground) -> dict[str, Any]:
    world = incidents.world(ningbo, plan, ground, rows=ROWS, now=NOW)
    return incidents.columns(world, "hotline", 5_000)[0]


def times(frame: pd.DataFrame, column: str = "受理时间") -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(frame[column], format=HOTLINE_TIME, errors="coerce")


def test_rows_are_split_between_hotline_and_grid(hotline: pd.DataFrame, reports: pd.DataFrame) -> None:
    assert len(hotline) + len(reports) == ROWS
    assert len(hotline) / ROWS == pytest.approx(0.63, abs=0.001)


def test_two_to_three_rows_in_a_hundred_have_no_place(
    hotline: pd.DataFrame, reports: pd.DataFrame, broken: dict[str, dict[str, Any]]
) -> None:
    nowhere = (hotline["经度"] == "").sum()
    assert nowhere == broken["hotline"]["nowhere"]
    assert 0.02 < nowhere / len(hotline) < 0.03
    assert reports.geometry.isna().sum() == broken["grid-reports"]["nowhere"]
    coded = ((hotline["经度"] == "") & (hotline["社区编码"] != "")).sum()
    assert 0 < coded <= broken["hotline"]["nowhere_with_code"] < nowhere


def test_one_row_in_a_hundred_is_broken_as_the_truth_says(
    hotline: pd.DataFrame, reports: pd.DataFrame, broken: dict[str, dict[str, Any]]
) -> None:
    told = broken["hotline"]["broken"]
    assert sum(told.values()) == pytest.approx(len(hotline) / 100, abs=1)
    assert times(hotline).isna().sum() == told["bad-date"]
    assert (hotline["工单编号"] == "").sum() == told["missing-key"]
    keys = hotline["工单编号"][hotline["工单编号"] != ""]
    assert keys.duplicated().sum() == told["duplicate-key"]
    assert (hotline["问题分类"] == "待定/其他类").sum() == told["unknown-category"]
    lon = pd.to_numeric(hotline["经度"], errors="coerce")
    assert (lon.isna() & (hotline["经度"] != "")).sum() == told["not-a-number"]
    assert (lon < 90).sum() == told["swapped"]
    assert (lon > 124).sum() == told["outside"]
    assert reports["caseId"].isna().sum() == broken["grid-reports"]["broken"]["missing-key"]


def test_the_day_and_the_week_have_a_rhythm(hotline: pd.DataFrame) -> None:
    when = times(hotline).dropna()
    hours = np.bincount(when.dt.hour, minlength=24)
    assert hours[9:11].mean() > 5 * hours[2:5].mean()
    days = np.bincount(when.dt.day_of_week, minlength=7)
    assert days[0] > 1.2 * days[6]


def test_the_year_has_seasons(hotline: pd.DataFrame) -> None:
    noise = times(hotline[hotline["问题分类"] == "施工管理/夜间施工噪声"]).dropna()
    wages = times(hotline[hotline["问题分类"] == "劳动社保/拖欠工资"]).dropna()
    assert noise.dt.month.isin([5, 6, 7]).mean() > 1.2 * wages.dt.month.isin([5, 6, 7]).mean()
    assert wages.dt.month.isin([12, 1, 2]).mean() > 1.5 * noise.dt.month.isin([12, 1, 2]).mean()


def test_nothing_happens_after_now_or_out_of_order(hotline: pd.DataFrame) -> None:
    steps = [times(hotline, column) for column in ("受理时间", "签收时间", "派遣时间", "办结时间", "结案时间")]
    assert max(step.max() for step in steps) <= LOCAL_NOW
    assert steps[0].min() >= LOCAL_NOW - pd.Timedelta(days=731)
    for before, after in pairwise(steps):
        both = before.notna() & after.notna()
        assert (before[both] <= after[both]).all()


def test_the_status_is_the_last_step_taken(hotline: pd.DataFrame) -> None:
    for status, filled, empty in [
        ("已签收", "签收时间", "派遣时间"),
        ("办理中", "派遣时间", "办结时间"),
        ("待回访", "办结时间", "结案时间"),
    ]:
        rows = hotline[hotline["状态"] == status]
        assert (rows[filled] != "").all()
        assert (rows[empty] == "").all()
    assert (hotline.loc[hotline["状态"] == "已结案", "结案时间"] != "").all()


def test_most_are_closed_in_time(reports: pd.DataFrame) -> None:
    closed = reports[reports["state"] == "结案"]
    on_time = pd.to_datetime(closed["closeTime"]) <= pd.to_datetime(closed["deadline"])
    assert 0.76 < on_time.mean() < 0.9
    assert len(closed) < len(reports)


def test_open_ones_are_mostly_recent_and_some_are_late(plan: Plan) -> None:
    now, count, hours = int(NOW.timestamp()), 200_000, 72.0
    reported = np.random.default_rng(1).integers(now - 730 * 86_400, now, count)
    desk = Desk(plan.handling, now, np.random.default_rng(2))
    life = desk.handle(reported, np.full(count, hours), np.full(count, 0.85))
    age = (now - reported[life.status != "closed"]) / 3600
    assert np.median(age) < 72
    assert 0.05 < (age > hours).mean() < 0.4


def test_hotline_points_are_gcj02_inside_the_community_they_name(hotline: pd.DataFrame, ground: Ground) -> None:
    rows = hotline[(hotline["社区编码"] != "") & hotline["经度"].str.startswith("12")]
    lon, lat = gcj02_to_wgs84(rows["经度"].astype(float), rows["纬度"].astype(float))
    communities = ground.partition.level("community")
    cells = ground.cells_at(np.column_stack([lon, lat]))
    codes = np.array([unit.code for unit in communities.entries])[communities.of_cell[cells]]
    assert (codes[cells >= 0] == rows["社区编码"].to_numpy()[cells >= 0]).mean() > 0.999


def test_outbreaks_can_be_found_where_the_truth_says(hotline: pd.DataFrame, made: Made, ningbo: City) -> None:
    truth = json.loads((made.inbox / "truth" / "outbreaks.json").read_text(encoding="utf-8"))
    assert 6 <= len(truth) <= 10
    assert pd.Timestamp(truth[-1]["start"]) < NOW < pd.Timestamp(truth[-1]["end"])
    lon, lat = gcj02_to_wgs84(*(pd.to_numeric(hotline[c], errors="coerce").to_numpy() for c in ("经度", "纬度")))
    when = times(hotline).dt.tz_localize("Asia/Shanghai")
    words = ningbo.mapping(ningbo.sources["hotline"].fields["category"]) or {}
    kinds = hotline["问题分类"].map(dict(words))
    for outbreak in truth:
        if outbreak["source"] != "hotline":
            continue
        away = np.hypot((lon - outbreak["lon"]) * 96_500, (lat - outbreak["lat"]) * 111_200)
        during = (when >= pd.Timestamp(outbreak["start"])) & (when <= pd.Timestamp(outbreak["end"]))
        found = ((away <= outbreak["radius_m"] * 1.02) & during & (kinds == outbreak["category"])).sum()
        assert 0.85 * outbreak["planted"] <= found <= outbreak["planted"] + 3


def test_the_same_seed_makes_the_same_rows(ningbo: City, plan: Plan, ground: Ground, columns: dict[str, Any]) -> None:
    world = incidents.world(ningbo, plan, ground, rows=ROWS, now=NOW)
    again = incidents.columns(world, "hotline", 5_000)[0]
    assert again.keys() == columns.keys()
    for name, values in columns.items():
        np.testing.assert_array_equal(again[name], values)


def test_titles_and_addresses_read_naturally(columns: dict[str, Any]) -> None:
    assert any(title.count(" · ") == 1 for title in columns["title"])
    assert not any(title.endswith("·") for title in columns["title"])
    nowhere = columns["address"] == ""
    assert 0 < nowhere.mean() < 0.02
    assert all(address.endswith("号") for address in columns["address"][~nowhere])


def test_people_make_incidents(columns: dict[str, Any], ground: Ground) -> None:
    known = np.isfinite(columns["lon"]) & (columns["lon"] > 120) & (columns["lon"] < 123)
    cells = ground.cells_at(np.column_stack([columns["lon"], columns["lat"]])[known])
    assert ground.density[cells[cells >= 0]].mean() > 1.5 * ground.density.mean()
