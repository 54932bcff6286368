"""Parts of a load, mended rejects and exit codes, as a maintainer types them."""

import csv
import json
from pathlib import Path

import pytest

from onemap import app
from tests.commands.test_front_door import BROKEN, GOOD, HEADER, environment, inbox, run

__all__ = ["environment", "inbox"]
pytestmark = pytest.mark.usefixtures("environment", "units")


@pytest.fixture
def units(environment: None, inbox: Path) -> None:  # noqa: ARG001 - a fixture asks for others by name
    assert run("load", "units").exit_code == 0


def test_rows_over_the_limit_of_rejects_are_said_by_the_exit_code(inbox: Path) -> None:
    answer = run("load", "hotline")
    assert answer.exit_code == 3
    said = "hotline: 1 of 2 rows rejected, more than the share of 0.1 that the source allows"
    assert said in answer.stderr
    (inbox / "hotline" / "1.csv").write_text(HEADER + GOOD, encoding="gb18030")
    assert run("load", "hotline").exit_code == 0
    assert run("load", "hotline").exit_code == 0


def test_a_refusal_is_1_and_a_mistyped_option_is_2(inbox: Path) -> None:
    (inbox / "hotline" / "1.csv").write_text("a,b\n1,2\n", encoding="gb18030")
    assert run("load", "hotline").exit_code == 1
    answer = run("load", "hotline", "cameras", "--json")
    refused, done = json.loads(answer.stdout)
    assert (answer.exit_code, refused["source"], refused["state"], done["state"]) == (
        1,
        "hotline",
        "failed",
        "published",
    )
    assert refused["message"].startswith("hotline/1.csv: no column '编号'")
    assert refused.keys() == done.keys()
    assert run("load", "hotline", "--fast").exit_code == 2
    assert run("load", "hotline", "--limit", "0").exit_code == 2
    assert run("load", "hotline", "--since", "gestern").exit_code == 1
    assert run("load", "hotline", "cameras", "--file", "x.csv").exit_code == 1


def test_a_held_load_is_4_and_shown_everywhere_until_it_is_accepted(inbox: Path) -> None:
    rows = [GOOD.replace("H1", f"G{n}").replace("121.5150,29.8100", f"29.8100,121.5{n}") for n in range(100, 130)]
    (inbox / "hotline" / "1.csv").write_text(HEADER + "".join(rows), encoding="gb18030")
    dry = run("load", "hotline", "--dry-run")
    assert (dry.exit_code, "swapped-axes" in dry.stdout) == (4, True)
    answer = run("load", "hotline", "--json")
    assert answer.exit_code == 4
    (said,) = json.loads(answer.stdout)
    assert (said["state"], said["loaded"], said["rejected"]) == ("held", 0, 30)
    assert "onemap: hotline: held, because its places look wrong: 30 of 30 rows" in answer.stderr
    for command, column in (("loads", "source"), ("sources", "source"), ("check", "what")):
        found = next(row for row in json.loads(run(command, "--json").stdout) if row[column].endswith("hotline"))
        assert (found["state"], said["held"] in found.values()) == ("held", True)
    assert run("check").exit_code == 1
    assert len(json.loads(run("rejects", str(said["load"]), "--limit", "50", "--json").stdout)) == 30
    # Accepted, what lies outside stays out all the same.
    accepted = run("load", "hotline", "--accept-suspicion", "--json")
    assert (accepted.exit_code, json.loads(accepted.stdout)[0]["state"]) == (3, "unchanged")


def test_the_exit_codes_are_in_the_help() -> None:
    said = " ".join(run("load", "--help").stdout.split())
    codes = ("0 all is in", "1 a source was refused", "2 the command line is wrong", "3 all is in, but more rows")
    for code in (*codes, "4 a source is held"):
        assert code in said
    assert app is not None


def test_a_dry_run_shows_the_first_errors() -> None:
    (found,) = json.loads(run("load", "hotline", "--dry-run", "--json").stdout)
    assert [(item["row"], item["reason"]) for item in found["errors"]] == [(2, "bad-time")]
    shown = run("load", "hotline", "--dry-run").stdout
    assert "昨天" in shown
    assert shown.rstrip().endswith("do not count")


def test_since_and_limit_narrow_a_load(inbox: Path) -> None:
    rows = [GOOD.replace("H1", f"G{day}").replace("11/01", f"11/0{day}") for day in (1, 2, 3)]
    (inbox / "hotline" / "1.csv").write_text(HEADER + "".join(rows), encoding="gb18030")
    assert json.loads(run("load", "hotline", "--since", "2026-11-02", "--json").stdout)[0]["loaded"] == 2
    assert json.loads(run("load", "hotline", "--limit", "1", "--json").stdout)[0]["loaded"] == 1


def test_rejects_go_out_are_mended_and_come_in(tmp_path: Path) -> None:
    load = str(json.loads(run("load", "hotline", "--json").stdout)[0]["load"])
    file = tmp_path / "mend.csv"
    run("rejects", load, "--export", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("昨天", "2026/11/01 09:00:00"), encoding="utf-8")
    assert json.loads(run("load", "hotline", "--file", str(file), "--json").stdout)[0]["loaded"] == 1
    assert json.loads(run("rejects", load, "--json").stdout) == []
    run("rejects", load, "--export", str(file))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.DictReader(lines)) == []


def test_other_columns_wait_for_a_person(inbox: Path) -> None:
    (inbox / "hotline" / "1.csv").write_text(HEADER + GOOD, encoding="gb18030")
    assert run("load", "hotline").exit_code == 0
    more = HEADER.replace("\n", ",新\n") + (GOOD + BROKEN.replace("昨天", "2026/11/01 08:00:00")).replace("\n", ",1\n")
    (inbox / "hotline" / "1.csv").write_text(more, encoding="gb18030")
    assert run("load", "hotline").exit_code == 1
    assert run("load", "hotline", "--accept-drift").exit_code == 0
