"""Reading in a process of its own: the same rows, walls that hold, ends that are explained."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import geopandas
import pytest

from etl.readers import formats, reader
from etl.rows import Rows
from etl.sandbox import limits
from etl.sandbox.limits import Limits
from etl.sandbox.parent import Nursery, nursery
from etl.sandbox.reading import read
from layers.errors import SourceDataError
from layers.specs import SERVICES
from tests.etl.readers.samples import NAMES, POINTS, sample, spec, zipped


def told(rows: Rows) -> tuple[Any, ...]:
    shapes = None if rows.shapes is None else [shape.wkt for shape in rows.shapes]
    return rows.columns.to_pydict(), rows.numbers.tolist(), shapes, rows.crs, rows.broken, rows.done, rows.file


@pytest.mark.parametrize("name", formats())
def test_rows_are_those_that_the_reader_gives(tmp_path: Path, name: str) -> None:
    file = sample(tmp_path, name)
    parts = sorted(tmp_path.glob("case.*"))
    (here,) = reader(name)(file, name="sent", spec=spec(name))
    (there,) = read(file, name="sent", spec=spec(name), parts=parts)
    assert told(there) == told(here)


@pytest.mark.parametrize("name", sorted(set(formats()) - SERVICES - {"excel"}))
def test_a_zipped_file_is_read_as_well(tmp_path: Path, name: str) -> None:
    archive = zipped(sample(tmp_path, name))
    assert sum(len(rows) for rows in read(archive, name="sent", spec=spec(name))) == 3


def test_tables_of_encodings_are_within_reach(tmp_path: Path) -> None:
    file = tmp_path / "case.shp"
    frame = geopandas.GeoDataFrame({"街道": NAMES}, geometry=POINTS, crs=4326)
    frame.to_file(file, engine="pyogrio", encoding="gbk")
    file.with_suffix(".cpg").unlink()
    parts = sorted(tmp_path.glob("case.*"))
    (rows,) = read(file, name="sent", spec=spec("shapefile", encoding="gbk"), parts=parts)
    assert rows.columns.column("街道").to_pylist() == NAMES


def test_broken_rows_come_out_with_their_reason(tmp_path: Path) -> None:
    file = tmp_path / "case.csv"
    file.write_bytes(b"a,b\n1,2\n3\n4,\xff\n")
    (rows,) = read(file, name="sent", spec=spec("csv"))
    assert [(item.number, item.reason, item.row) for item in rows.broken] == [(2, "ragged-row", {"text": "3"})]
    assert rows.columns.to_pydict() == {"a": ["1", "4"], "b": ["2", "\U0010fffeff"]}


def test_texts_that_mean_nothing_are_nothing(tmp_path: Path) -> None:
    file = tmp_path / "case.csv"
    file.write_text("a,b\n(null), N/A \nnull,1\n")
    (rows,) = read(file, name="sent", spec=spec("csv", null=("(null)", "N/A")))
    assert rows.columns.to_pydict() == {"a": [None, "null"], "b": [None, "1"]}


def test_only_the_drivers_of_the_readers_are_there(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("a\n1\n")
    file = tmp_path / "case.geojson"
    source = f"<SrcDataSource>{tmp_path}/there.csv</SrcDataSource>"
    file.write_text(f"<OGRVRTDataSource><OGRVRTLayer name='there'>{source}</OGRVRTLayer></OGRVRTDataSource>")
    with pytest.raises(SourceDataError, match="it is OGR_VRT, not GeoJSON"):
        list(reader("geojson")(file, name="sent", spec=spec("geojson")))
    with pytest.raises(SourceDataError, match="not recognized as being in a supported file format"):
        list(read(file, name="sent", spec=spec("geojson")))


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that never begins."""
    file = tmp_path / "case.csv"
    os.mkfifo(file)
    return file


