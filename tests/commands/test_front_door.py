"""The `onemap` command as a maintainer types it, on the small city."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.session import printable
from layers.embedded import Embedded
from onemap import app, main

HEADER = "编号,标题,时间,结案,分类,状态,社区,经度,纬度\n"
GOOD = "H1,占道,2026/11/01 08:00:00,,占道,已受理,,121.5150,29.8100\n"
BROKEN = "H2,占道,昨天,,占道,已受理,,121.5150,29.8100\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "inbox" / "city"
    (folder / "hotline").mkdir(parents=True)
    (folder / "cameras.csv").write_text("id,name,status,lon,lat\nC1,Gate,online,121.51,29.81\n", encoding="utf-8")
    (folder / "hotline" / "1.csv").write_text(HEADER + GOOD + BROKEN, encoding="gb18030")
    return folder


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEMAP_DATABASE_URL", database_url)
    monkeypatch.setenv("ONEMAP_CITY", str(Path(__file__).parents[1] / "city"))
    monkeypatch.setenv("ONEMAP_DATA_DIR", str(tmp_path / "data"))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words, catch_exceptions=True)


@pytest.mark.usefixtures("environment", "inbox")
def test_a_load_says_what_became_of_every_row() -> None:
    found = {row["source"]: row for row in json.loads(run("load", "--all", "--json").stdout)}
    assert (found["units"]["read"], found["units"]["loaded"]) == (31, 31)
    hotline = found["hotline"]
    assert (hotline["read"], hotline["loaded"], hotline["rejected"]) == (2, 1, 1)
    assert hotline["reasons"] == "bad-time 1"


@pytest.mark.usefixtures("environment", "inbox")
def test_loading_again_changes_nothing_and_says_so() -> None:
    run("load", "--all")
    states = {row["source"]: row["state"] for row in json.loads(run("load", "--all", "--json").stdout)}
    assert set(states.values()) == {"unchanged"}


@pytest.mark.usefixtures("environment", "inbox")
def test_a_dry_run_writes_nothing() -> None:
    run("load", "units")
    assert json.loads(run("load", "hotline", "--dry-run", "--json").stdout)[0]["state"] == "dry-run"
    assert "hotline" not in [row["source"] for row in json.loads(run("loads", "--json").stdout)]


@pytest.mark.usefixtures("environment")
def test_what_a_file_says_is_printed_as_it_stands(inbox: Path) -> None:
    (inbox / "hotline" / "1.csv").write_text(
        HEADER + BROKEN.replace("昨天", "[/red]\x1b[2J[place]"), encoding="gb18030"
    )
    run("load", "units")
    load = json.loads(run("load", "hotline", "--json").stdout)[0]["load"]
    for answer in (
        run("load", "hotline", "--file", str(inbox / "hotline" / "1.csv"), "--dry-run"),
        run("rejects", str(load)),
    ):
        assert "[/red]\\x1b[2J[place]" in answer.stdout
    assert str(printable("东路\u30003号\x1b")) == "东路\u30003号\\x1b"


@pytest.mark.usefixtures("environment", "inbox")
def test_rejects_are_listed_and_exported_in_the_source_s_own_columns(tmp_path: Path) -> None:
    run("load", "units")
    load = json.loads(run("load", "hotline", "--json").stdout)[0]["load"]
    listed = json.loads(run("rejects", str(load), "--json").stdout)
    assert [(row["row"], row["reason"]) for row in listed] == [(2, "bad-time")]
    assert "昨天" in listed[0]["message"]
    assert "row 1 is the first below the header" in run("rejects", str(load)).stdout
    run("rejects", str(load), "--export", str(tmp_path / "mend.csv"))
    with (tmp_path / "mend.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.DictReader(lines))["时间"] == "昨天"


@pytest.mark.usefixtures("environment", "inbox")
def test_check_asks_for_a_person_where_a_source_was_never_loaded() -> None:
    answer = run("check", "--json")
    assert answer.exit_code == 1
    assert {"what": "source hotline", "state": "unknown", "detail": "data of no date"} in json.loads(answer.stdout)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("options", "said"), [((), ("单元", "民政局")), (("--lang", "en"), ("Units", "Civil Affairs Bureau"))]
)
def test_sources_are_listed_in_either_language(options: tuple[str, ...], said: tuple[str, str]) -> None:
    found = {row["source"]: row for row in json.loads(run("sources", "--json", *options).stdout)}
    assert (found["units"]["title"], found["units"]["owner"]) == said
    assert found["hotline"]["owner"] == "热线中心"
    assert said[1] in run("sources", *options).stdout


@pytest.mark.usefixtures("environment", "inbox")
def test_an_unknown_source_is_answered_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["onemap", "load", "fountains"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "no source has the id 'fountains'; known: cameras, hotline, units" in capsys.readouterr().err


def test_db_starts_tells_its_address_and_stops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("ONEMAP_DATA_DIR", str(tmp_path / "data"))
    try:
        assert run("db", "start").stdout.startswith("started: postgresql://")
        assert run("db", "start").stdout.startswith("already running: ")
        assert run("db", "url").stdout == Embedded(tmp_path / "data").url + "\n"
    finally:
        assert run("db", "stop").stdout == "stopped\n"
    assert run("db", "stop").stdout == "not running\n"


@pytest.mark.usefixtures("environment")
def test_a_city_of_which_only_units_are_there_loads_without_failure() -> None:
    answer = run("load", "--all")
    assert answer.exit_code == 0
    assert "no file" in answer.stdout
