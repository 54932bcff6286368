"""The guide `docs/add-a-source.md`, followed command by command."""

import json
import re
import shutil
from pathlib import Path

import pytest

from layers.pack import City
from layers.settings import HOME
from tests.commands.test_front_door import run
from tests.conftest import Databases
from tests.etl.shared import needed

CASES = "编号,发生时间,类别,经度,纬度\n" + "".join(
    f"S{number},2026/11/{number:02} 08:00:00,{'违停' if number % 2 else '噪声'},121.51{number % 10},29.81\n"
    for number in range(1, 21)
)
UNITS = {"newyork": ("units",), "city": ("units",), "beijing": ("units-city", "units-districts", "units-streets")}
FILES = {
    "street points in GBK": ("beijing", "china/awkward/bj_jiedao_points_gbk.csv", 343, 0),
    "collisions": ("newyork", "nyc/incidents/nyccrashes_2024w0630_by20240916.csv", 1875, 7),
    "stops in a workbook": ("newyork", "nyc/incidents/nypd_stops_2020_subset_xy_epsg2263.xlsx", 9544, 4),
}
GUIDES = (HOME / "docs" / "add-a-source.md", HOME / "docs" / "add-a-source.zh-CN.md")
PACKS = {"newyork": HOME / "data" / "newyork", "city": HOME / "tests" / "city", "beijing": HOME / "tests/packs/beijing"}


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases) -> tuple[Path, Path]:
    """An empty database and data folder; the pack is chosen by `follow`."""
    monkeypatch.setenv("ONEMAP_DATABASE_URL", databases.make())
    monkeypatch.setenv("ONEMAP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "packs", tmp_path / "data" / "inbox"


def follow(pack: str, file: Path, settled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Do what the guide says, correct nothing, and return what became of the rows."""
    packs, inbox = settled
    folder = Path(shutil.copytree(PACKS[pack], packs / pack))
    monkeypatch.setenv("ONEMAP_CITY", str(folder))
    assert run("load", *UNITS[pack]).exit_code == 0
    (said,) = json.loads(run("new-source", str(file), "--id", "mine", "--json").stdout)
    put, *commands = said["next"]
    assert re.fullmatch(r"mkdir -p (\S+) && cp (\S+) \1/", put)
    (inbox / pack / "mine").mkdir(parents=True)
    shutil.copy2(file, inbox / pack / "mine")
    assert commands == ["onemap load mine --dry-run", "onemap load mine"]
    rehearsed, loaded = (json.loads(run(*command.split()[1:], "--json").stdout)[0] for command in commands)
    assert (rehearsed["state"], loaded["state"]) == ("dry-run", "published")
    assert (rehearsed["loaded"], rehearsed["rejected"]) == (loaded["loaded"], loaded["rejected"])
    assert City(folder).layers["mine"].shown
    return {name: loaded[name] for name in ("read", "rejected")}


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_comes_in_by_the_guide(
    name: str, settled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, path, rows, rejected = FILES[name]
    file = needed(path)
    if pack == "beijing":
        shutil.copytree(needed("china/beijing"), settled[1] / "beijing" / "beijing")
    assert follow(pack, file, settled, monkeypatch) == {"read": rows, "rejected": rejected}
    if name != "collisions":
        return
    # What the guides print of this file, the command prints.
    printed = run("new-source", str(file), "--id", "crashes-2024").stdout
    unsure = printed.partition("not sure")[2].partition("next:")[0]
    assert unsure.count("\n  ") >= 5
    for guide in GUIDES:
        assert unsure in guide.read_text(encoding="utf-8")


def test_a_small_file_comes_in_by_the_guide(
    tmp_path: Path, settled: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cases.csv"
    file.write_text(CASES, encoding="gb18030")
    assert follow("city", file, settled, monkeypatch) == {"read": 20, "rejected": 0}


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_names_every_option(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z-]+", run("new-source", "--help").stdout)) - {"--help"}
    assert {option for option in options if option not in text} == set()
