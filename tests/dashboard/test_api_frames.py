"""The frames of a playback: each is what the summary says of its days, and together they are the whole period."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from tests.dashboard.conftest import Client

CITY, WEST, CELL = "990100000000", "990101000000", "990101001001001"
PERIOD = "from=2025-03-05&to=2025-06-11"


@pytest.mark.parametrize("unit", [CITY, WEST, CELL])
@pytest.mark.parametrize("by", ["day", "week", "month"])
@pytest.mark.parametrize(
    "others", ["", "&category=order&status=closed&source=hotline", "&channel=phone", "&hours=8-20"]
)
def test_frames_add_up_to_the_summary_by_day_and_by_child(client: Client, unit: str, by: str, others: str) -> None:
    asked = f"unit={unit}&{PERIOD}{others}"
    answer = client.json(f"/api/frames?{asked}&by={by}")
    summary = client.json(f"/api/summary?{asked}")
    by_day = {date.fromisoformat(each["day"]): each["total"] for each in summary["by_day"]}
    assert summary["total"] > 0
    for step, total in zip(answer["steps"], answer["totals"], strict=True):
        first, last = (date.fromisoformat(step[end]) for end in ("first", "last"))
        assert total == sum(by_day.pop(first + timedelta(days=day)) for day in range((last - first).days + 1))
    assert by_day == {}
    assert answer["codes"] == [child["code"] for child in summary["children"]]
    columns = [sum(column) for column in zip(*answer["values"], strict=True)]
    assert columns == [child["total"] for child in summary["children"]]
    values = [value for step in answer["values"] for value in step]
    assert sum(each["units"] for each in answer["classes"]) == len(values)
    assert max(values, default=0) == (answer["classes"][-1]["high"] if values else 0)


def test_a_frame_is_what_the_summary_says_of_its_days(client: Client) -> None:
    answer = client.json(f"/api/frames?unit={CITY}&{PERIOD}&indicator=per-km2")
    assert (answer["by"], answer["steps"][0]) == ("week", {"first": "2025-03-05", "last": "2025-03-09"})
    until = date.fromisoformat(answer["steps"][3]["last"]) + timedelta(days=1)
    days = f"from={answer['steps'][3]['first']}&to={until}"
    measured = client.json(f"/api/indicators/per-km2?unit={CITY}&{days}")
    assert measured["codes"] == answer["codes"]
    assert [round(value, 2) for value in measured["values"]] == answer["values"][3]


@pytest.mark.parametrize("indicator", ["open", "overdue", "closure", "on-time", "per-km2"])
@pytest.mark.parametrize(
    "others",
    ["&by=week", "&by=month", "&by=week&category=order&status=closed&status=accepted", "&by=week&channel=phone"],
)
def test_a_played_indicator_is_what_it_is_of_the_days_of_each_step(client: Client, indicator: str, others: str) -> None:
    answer = client.json(f"/api/frames?unit={CITY}&{PERIOD}&indicator={indicator}{others}")
    assert len(answer["steps"]) > 3
    seen = set()
    for at in (0, 2, len(answer["steps"]) - 1):
        until = date.fromisoformat(answer["steps"][at]["last"]) + timedelta(days=1)
        days = f"from={answer['steps'][at]['first']}&to={until}"
        conditions = "&".join(part for part in others.split("&") if not part.startswith("by="))
        measured = client.json(
            f"/api/indicators/{indicator}?unit={CITY}&{days}{conditions and '&' + conditions.strip('&')}"
        )
        rounded = [None if value is None else round(value, 2) for value in [measured["value"], *measured["values"]]]
        assert [answer["whole"][at], *answer["values"][at]] == pytest.approx(rounded, abs=0.0051)
        seen |= set(rounded)
    assert seen - {0, None}


def test_what_fell_due_since_the_counts_were_judged_is_overdue(client: Client, engine: Engine) -> None:
    asked = f"/api/frames?unit={CITY}&{PERIOD}&indicator=overdue"
    before = client.json(asked)
    with engine.begin() as connection:
        connection.execute(text("SELECT incident_judge(now())"))
    assert client.json(asked)["values"] == before["values"]
    assert sum(before["whole"]) > 0


@pytest.mark.parametrize("others", ["", "&channel=phone"])
def test_all_units_of_a_level_are_played_as_they_are_measured(client: Client, others: str) -> None:
    asked = f"unit={WEST}&{PERIOD}&level=grid{others}"
    answer = client.json(f"/api/frames?{asked}")
    measured = client.json(f"/api/indicators/count?{asked}")
    assert answer["codes"] == measured["codes"]
    assert [sum(column) for column in zip(*answer["values"], strict=True)] == measured["values"]
    assert answer["totals"] == client.json(f"/api/frames?unit={WEST}&{PERIOD}{others}")["totals"]


def test_an_open_period_is_played_by_months_and_what_would_be_too_many_steps_is_refused(client: Client) -> None:
    answer = client.json(f"/api/frames?unit={WEST}")
    assert answer["by"] == "month"
    assert sum(answer["totals"]) == client.json(f"/api/summary?unit={WEST}")["total"]
    assert [step["first"][8:] for step in answer["steps"]] == ["01"] * len(answer["steps"])
    refused = client.get("/api/frames?from=2020-01-01&to=2025-01-01&by=day")
    assert (refused.status_code, "take longer ones" in refused.json()["detail"]) == (400, True)
    assert client.get("/api/frames?indicator=handling").status_code == 400
    assert client.json("/api/frames?q=nothing-like-it")["steps"] == []
