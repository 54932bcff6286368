"""The files: one set for each source, in its shape, made once, the same for the same seed."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

from layers.pack import City
from simulate.city import fingerprint, make, shared
from simulate.partition import Partition
from tests.simulate.making import NOW, ROWS, Made


def test_every_source_finds_its_files(made: Made, ningbo: City) -> None:
    for source in ningbo.sources.values():
        assert list(made.inbox.glob(source.read.path)), source.id


def test_progress_is_told_from_start_to_end(made: Made) -> None:
    steps = [step for step, _, _ in made.reports]
    assert steps[0] == "partition"
    assert {"cameras", "hotline", "grid-reports"} <= set(steps)
    assert [done for _, done, _ in made.reports] == sorted(done for _, done, _ in made.reports)
    assert made.reports[-1][1] == made.reports[-1][2]


def test_a_second_call_changes_nothing(made: Made, ningbo: City) -> None:
    before = {file: file.stat().st_mtime_ns for file in made.inbox.rglob("*")}
    make(ningbo, made.inbox, rows=ROWS, now=NOW + timedelta(days=3))
    assert {file: file.stat().st_mtime_ns for file in made.inbox.rglob("*")} == before


def test_the_marker_keeps_when_it_was_made(made: Made, ningbo: City) -> None:
    marker = json.loads((made.inbox / "made.json").read_text(encoding="utf-8"))
    assert marker == {"fingerprint": fingerprint(ningbo, ROWS), "rows": ROWS, "now": NOW.isoformat()}


def test_the_fingerprint_follows_the_pack_and_the_rows(ningbo: City, tmp_path: Path) -> None:
    shutil.copytree(ningbo.folder, tmp_path / "pack")
    copy = City(tmp_path / "pack")
    assert fingerprint(copy, 1) == fingerprint(ningbo, 1)
    assert fingerprint(copy, 2) != fingerprint(ningbo, 1)
    (tmp_path / "pack" / "simulation.toml").write_text("seed = 1", encoding="utf-8")
    assert fingerprint(copy, 1) != fingerprint(ningbo, 1)


def test_the_units_file_is_the_partition_parents_first(made: Made, partition: Partition) -> None:
    frame = pyogrio.read_dataframe(made.inbox / "units" / "units.fgb")
    assert frame.crs.to_epsg() == 4490
    assert list(frame.columns) == ["code", "level", "name", "name_en", "parent", "population", "geometry"]
    assert frame["code"].tolist() == [unit.code for units in partition.levels for unit in units.entries]
    seen: set[str] = set()
    for code, parent in zip(frame["code"], frame["parent"].fillna(""), strict=True):
        assert not parent or parent in seen
        seen.add(code)
    made_again = frame[frame["level"] == "grid"].geometry.to_numpy()
    assert np.array_equal(
        pyogrio.read_bounds(made.inbox / "units" / "units.fgb")[1][:, -len(made_again) :],
        np.array([polygon.bounds for polygon in partition.cells.polygons]).T,
    )


def test_names_read_well_in_both_languages(made: Made) -> None:
    frame = pyogrio.read_dataframe(made.inbox / "units" / "units.fgb", read_geometry=False).set_index("code")
    assert frame.loc["330203000000", ["name", "name_en"]].tolist() == ["海曙区", "Haishu District"]
    assert frame.loc["330203002000", ["name", "name_en"]].tolist() == ["江厦街道", "Jiangxia Subdistrict"]
    assert frame["name_en"].str.isascii().all()
    assert not frame["name"].str.contains("委会").any()


def test_cameras_have_the_codes_of_the_national_standard(made: Made) -> None:
    cameras = pd.read_csv(made.inbox / "cameras" / "cameras.csv", dtype=str)
    assert len(cameras) == 20_000
    assert cameras["国标编码"].is_unique
    assert cameras["国标编码"].str.fullmatch(r"3302\d\d0000132\d{7}").all()
    online = (cameras["在线状态"] == "在线").mean()
    assert 0.97 < online < 0.995
    assert cameras["方位角"].astype(int).between(0, 359).all()


def test_the_hotline_file_is_gb18030_with_chinese_headers(made: Made) -> None:
    with next(made.inbox.glob("hotline/*.csv")).open(encoding="gb18030") as lines:
        header = lines.readline()
    assert "受理时间" in header
    assert "社区编码" in header


def test_every_community_has_a_station_of_its_name(made: Made) -> None:
    stations = pd.read_csv(made.inbox / "community-stations" / "community-stations.csv", encoding="gb18030", dtype=str)
    assert len(stations) == 3042
    assert stations["编号"].is_unique
    assert stations["名称"].str.endswith("工作站").all()


@pytest.mark.parametrize(("rows", "shares", "counts"), [(10, [0.63, 0.37], [6, 4]), (3, [1.0, 1.0], [1, 2])])
def test_rows_are_shared_out_whole(rows: int, shares: list[float], counts: list[int]) -> None:
    assert shared(rows, shares) == counts
