"""The tables people read: sources with their freshness, loads, rejects to be mended."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from etl import catalogue, record, rejects
from etl.city import load_city
from etl.run import Outcome
from layers import sources
from layers.errors import LoadError, SourceDataError, UnknownNameError
from tests.etl.town import NOW, Town, case


def test_a_source_stands_by_its_last_good_load_and_shows_its_last_run(town: Town) -> None:
    town.cases([case("A", 时间="2026/06/30 19:30:00")])
    good = town.load()
    town.write("hotline/2.csv", "")
    with pytest.raises(SourceDataError):
        town.load()
    with town.engine.connect() as connection:
        found = {item.source.id: item for item in catalogue.standings(connection, town.city, NOW)}
        later = {item.source.id: item for item in catalogue.standings(connection, town.city, NOW + timedelta(hours=1))}
    assert list(found) == list(town.city.sources)
    hotline = found["hotline"]
    assert (hotline.freshness, later["hotline"].freshness, found["cameras"].freshness) == ("fresh", "due", "unknown")
    assert hotline.good is not None
    assert hotline.last is not None
    assert (hotline.good.id, hotline.good.loaded) == (good.load_id, 1)
    assert hotline.last.state == "failed"
    assert hotline.last.message is not None
    assert hotline.last.message.startswith("hotline/2.csv: the file is empty")


def test_loads_are_listed_newest_first(town: Town) -> None:
    town.cases([case("A"), case("B", 分类="?")])
    first, second = town.load(), town.load()
    with town.engine.connect() as connection:
        found = catalogue.loads(connection, source="hotline")
        assert [item.id for item in found] == [second.load_id, first.load_id]
        assert found[1].reasons == {"unknown-category": 1}
        assert {item.source for item in catalogue.loads(connection)} == {"units", "hotline"}
        with pytest.raises(UnknownNameError, match="no source has the id 'x'; known: cameras, hotline, units"):
            catalogue.loads(connection, source="x")


def test_rejects_are_exported_in_the_columns_of_the_source(town: Town, tmp_path: Path) -> None:
    sent = [case("A", 分类="?"), case("B", 标题='多行\n"引号"', 时间="never")]
    town.cases(sent)
    outcome = town.load()
    assert outcome.load_id is not None
    with town.engine.connect() as connection:
        assert rejects.export(connection, outcome.load_id, tmp_path / "rejects.csv") == 2
        with pytest.raises(UnknownNameError, match=f"no load has the id '0'; known: .*{outcome.load_id}"):
            rejects.of_load(connection, 0)
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines))
    assert [{name: row[name] for name in sent[0]} for row in found] == sent
    assert list(found[0]) == [*sent[0], "reject_id", "reject_file", "reject_row", "reject_reason", "reject_message"]
    assert [row["reject_reason"] for row in found] == ["unknown-category", "bad-time"]


def test_a_load_whose_process_is_gone_is_shown_as_interrupted(town: Town) -> None:
    with town.engine.begin() as connection:
        number = record.source_id(connection, "hotline")
        dead = record.begin(connection, number, NOW)

    def shown() -> tuple[str, str]:
        with town.engine.connect() as connection:
            (listed,) = [item.state for item in catalogue.loads(connection, source="hotline") if item.id == dead]
            (last,) = [row.state for row in connection.execute(sources.last_loads()) if row.code == "hotline"]
        return listed, last

    assert shown() == ("interrupted", "interrupted")
    with town.engine.connect() as living, record.alone(living, number):
        assert shown() == ("running", "running")
    assert shown() == ("interrupted", "interrupted")


def test_a_whole_city_is_loaded_and_one_failure_does_not_stop_the_rest(empty_town: Town) -> None:
    empty_town.cases([case("A")])
    empty_town.write("cameras.csv", "other,columns\n")
    told: set[tuple[str, str]] = set()
    results = {
        source.id: result
        for source, result in load_city(
            empty_town.city,
            engine=empty_town.engine,
            inbox=empty_town.inbox,
            now=NOW,
            report=lambda source, step, done, total: told.add((source.id, step)),  # noqa: ARG005 - its contract
        )
    }
    failed = results.pop("cameras")
    assert isinstance(failed, LoadError)
    assert "no column 'id'" in str(failed)
    assert {name: result.loaded for name, result in results.items() if not isinstance(result, LoadError)} == {
        "units": 31,
        "hotline": 1,
    }
    assert ("hotline", "merge") in told


def test_a_source_of_which_nothing_was_sent_yet_is_unknown_and_no_failure(empty_town: Town) -> None:
    town = empty_town
    results = {
        source.id: result
        for source, result in load_city(town.city, engine=town.engine, inbox=town.inbox, now=NOW)
        if isinstance(result, Outcome)
    }
    assert {name: result.state for name, result in results.items()} == {
        "units": "published",
        "cameras": "no file",
        "hotline": "no file",
    }
    with town.engine.connect() as connection:
        standing = {item.source.id: item for item in catalogue.standings(connection, town.city, NOW)}
    assert (standing["hotline"].freshness, standing["hotline"].last) == ("unknown", None)
