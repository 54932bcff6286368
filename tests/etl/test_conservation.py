"""Nothing vanishes: whatever a file holds, every row of it is accounted for."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.etl.town import Town, case

BREAKS = st.sampled_from(
    [
        {},
        {"编号": ""},
        {"编号": "same"},
        {"时间": "gestern"},
        {"时间": ""},
        {"时间": "2030/01/01 00:00:00"},
        {"结案": "2026/02/30 00:00:00"},
        {"分类": "外星人"},
        {"分类": ""},
        {"状态": "?"},
        {"经度": "121.5x"},
        {"经度": ""},
        {"经度": "", "纬度": ""},
        {"经度": "0", "纬度": "0"},
        {"经度": "29.8", "纬度": "121.5"},
        {"标题": 'a "quoted"\nline, with everything\t\\'},
        {"标题": "x" * 5000},
        {"社区": "990102002002", "经度": "", "纬度": ""},
    ]
)
BLANK = b",,,,,,,,\r\n"
"""A line in which nothing stands is no row."""
RAW = st.sampled_from([b"", b"1,2,3\r\n", b"\xff\xfe,,,,,,,,\r\n", b"a,b,c,d,e,f,g,h,i,j\r\n", BLANK])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(0, 12), BREAKS), max_size=25), tail=st.lists(RAW, max_size=4))
def test_every_row_that_is_read_is_loaded_unchanged_or_rejected(
    town: Town, rows: list[tuple[int, dict[str, str]]], tail: list[bytes]
) -> None:
    file = town.cases([case(f"K{key}") | broken for key, broken in rows])
    file.write_bytes(file.read_bytes() + b"".join(tail))
    held = {row.key for row in town.rows("SELECT key FROM incident")}
    outcome = town.load()
    assert outcome.read == len(rows) + sum(line not in {b"", BLANK} for line in tail)
    assert outcome.read == outcome.loaded + outcome.unchanged + outcome.rejected
    found = town.rejected(outcome)
    assert len(found) == outcome.rejected == sum(outcome.reasons.values())
    numbers = [item.row_number for item in found]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= len(rows) + len(tail) for number in numbers)
    now_held = {row.key for row in town.rows("SELECT key FROM incident")}
    assert held <= now_held
    assert town.one(
        "SELECT coalesce(sum(n), 0) FROM incident_count WHERE rank = 0 AND grain = 2 AND category_id = 0"
    ) == len(now_held)
