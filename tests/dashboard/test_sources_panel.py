"""The panel of sources says how each stands, and that the last load of one is held."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.painting import plain
from dashboard.panels.sources import draw, row
from layers.pack import City

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "language", "stands", "kind"),
    [
        ("published", "zh", "新鲜 · 30 分钟前", "is-fresh"),
        ("held", "zh", "暂缓发布 · 30 分钟前", "is-held"),
        ("held", "en", "Held · 30 min", "is-held"),
    ],
)
def test_a_held_load_is_seen_beside_the_age_of_what_is_shown(
    city: City, state: str, language: str, stands: str, kind: str
) -> None:
    source: dict[str, Any] = {"id": "hotline", "freshness": "fresh", "data_time": "2026-06-30T11:30:00+00:00"}
    drawn = json.dumps(plain(row(city, source | {"last_load": {"state": state}}, now=NOW, language=language)))
    assert json.dumps(stands)[1:-1] in drawn
    assert f"state {kind}" in drawn
    assert ("onemap loads hotline" in drawn) == (state == "held")


@pytest.mark.parametrize(("language", "owner"), [("zh", "公安局"), ("en", "Police")])
def test_an_owner_is_named_in_the_language_of_the_page(city: City, language: str, owner: str) -> None:
    source: dict[str, Any] = {"id": "cameras", "freshness": "unknown", "data_time": None, "last_load": None}
    assert plain(row(city, source, now=NOW, language=language))[0][1]["title"].startswith(f"{owner} · ")


def test_fresh_sources_are_counted_and_those_that_need_somebody_stand_apart(city: City) -> None:
    fresh: dict[str, Any] = {"freshness": "fresh", "data_time": "2026-06-30T11:30:00+00:00", "last_load": None}
    late = fresh | {"id": "hotline", "freshness": "overdue"}
    trying = fresh | {"id": "units", "job": {"state": "retrying", "tries": 1, "next_at": None}}
    drawn = json.dumps(plain(draw(city, [fresh | {"id": "cameras"}, late, trying], "en")))
    assert ("1 fresh" in drawn, drawn.count("is-usual")) == (True, 1)
    assert "sources-fresh" not in json.dumps(plain(draw(city, [late], "en")))


def test_before_the_first_load_nothing_is_held(city: City) -> None:
    source: dict[str, Any] = {"id": "hotline", "freshness": "unknown", "data_time": None, "last_load": None}
    assert "is-unknown" in json.dumps(plain(row(city, source, now=NOW, language="en")))