def test_a_reader_that_hangs_is_ended(endless: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of", lambda _: Limits(memory=1 << 30, seconds=1))
    with pytest.raises(SourceDataError, match=r"sent: reading it takes longer than 1 s; send it in parts"):
        list(read(endless, name="sent", spec=spec("csv")))


def test_a_reader_that_takes_too_much_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of", lambda _: Limits(memory=64 << 20, seconds=20))
    file = tmp_path / "case.json"
    file.write_text("[" + ",".join(f'{{"a": "{number}"}}' for number in range(500_000)) + "]")
    with pytest.raises(SourceDataError, match=r"sent: reading it takes more than 64 MiB of memory"):
        list(read(file, name="sent", spec=spec("json")))


def test_a_reader_that_crashes_is_explained_and_the_next_one_reads(endless: Path, tmp_path: Path) -> None:
    made = Nursery()
    try:
        made.start()
        threading.Thread(target=_crash, args=(made,)).start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("etl.sandbox.reading.nursery", lambda: made)
            with pytest.raises(SourceDataError, match=r"sent: it makes its reader crash \(SIGSEGV\)"):
                list(read(endless, name="sent", spec=spec("csv")))
            assert len(list(read(sample(tmp_path / "b", "csv"), name="sent", spec=spec("csv")))) == 1
    finally:
        made.close()


def _children(made: Nursery) -> list[int]:
    number = _number(made)
    return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def _crash(made: Nursery) -> None:
    while not (children := _children(made)):
        time.sleep(0.05)
    time.sleep(0.3)
    os.kill(children[0], signal.SIGSEGV)


def _number(made: Nursery) -> int:
    assert made.process is not None
    return made.process.pid


def test_a_nursery_that_is_gone_is_started_again(tmp_path: Path) -> None:
    file = sample(tmp_path, "csv")
    assert len(list(read(file, name="sent", spec=spec("csv")))) == 1
    os.kill(_number(nursery()), signal.SIGKILL)
    # Its threads may outlive it for a moment and hold its line open; it is gone with the last of them.
    assert nursery().process.wait(30) == -signal.SIGKILL  # type: ignore[union-attr] # `_number` knows it is there
    assert len(list(read(file, name="sent", spec=spec("csv")))) == 1


def test_a_reading_that_is_left_early_leaves_no_process(endless: Path, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("a\n" + "1\n" * 20_000_000)
    pieces = read(file, name="sent", spec=spec("csv"))
    next(pieces)
    pieces.close()
    end = time.monotonic() + 10
    while _children(nursery()) and time.monotonic() < end:
        time.sleep(0.05)
    assert _children(nursery()) == []
    endless.unlink()


def run(script: str) -> str:
    """Run a script in a process of its own and return what it says."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return done.stdout.strip()


def test_other_files_cannot_be_opened(tmp_path: Path) -> None:
    for name in ("given", "other"):
        (tmp_path / name).write_text(name)
    (tmp_path / "own").mkdir()
    said = run(f"""
from pathlib import Path
from etl.sandbox.limits import confine
if not confine([Path("{tmp_path}/given")], Path("{tmp_path}/own")):
    print("unknown")
else:
    print(Path("{tmp_path}/given").read_text())
    Path("{tmp_path}/own/made").write_text("x")
    write = lambda: Path("{tmp_path}/given").write_text("x")
    for act in (Path("{tmp_path}/other").read_text, write, Path("{tmp_path}/new").touch):
        try:
            act()
        except PermissionError:
            print("refused")
""")
    if said == "unknown":
        pytest.skip("this system has no Landlock; the allow-list of drivers is what is left")
    assert said.split() == ["given", "refused", "refused", "refused"]


def test_no_network_is_left() -> None:
    said = run("""
import socket
from etl.sandbox.limits import leave_network
server = socket.create_server(("127.0.0.1", 0))
if not leave_network():
    print("unknown")
else:
    try:
        socket.create_connection(server.getsockname(), 2)
    except OSError:
        print("refused")
""")
    if said == "unknown":
        pytest.skip("this system lets nobody leave the network; the allow-list of drivers is what is left")
    assert said == "refused"


def test_the_environment_of_the_loader_stays_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_SOURCE_SECRET", "pass1234")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    made = Nursery()
    try:
        made.start()
        environment = Path(f"/proc/{_number(made)}/environ").read_bytes()
    finally:
        made.close()
    assert b"pass1234" not in environment
    assert b"PROXY" not in environment


def test_a_size_has_its_limits() -> None:
    assert limits.Limits.of(0) == Limits(memory=1 << 30, seconds=20)
    assert limits.Limits.of(10 << 30).memory == 8 << 30
