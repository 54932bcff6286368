"""`onemap schedule --once` and `onemap jobs` as a maintainer types them."""

import json
from pathlib import Path

import pytest

from tests.commands.test_front_door import environment, inbox, run

__all__ = ["environment", "inbox"]
pytestmark = pytest.mark.usefixtures("environment")


def jobs() -> dict[str, dict[str, object]]:
    return {row["source"]: row for row in json.loads(run("jobs", "--json").stdout)}


def test_before_the_first_load_nothing_is_known() -> None:
    assert {(row["state"], row["tries"], row["next"]) for row in jobs().values()} == {("idle", 0, None)}
    assert "schedulers at work: 0; nothing is loaded until `onemap schedule` runs" in run("jobs").stdout


def test_jobs_tell_why_a_source_was_loaded_and_when_it_is_next(inbox: Path) -> None:
    answer = run("schedule", "--once", "--settle", "0")
    assert answer.exit_code == 0, answer.stdout
    assert "hotline: published, 1 loaded, 1 rejected" in answer.stdout
    stands = jobs()
    assert {row["why"] for row in stands.values()} == {"first"}
    assert {row["ended"] for row in stands.values()} == {"published"}
    (inbox / "hotline" / "1.csv").write_text("a,b\n1,2\n", encoding="gb18030")
    assert run("schedule", "--once", "--settle", "0").exit_code == 1
    hotline = jobs()["hotline"]
    assert (hotline["state"], hotline["why"], hotline["ended"]) == ("failed", "files", "failed")
    assert hotline["next"] is not None


def test_help_names_the_waits() -> None:
    said = run("schedule", "--help").stdout
    assert [
        word for word in ("--once", "--settle", "--retry", "--tries", "--grace", "--lost") if word not in said
    ] == []
