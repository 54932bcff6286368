"""What is remembered of rows spares work and changes nothing."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from etl.checks import Verdicts
from etl.incidents import Incidents
from etl.request import Request
from etl.rows import Rows
from layers.specs import SourceSpec
from tests.etl.loader import CHANGES, COUNTS, INCIDENTS, REJECTS
from tests.etl.town import Town, case

EMPTY = "TRUNCATE incident, incident_change, incident_count, reject, change, source_shape, remembered CASCADE"
VALUES = st.sampled_from(
    [
        {},
        {},
        {"标题": "改"},
        {"结案": "2026/06/02 08:30:00", "状态": "已结案"},
        {"时间": "2026/06/29 08:30:00"},
        {"分类": "外星人"},
        {"经度": "", "纬度": ""},
        {"经度": "", "纬度": "", "社区": "990102999999"},
        {"经度": "120.1"},
    ]
)
WAITING = "SELECT key, row_number, resolved_by IS NULL FROM reject ORDER BY id"
FILE = st.lists(st.tuples(st.integers(0, 5), VALUES), max_size=6)


@example(mode="upsert", loads=[([(0, {})], []), ([(0, {"分类": "外星人"})], []), ([(0, {})], [])])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["upsert", "snapshot", "append"]),
    loads=st.lists(st.tuples(FILE, FILE), min_size=2, max_size=4),
)
def test_a_load_that_remembers_ends_as_one_that_does_not(town: Town, mode: str, loads: list[tuple[Any, Any]]) -> None:
    """Each load is of two pieces: keys come again within one, in the other, with the same values and with others."""
    spec = town.source("hotline", mode=mode, retire_limit=1.0)
    ends = [state(town, spec, loads, before=before) for before in ("SELECT 1", "TRUNCATE remembered")]
    assert ends[0] == ends[1]


def state(town: Town, spec: SourceSpec, loads: list[tuple[Any, Any]], *, before: str) -> list[Any]:
    """Return what is there after each of some loads into an empty table."""
    execute(town, EMPTY, "DELETE FROM load WHERE id <> (SELECT max(load_id) FROM unit)")
    found: list[Any] = []
    for files in loads:
        for name, rows in zip(("hotline/1.csv", "hotline/2.csv"), files, strict=True):
            town.cases([case(f"K{key}") | values for key, values in rows], name)
        execute(town, before)
        outcome = town.load(spec)
        told = [outcome.state, outcome.read, outcome.loaded, outcome.unchanged, outcome.rejected, outcome.retired]
        found.append([*told, outcome.reasons, outcome.findings, outcome.data_time, outcome.held])
        found += [town.rows(question) for question in (INCIDENTS, COUNTS, CHANGES, REJECTS, WAITING)]
    return found


def execute(town: Town, *statements: str) -> None:
    with town.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_only_what_was_sent_otherwise_is_made_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    columns = Incidents.columns

    def counting(self: Incidents, rows: Rows, verdicts: Verdicts) -> dict[str, pa.Array]:
        made.append(len(rows))
        return columns(self, rows, verdicts)

    monkeypatch.setattr(Incidents, "columns", counting)
    before = [case(f"K{number}") for number in range(50)]
    for rows, read, loaded, unchanged in (
        (before, 50, 50, 0),
        ([*before[:40], *(row | {"标题": "改"} for row in before[40:45]), case("new")], 6, 6, 40),
        (before, 5, 5, 45),
    ):
        town.cases(rows)
        outcome = town.load(request=Request(accept_suspicion=True))
        assert (made.pop(), outcome.loaded, outcome.unchanged) == (read, loaded, unchanged)
    # Another recipe: nothing of what is remembered counts.
    town.load(town.source("hotline", suspect_limit=1.0))
    assert made == [50]
