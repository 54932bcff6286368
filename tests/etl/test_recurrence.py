"""A reject that comes again as it was is written once, and is on the list of each load that had it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from etl import rejects
from etl.request import Request
from etl.run import Outcome
from layers.errors import LoadError
from tests.etl.town import Town, case

EMPTY = (
    "TRUNCATE incident, incident_change, incident_count, reject, change, source_shape, remembered CASCADE",
    "DELETE FROM load WHERE id <> (SELECT max(load_id) FROM unit)",
)
FORGET = "UPDATE reject SET hash = NULL"
"""Each reject is then written anew, as one that is told for the first time."""
WRONG = {"分类": "外星人"}
VALUES = st.sampled_from([{}, {}, {"标题": "改"}, WRONG, WRONG, {"分类": "?"}, {"编号": ""}, {"时间": "gestern"}])
FILE = st.lists(st.tuples(st.integers(0, 5), VALUES), max_size=6)


@example(mode="upsert", loads=[([(0, {}), (0, {})], []), ([(0, {"标题": "改"}), (0, {})], []), ([(0, WRONG)], [])])
@example(mode="snapshot", loads=[([(0, WRONG), (1, WRONG)], []), ([(0, {}), (1, WRONG)], []), ([(0, WRONG)], [])])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["upsert", "snapshot", "append"]),
    loads=st.lists(st.tuples(FILE, FILE), min_size=2, max_size=4),
)
def test_every_load_lists_what_it_would_if_all_were_written_anew(town: Town, mode: str, loads: list[Any]) -> None:
    spec = town.source("hotline", mode=mode, retire_limit=1.0)
    ends: list[list[Any]] = []
    for before in ("SELECT 1", FORGET):
        execute(town, *EMPTY)
        done: list[Outcome] = []
        found: list[Any] = []
        lists: list[list[Any]] = [[]]
        for files in loads:
            for name, rows in zip(("hotline/1.csv", "hotline/2.csv"), files, strict=True):
                town.cases([case(f"K{key}") | values for key, values in rows], name)
            execute(town, before)
            done.append(outcome := town.load(spec, request=Request(accept_suspicion=True)))
            if before != FORGET:
                own = town.rows(
                    "SELECT file, row_number, reason, message, row FROM reject WHERE load_id = :load",
                    load=outcome.load_id,
                )
                assert not [item for item in own if item in lists[-1]]
            lists = [[item[1:] for item in town.rejected(outcome)] for outcome in done]
            found.append([outcome.state, outcome.read, outcome.loaded, outcome.rejected, outcome.reasons, lists])
            found.append(town.rows("SELECT key, title FROM incident WHERE retired_at IS NULL ORDER BY key"))
        ends.append(found)
    assert ends[0] == ends[1]


def execute(town: Town, *statements: str) -> None:
    with town.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def count(town: Town) -> int:
    return int(town.one("SELECT count(*) FROM reject"))


def listed(town: Town, outcome: Outcome) -> list[tuple[int, str]]:
    return [(item.row_number, item.row["编号"]) for item in town.rejected(outcome)]


def test_only_rejects_that_differ_are_written_and_mended_ones_leave_every_list(town: Town) -> None:
    rows = [case("A"), *(case(f"B{number}", **WRONG) for number in range(6)), case("", 标题="no key")]
    town.cases(rows)
    first = town.load()
    town.cases([case("A", 标题="改"), *rows[1:]])
    second = town.load()
    assert (second.loaded, second.rejected, second.reasons, count(town)) == (1, 7, first.reasons, 7)
    assert town.rejected(second) == town.rejected(first)
    # One is mended, one has another message, one moves: only what is other than it was is written.
    town.cases([case("A"), rows[1], case("B1"), case("B2", 分类="?"), *rows[4:6], rows[7], rows[6]])
    third = town.load()
    assert (third.rejected, count(town)) == (6, 7 + 3)
    assert listed(town, third) == [(2, "B0"), (4, "B2"), (5, "B3"), (6, "B4"), (7, ""), (8, "B5")]
    assert listed(town, first) == [(2, "B0"), (4, "B2"), (5, "B3"), (6, "B4"), (7, "B5"), (8, "")]
    assert town.rejected(second) == town.rejected(first)
    # What was mended and is wrong again waits again, and a load of the same files has what this one has.
    town.cases([case("A"), *rows[1:6], rows[7], rows[6]])
    assert (town.load().rejected, count(town)) == (7, 10 + 2)
    fifth = town.load()
    assert (fifth.state, listed(town, fifth)[1:3], count(town)) == ("unchanged", [(3, "B1"), (4, "B2")], 12)
    town.cases([case("A", 标题="改"), *rows[1:6], rows[7], rows[6]])
    assert (town.rejected(town.load()), count(town)) == (town.rejected(fifth), 12)


def test_what_is_mended_leaves_the_lists_of_all_loads_that_had_it(town: Town, tmp_path: Path) -> None:
    rows = [case("B", **WRONG), case("", **WRONG), case("D", 时间="gestern")]
    loads = []
    for title in ("one", "two"):
        town.cases([case("A", 标题=title), *rows])
        loads.append(town.load())
    assert loads[1].load_id is not None
    file = tmp_path / "mended.csv"
    with town.engine.connect() as connection:
        assert rejects.export(connection, loads[1].load_id, file) == 3
    mended = file.read_text(encoding="utf-8-sig").replace("外星人", "占道").splitlines()
    mended[2] = "C" + mended[2]
    file.write_text("\n".join(mended), encoding="utf-8")
    sent = [town.load(request=Request(file=file)) for _ in range(2)]
    assert [(outcome.read, outcome.loaded, outcome.rejected) for outcome in sent] == [(3, 2, 1), (3, 0, 1)]
    assert [listed(town, outcome) for outcome in loads] == [[(4, "D")]] * 2
    # The second time it is the same row of the same file; what it was in the whole files waits still.
    assert [listed(town, outcome) for outcome in sent] == [[(3, "D")]] * 2
    assert count(town) == 4
    # A load of all finds again what the last load of all had, though a part lies between.
    town.cases([case("A", 标题="three"), *rows])
    assert (town.load().rejected, count(town)) == (3, 4 + 2)


def test_a_load_that_does_not_publish_leaves_nothing_half(town: Town) -> None:
    spec = town.source("hotline", mode="snapshot", retire_limit=0.1)
    rows = [case(f"B{number}", 经度=f"121.5145{number}", **WRONG) for number in range(9)]
    town.cases([case("A"), case("B"), *rows])
    first = town.load(spec)
    town.cases([case("A", 标题="改"), case("C"), *rows])
    rehearsed = town.load(spec, dry_run=True, request=Request(limit=5))
    assert [(row, reason) for _, row, reason, _ in rehearsed.errors] == [(row, "unknown-category") for row in (3, 4, 5)]
    with pytest.raises(LoadError, match="would be retired"):
        town.load(spec)
    assert town.rows("SELECT state, detail ? 'same_rejects' FROM load ORDER BY id DESC LIMIT 1") == [("failed", False)]
    assert (count(town), len(town.rejected(first))) == (9, 9)
    # A load that is held has its rejects, as has one that is then published.
    swapped = [case(f"F{number}", 经度="29.80225", 纬度="121.51458") for number in range(12)]
    town.cases([case("A"), case("B"), *rows, *swapped])
    held, accepted = town.load(spec), town.load(spec, request=Request(accept_suspicion=True))
    assert (held.state, held.rejected, accepted.state, accepted.rejected) == ("held", 21, "unchanged", 21)
    assert (town.rejected(accepted), count(town)) == (town.rejected(held), 21)
