"""The panel of what is around, from an answer of the API to words."""

import json
from typing import Any

import pytest

from dashboard.painting import plain
from dashboard.panels import around
from dashboard.state import View, address
from layers.pack import City

VIEW: View = {
    "unit": "990100000000",
    "period": "30d",
    "at": "121.54,29.82",
    "around": 500,
    "layers": None,
    "sort": "high",
}
CAMERA = {"id": 7, "key": "C7", "name": "Gate", "lon": 121.54, "lat": 29.82, "metres": 1234.5, "bearing": 44.6}
CASE = {**CAMERA, "id": 8, "key": "H8", "name": "噪声扰民", "metres": 12.2, "bearing": None, "category": "noise"}
ANSWER = {
    "metres": 500,
    "path": [{"name": "方城市", "name_en": "Square City"}, {"name": "东区", "name_en": "East District"}],
    "layers": [{"id": "cameras", "name": "摄像头", "name_en": "Cameras", "total": 3, "nearest": [CAMERA]}],
    "incidents": {
        "total": 1200,
        "by_category": [
            {"code": f"{kind}", "name": f"类{kind}", "name_en": f"Kind {kind}", "total": 100} for kind in range(8)
        ]
        + [{"code": "noise", "name": "噪声", "name_en": "Noise", "total": 400}],
        "nearest": [CASE],
    },
}


def said(city: City, found: dict[str, Any] | None, language: str) -> str:
    return json.dumps(plain(around.draw(city, found, language)), ensure_ascii=False)


def test_counts_distances_and_bearings_are_told_in_both_languages(city: City) -> None:
    zh = said(city, {"view": VIEW, "answer": ANSWER}, "zh")
    en = said(city, {"view": VIEW, "answer": ANSWER}, "en")
    for shown, words in (
        (zh, ("摄像头", "1.23 公里", "东北 45°", "12 米", "1,200", "东区", "噪声扰民", "另有 3 类，共 600 件")),
        (en, ("Cameras", "1.23 km", "NE 45°", "12 m", "1,200", "East District", "Noise", "600 more of 3 other kinds")),
    ):
        assert [word for word in words if word not in shown] == []
    assert '"data-near": "feature-7"' in zh
    assert '"data-near": "incident-8"' in zh


def test_waiting_failing_and_closed_are_told_apart(city: City) -> None:
    assert said(city, None, "zh") == "[]"
    assert "skeleton" in said(city, {"view": VIEW, "answer": None}, "zh")
    assert "无法更新: away" in said(city, {"view": VIEW, "error": "away"}, "zh")


@pytest.mark.parametrize(
    ("bearing", "words"),
    [(0, "北 0°"), (22.4, "北 22°"), (22.6, "东北 23°"), (359, "北 359°"), (270, "西 270°"), (None, "")],
)
def test_a_bearing_is_a_wind_and_degrees(bearing: float | None, words: str) -> None:
    assert around.direction(bearing, "zh") == words


def test_another_unit_leaves_the_place_and_another_filter_keeps_it() -> None:
    assert address(VIEW, status=["open"]).endswith("status=open&at=121.54,29.82&around=500")
    assert "at=" not in address(VIEW, unit="990101000000")
    assert address(VIEW, at=None) == "?unit=990100000000"
