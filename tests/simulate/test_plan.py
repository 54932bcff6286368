"""A plan that cannot be used says where, what and what would be right."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from layers.errors import PackError
from layers.pack import City
from simulate.city import make
from simulate.partition import Partition
from simulate.places import Ground
from simulate.plan import Plan, read
from simulate.register import entries
from simulate.values import stem
from simulate.write import render
from tests.simulate.making import NOW


@pytest.fixture
def pack(ningbo: City, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ningbo.folder, tmp_path / "ningbo"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "where", "right"),
    [
        ("seed = 330200", 'seed = "x"', "seed", "valid integer"),
        ("seed = 330200", "seeds = 330200", "seed", "required"),
        ('season = "summer"', 'season = "monsoon"', "file", "known: autumn"),
        ("forgotten = ", "lost = 0.1\nforgotten = ", "handling.lost", "not permitted"),
        ("each = ", "count = 5\neach = ", "features.community-stations", "either a count or a level"),
        ("{ between = [0, 359] }", '{ between = [0, 359], text = "x" }', "bearing", "exactly one of"),
        ("seed = 330200", "seed = = 1", "TOML", "mend the syntax"),
    ],
)
def test_a_broken_plan_is_explained(pack: Path, old: str, new: str, where: str, right: str) -> None:
    edit(pack / "simulation.toml", old, new)
    with pytest.raises(PackError, match=r"simulation\.toml") as caught:
        read(pack)
    assert where in caught.value.where
    assert right in caught.value.right


def test_a_pack_without_a_plan_says_so(pack: Path) -> None:
    (pack / "simulation.toml").unlink()
    with pytest.raises(PackError, match="no such file"):
        make(City(pack), pack / "inbox", rows=10, now=NOW)


def test_a_register_with_an_unknown_level_is_explained(pack: Path, plan: Plan) -> None:
    edit(pack / "register.csv", "330203000000,district", "330203000000,borough")
    with pytest.raises(PackError, match="line 3: level: 'borough': must be a level: city, district"):
        entries(City(pack), plan.register_)


def test_a_source_without_a_word_for_a_value_is_explained(pack: Path) -> None:
    edit(pack / "sources" / "cameras.toml", ', "离线" = "offline"', "")
    city = City(pack)
    with pytest.raises(PackError, match=r"fields.status.map: 'offline': needs a word"):
        render(city, city.sources["cameras"], {"status": np.array(["online", "offline"])})


@pytest.mark.parametrize(("name", "short"), [("天一社区", "天一"), ("东村", "东"), ("社区", "社区"), ("宁波", "宁波")])
def test_a_stem_is_a_name_without_its_kind(name: str, short: str) -> None:
    assert stem(name, ("社区", "村")) == short


def test_points_fall_into_the_cells_asked_for(partition: Partition, ground: Ground) -> None:
    cells = np.arange(len(partition.cells.polygons))
    found = ground.cells_at(ground.scatter(cells, np.random.default_rng(1)))
    assert (found == cells).all()
