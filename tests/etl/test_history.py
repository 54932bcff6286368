"""What loads changed of an incident: from, to, when, by which load."""

from datetime import timedelta
from typing import Any

import pytest

from layers import incidents
from layers.errors import LoadError
from tests.etl.town import NOW, Town, case

LATER = NOW + timedelta(hours=1)


def history(town: Town, key: str) -> list[Any]:
    number = town.one("SELECT id FROM incident WHERE key = :key", key=key)
    with town.engine.connect() as connection:
        return list(connection.execute(incidents.history(number)))


def test_a_change_is_kept_with_what_it_was_and_what_it_is(town: Town) -> None:
    town.cases([case("A"), case("B")])
    town.load()
    changed = {"状态": "已结案", "结案": "2026/06/01 12:00:00", "分类": "噪声", "经度": "", "纬度": ""}
    town.cases([case("A"), case("B", **changed)])
    outcome = town.load(now=LATER)
    assert history(town, "A") == []
    ((at, load, said),) = history(town, "B")
    assert (at, load) == (LATER, outcome.load_id)
    was, becomes = said.pop("place")
    assert (len(was), becomes) == (2, None)
    assert said == {
        "status": ["accepted", "closed"],
        "category": ["order-stall", "noise"],
        "closed_at": [None, "2026-06-01T04:00:00+00:00"],
        "due_at": said["due_at"],
        "unit": ["990101001001001", "990100000000"],
    }


def test_attributes_are_compared_one_by_one(town: Town) -> None:
    town.cases([case("A", 标题="one"), case("B", 标题="same")])
    fields = {"said": {"column": "标题"}, "where": {"column": "社区"}}
    town.load(town.source("hotline", fields=fields))
    town.cases([case("A", 标题="", 社区="x"), case("B", 标题="same")])
    town.load(town.source("hotline", fields=fields))
    ((_, _, said),) = history(town, "A")
    assert said == {"title": ["one", None], "attributes.said": ["one", None], "attributes.where": [None, "x"]}
    assert history(town, "B") == []


def test_to_be_retired_and_to_return_are_changes(town: Town) -> None:
    spec = town.source("hotline", mode="snapshot", retire_limit=1.0)
    for rows, now in ((["A", "B"], NOW), (["A"], LATER), (["A", "B"], LATER)):
        town.cases([case(key) for key in rows])
        town.load(spec, now=now)
    moment = LATER.isoformat()
    assert [said for _, _, said in history(town, "B")] == [
        {"retired_at": [None, moment]},
        {"retired_at": [moment, None]},
    ]


def test_a_load_that_fails_leaves_no_history(town: Town) -> None:
    spec = town.source("hotline", mode="snapshot", retire_limit=0.1)
    town.cases([case("A"), case("B")])
    town.load(spec)
    town.cases([case("A", 标题="改")])
    with pytest.raises(LoadError, match="retired"):
        town.load(spec)
    assert town.one("SELECT count(*) FROM incident_change") == 0
