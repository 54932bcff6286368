"""One recorded run: whole or not at all, nothing twice, nothing lost, and a record that says so."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from etl import record, run
from etl.load import Counts
from etl.run import order
from etl.stamp import Stamps
from layers.errors import LoadError, SourceDataError
from layers.pack import City
from tests.etl.town import NOW, Town, case

VERSIONS = "SELECT key, ctid::text, xmin::text, load_id FROM incident ORDER BY key"


def test_units_are_loaded_before_what_is_placed_in_them(city: City) -> None:
    assert [source.id for source in order(city)] == ["units", "cameras", "hotline"]


def test_rows_come_in_and_the_record_tells(town: Town) -> None:
    town.cases([case("A"), case("B"), case("C", 分类="外星人")])
    outcome = town.load()
    assert (outcome.state, outcome.read, outcome.loaded, outcome.unchanged, outcome.rejected) == (
        "published",
        3,
        2,
        0,
        1,
    )
    assert outcome.reasons == {"unknown-category": 1}
    assert outcome.files == ("hotline/1.csv",)
    assert outcome.data_time == datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
    (record,) = town.rows("SELECT * FROM load WHERE id = :id", id=outcome.load_id)
    assert (record.state, record.rows_read, record.rows_loaded, record.rows_unchanged, record.rows_rejected) == (
        "published",
        3,
        2,
        0,
        1,
    )
    assert record.started_at == NOW
    assert record.finished_at > NOW
    assert record.data_time == outcome.data_time


def test_the_same_files_again_change_nothing_and_say_so(town: Town) -> None:
    town.cases([case("A"), case("B"), case("C", 分类="外星人")])
    first = town.load()
    before = town.rows(VERSIONS), town.rows("SELECT * FROM incident_count ORDER BY 1, 2, 3, 4, 5, 6")
    second = town.load()
    assert (second.state, second.read, second.loaded, second.unchanged, second.rejected) == ("unchanged", 3, 0, 2, 1)
    assert (town.rows(VERSIONS), town.rows("SELECT * FROM incident_count ORDER BY 1, 2, 3, 4, 5, 6")) == before
    assert second.load_id != first.load_id
    assert town.rejected(second) == town.rejected(first)


def test_the_same_rows_in_another_order_change_nothing_either(town: Town) -> None:
    town.cases([case("A"), case("B"), case("C")])
    town.load()
    before = town.rows(VERSIONS)
    town.cases([case("C"), case("A"), case("B")])
    again = town.load()
    assert (again.state, again.loaded, again.unchanged) == ("unchanged", 0, 3)
    assert town.rows(VERSIONS) == before


def test_only_changed_rows_are_written(town: Town) -> None:
    town.cases([case("A"), case("B"), case("C")])
    first = town.load()
    before = town.rows(VERSIONS)
    town.cases([case("A"), case("B", 状态="已结案", 结案="2026/06/01 12:00:00"), case("C"), case("D")])
    second = town.load()
    assert (second.state, second.loaded, second.unchanged) == ("published", 2, 2)
    after = town.rows(VERSIONS)
    assert [row for row in after if row.key in "AC"] == [row for row in before if row.key in "AC"]
    assert {row.key: row.load_id for row in after} == {
        "A": first.load_id,
        "B": second.load_id,
        "C": first.load_id,
        "D": second.load_id,
    }
    assert town.rows(
        """SELECT sum(n), sum(accepted), sum(closed), sum(on_time) FROM incident_count
           WHERE rank = 0 AND grain = 1 AND category_id = 0"""
    ) == [(4, 3, 1, 1)]


def test_a_change_of_the_pack_is_noticed_though_the_file_is_the_same(town: Town) -> None:
    town.cases([case("A")])
    town.load()
    later = town.source("hotline", fields={"channel": {"value": "app"}})
    assert town.load(later).loaded == 1
    assert town.one("SELECT channel FROM incident") == "app"


def test_a_row_that_lay_in_the_future_gets_another_chance(town: Town) -> None:
    town.cases([case("A", 时间="2026/07/10 00:00:00")])
    assert town.load().reasons == {"future-time": 1}
    later = town.load(now=NOW + timedelta(days=30))
    assert (later.loaded, later.rejected) == (1, 0)


def test_a_dry_run_counts_and_writes_nothing(town: Town) -> None:
    town.cases([case("A"), case("B", 分类="外星人")])
    before = town.rows("SELECT id, state FROM load")
    outcome = town.load(dry_run=True)
    assert (outcome.state, outcome.load_id, outcome.read, outcome.loaded, outcome.rejected) == (
        "dry-run",
        None,
        2,
        1,
        1,
    )
    assert town.rows("SELECT id, state FROM load") == before
    for table in ("incident", "incident_count", "reject"):
        assert town.one(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - names from the line above


def test_a_change_is_announced_once_and_an_unchanged_load_is_not(town: Town) -> None:
    url = town.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute("LISTEN onemap_change")
        town.cases([case("A"), case("B")])
        outcome = town.load()
        town.load()
        assert len(list(listener.notifies(timeout=0.2))) == 1
    (change,) = town.rows("SELECT kind, detail FROM change WHERE detail ->> 'source' = 'hotline'")
    assert change == ("load", {"source": "hotline", "load": outcome.load_id, "rows_loaded": 2})


def test_readers_see_the_old_state_until_all_is_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.cases([case("A")])
    town.load()
    seen: list[tuple[int, int, str]] = []
    conserve = Counts.conserve

    def look_first(counts: Counts) -> None:
        # All is merged, nothing is committed: the moment at which half a load could show.
        total = "SELECT coalesce(sum(n), 0) FROM incident_count WHERE rank = 0 AND grain = 1 AND category_id = 0"
        newest = "SELECT state FROM load ORDER BY id DESC LIMIT 1"
        seen.append((town.one("SELECT count(*) FROM incident"), town.one(total), town.one(newest)))
        conserve(counts)

    monkeypatch.setattr(Counts, "conserve", look_first)
    town.cases([case("A", 标题="改"), case("B"), case("C")])
    town.load()
    assert seen == [(1, 1, "running")]
    assert town.one("SELECT count(*) FROM incident") == 3


def test_a_failure_is_recorded_and_publishes_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_a_row(counts: Counts) -> None:
        counts.read += 1
        Counts.conserve_truly(counts)  # type: ignore[attr-defined]

    monkeypatch.setattr(Counts, "conserve_truly", Counts.conserve, raising=False)
    monkeypatch.setattr(Counts, "conserve", lose_a_row)
    town.cases([case("A"), case("B", 分类="外星人")])
    message = "3 rows were read, but 1 loaded + 0 unchanged + 1 rejected is not that; nothing was published"
    with pytest.raises(LoadError, match=message.replace("+", r"\+")):
        town.load()
    (record,) = town.rows("SELECT state, detail, finished_at FROM load ORDER BY id DESC LIMIT 1")
    assert (record.state, record.detail) == ("failed", {"message": message})
    assert record.finished_at is not None
    assert [town.one("SELECT count(*) FROM incident"), town.one("SELECT count(*) FROM reject")] == [0, 0]


def test_a_failure_nobody_foresaw_is_recorded_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "write", lambda *_, **__: 1 // 0)
    town.cases([case("A")])
    with pytest.raises(ZeroDivisionError):
        town.load()
    assert town.rows("SELECT state FROM load ORDER BY id DESC LIMIT 1") == [("failed",)]


def test_a_lost_connection_publishes_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.cases([case("A")])

    def cut(*_: object) -> None:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        town.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608 - as above

    with monkeypatch.context() as broken:
        broken.setattr(Counts, "conserve", cut)
        with pytest.raises(LoadError, match=r"hotline: the database refused: .*; nothing was published"):
            town.load()
    assert town.one("SELECT count(*) FROM incident") == 0
    assert town.load().loaded == 1
    failed = town.rows("SELECT state, detail ->> 'message' AS message FROM load ORDER BY id DESC LIMIT 2")[1]
    assert failed.state == "failed"
    assert failed.message.startswith("hotline: the database refused: ")


def test_a_load_that_never_finished_is_found_interrupted_by_the_next(town: Town) -> None:
    with town.engine.begin() as connection:
        number = record.source_id(connection, "hotline")
        killed = record.begin(connection, number, NOW)
    town.cases([case("A")])
    town.load()
    found = town.rows("SELECT state, detail ->> 'message' FROM load WHERE id = :id", id=killed)
    assert found == [("interrupted", "interrupted before it could finish")]


def test_loads_of_one_source_take_turns(town: Town) -> None:
    town.cases([case("A"), case("B")])
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: town.load(), range(4)))
    assert sorted(outcome.loaded for outcome in outcomes) == [0, 0, 0, 2]
    assert town.one("SELECT count(*) FROM incident") == 2


def test_no_files_is_explained(town: Town) -> None:
    with pytest.raises(SourceDataError) as raised:
        town.load()
    where = f"below {town.city.folder} or {town.inbox}"
    expected = f"hotline: no file 'hotline/*.csv' {where}; put the file there, or mend read.path"
    assert str(raised.value) == expected
    assert town.rows("SELECT state, detail ->> 'message' FROM load ORDER BY id DESC LIMIT 1") == [("failed", expected)]


def test_a_missing_column_is_explained_with_those_there_are(town: Town) -> None:
    town.write("hotline/1.csv", "编号,时间,类别\n1,2,3\n".encode("gb18030"))
    with pytest.raises(
        SourceDataError, match=r"^hotline/1.csv: no column '标题', '结案', '分类', .*; the file has 编号, 时间, 类别; "
    ):
        town.load()


def test_no_file_is_read_on_once_a_load_is_given_up(town: Town) -> None:
    for number in range(9):
        town.write(f"hotline/{number}.csv", "编号,时间,类别\n1,2,3\n".encode("gb18030"))
    with pytest.raises(SourceDataError, match=r"no column") as raised:
        town.load()
    reading = [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
    for thread in reading:
        thread.join(10)
    assert not [thread for thread in reading if thread.is_alive()], f"still at it after {raised.value}"


def test_a_broken_file_among_good_ones_publishes_nothing(town: Town) -> None:
    town.cases([case("A")], "hotline/1.csv")
    town.write("hotline/2.csv", b"")
    with pytest.raises(SourceDataError, match=r"^hotline/2.csv: the file is empty"):
        town.load()
    assert town.one("SELECT count(*) FROM incident") == 0


def test_without_units_nothing_can_be_placed(empty_town: Town) -> None:
    empty_town.cases([case("A")])
    with pytest.raises(LoadError, match=r"no units are loaded, .*; load the source that feeds 'units' first"):
        empty_town.load()


def test_progress_ends_where_the_files_end(town: Town) -> None:
    file = town.cases([case("A")])
    told: list[tuple[str, int, int]] = []
    run.load(
        town.city.sources["hotline"],
        city=town.city,
        engine=town.engine,
        inbox=town.inbox,
        now=NOW,
        report=lambda step, done, total: told.append((step, done, total)),
    )
    size = file.stat().st_size
    assert [item for item in told if item[0] == "read"] == [
        ("read", 0, size),
        ("read", size, size),
        ("read", size, size),
    ]
    assert [step for step, _, _ in told[-2:]] == ["merge", "indexes"]


def test_new_boundaries_move_incidents_when_their_source_is_loaded_again(own_town: Town) -> None:
    own_town.cases([case("A")])
    own_town.load()
    cell, other = (own_town.one("SELECT id FROM unit WHERE code = :code", code=f"99010100100100{n}") for n in (1, 2))
    assert own_town.one("SELECT unit_id FROM incident") == cell
    collection = json.loads((own_town.city.folder / "units.geojson").read_text(encoding="utf-8"))
    shapes = {feature["properties"]["code"]: feature for feature in collection["features"]}
    one, two = shapes["990101001001001"], shapes["990101001001002"]
    one["geometry"], two["geometry"] = two["geometry"], one["geometry"]
    own_town.write("changed.geojson", json.dumps(collection))
    assert own_town.load(own_town.source("units", read={"path": "changed.geojson"})).loaded == 2
    assert own_town.load().loaded == 1
    assert own_town.one("SELECT unit_id FROM incident") == other


def test_every_incident_counts_in_its_unit_and_all_above(town: Town) -> None:
    town.cases([case("A"), case("B", 经度="", 纬度="", 社区="990101001001"), case("C", 经度="", 纬度="")])
    town.load()
    found = town.rows(
        "SELECT rank, sum(n) FROM incident_count WHERE grain = 2 AND category_id = 0 GROUP BY 1 ORDER BY 1"
    )
    assert found == [(0, 3), (1, 2), (2, 2), (3, 2), (4, 1)]


def test_the_units_are_read_once_for_loads_that_share_them(town: Town) -> None:
    stamps = Stamps()
    with town.engine.connect() as connection:
        assert stamps.of(connection, town.city) is stamps.of(connection, town.city)


def test_a_pattern_may_not_leave_its_folders(town: Town, tmp_path: Path) -> None:
    for path in ("../*.csv", str(tmp_path / "*.csv")):
        with pytest.raises(SourceDataError, match=r"it must stay below the pack or the inbox"):
            town.load(town.source("hotline", read={"path": path}))
