"""A change is written with its direction, whether it is a good one, and what it was made of."""

import pytest

from dashboard.changes import Change, arrow
from dashboard.painting import plain
from layers.indicators import COUNT, ON_TIME, Indicator


@pytest.mark.parametrize(
    ("change", "indicator", "look", "sign"),
    [
        (Change(12, 10), COUNT, "is-worse", "▲"),
        (Change(8, 10), COUNT, "is-better", "▼"),
        (Change(10, 10), COUNT, "is-same", "="),
        (Change(90.0, 80.0), ON_TIME, "is-better", "▲"),
        (Change(79.9, 80.0), ON_TIME, "is-worse", "▼"),
        (Change(79.98, 80.0), ON_TIME, "is-same", "="),
    ],
)
def test_an_arrow_has_a_direction_only_where_the_number_beside_it_has(
    change: Change, indicator: Indicator, look: str, sign: str
) -> None:
    tag, attributes, children = plain(arrow(change, indicator, "en"))[0]
    assert (tag, attributes["className"], children[0][2]) == ("span", f"change {look}", [sign])


def test_nothing_before_is_new_and_an_unknown_value_has_no_change() -> None:
    assert plain(arrow(Change(3, 0), COUNT, "en", full=True))[0][2][1:] == [" new", " (+3)"]
    assert plain(arrow(Change(8, 10), COUNT, "en", by=True))[0][2][1:] == [" \u22122"]
    assert plain(arrow(Change(79.9, 80.0), ON_TIME, "en", by=True))[0][2][1:] == [" 0.1 pp"]
    assert "—" in str(plain(arrow(Change(None, 4), COUNT, "en")))
