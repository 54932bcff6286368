"""A file nobody has described, `onemap new-source`, and what a person does next."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from layers.pack import City
from layers.settings import HOME
from onemap import main
from tests.commands.test_front_door import run

CASES = (
    "工单编号,受理时间,结案时间,问题类型,状态,地址,经度,纬度\n"
    "A1,2026/11/01 08:00:00,,违停,已受理,中山路1号,121.5150,29.8100\n"
    "A2,2026/11/02 09:30:00,2026/11/03 10:00:00,外星人,已结案,中山路2号,121.5160,29.8110\n"
    "A3,2026/11/02 09:30:00,2026/11/03 10:00:00,外星人,已结案,中山路2号,121.5160,29.8110\n"
    "A4,2026/11/02 09:30:00,2026/11/03 10:00:00,火星人,已结案,中山路2号,121.5160,29.8110\n"
)
HYDRANTS = "编号,名称,安装日期,经度,纬度\nH1,东门,2020-01-01,121.515,29.81\nH2,西门,2021-01-01,121.516,29.811\n"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of one's own, without a database."""
    folder = Path(shutil.copytree(HOME / "tests" / "city", tmp_path / "city"))
    monkeypatch.setenv("ONEMAP_CITY", str(folder))
    monkeypatch.setenv("ONEMAP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("ONEMAP_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "热线 2026.csv"
    file.write_text(CASES, encoding="gb18030")
    return file


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what the front door says to a mistake."""
    monkeypatch.setattr("sys.argv", ["onemap", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    return capsys.readouterr().err


def test_incidents_get_a_source_a_layer_and_a_map(pack: Path, cases: Path, tmp_path: Path) -> None:
    answer = run("new-source", str(cases), "--id", "cases", "--json")
    (said,) = json.loads(answer.stdout)
    assert said["feeds"] == "incidents"
    assert [Path(name).relative_to(pack).as_posix() for name in said["files"]] == [
        "sources/cases.toml",
        "layers/cases.toml",
        "categories-cases.csv",
    ]
    assert said["next"][-2:] == ["onemap load cases --dry-run", "onemap load cases"]
    assert str(tmp_path / "data" / "inbox" / "city" / "cases") in said["next"][0]
    source = City(pack).sources["cases"]
    assert source.read.encoding == "gb18030"
    assert source.fields["reported_at"].formats == ("%Y/%m/%d %H:%M:%S",)
    assert (pack / "categories-cases.csv").read_text(encoding="utf-8").splitlines() == [
        "source,category,rows",
        "外星人,,2",
        "违停,order-parking,1",
        "火星人,,1",
    ]
    assert any(sentence.startswith("place.datum: ") for sentence in said["unsure"])
    assert City(pack).layers["cases"].incidents == "cases"


def test_things_that_stand_get_a_layer_of_their_own(pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "hydrants.csv"
    file.write_text(HYDRANTS, encoding="utf-8")
    answer = run("new-source", str(file))
    assert answer.exit_code == 0
    assert "onemap load hydrants --dry-run" in answer.stdout
    city = City(pack)
    assert city.sources["hydrants"].feeds == "hydrants"
    assert city.layers["hydrants"].fields[0].type == "time"
    assert city.layers["hydrants"].label == "name"


def test_a_layer_that_is_there_can_be_fed(pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "more cameras.csv"
    file.write_text(HYDRANTS, encoding="utf-8")
    assert run("new-source", str(file), "--feeds", "cameras").exit_code == 0
    assert City(pack).sources["more-cameras"].feeds == "cameras"
    assert not (pack / "layers" / "more-cameras.toml").exists()


def test_nothing_is_replaced_silently(
    pack: Path, cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (pack / "sources" / "hotline.toml").read_bytes()
    said = refused(monkeypatch, capsys, "new-source", str(cases), "--id", "hotline")
    assert "there already: layers/hotline.toml, sources/hotline.toml, and nothing was written" in said
    assert (pack / "sources" / "hotline.toml").read_bytes() == before
    assert run("new-source", str(cases), "--id", "hotline", "--force").exit_code == 0
    assert (pack / "sources" / "hotline.toml").read_bytes() != before


def test_stdout_prints_and_writes_nothing(pack: Path, cases: Path) -> None:
    before = sorted(pack.rglob("*"))
    answer = run("new-source", str(cases), "--stdout")
    source = answer.stdout.partition("# --- layers/")[0]
    assert tomllib.loads(source)["fields"]["key"] == "工单编号"
    assert sorted(pack.rglob("*")) == before


def test_a_pack_that_is_not_ours_stays_as_it_is(pack: Path, cases: Path, tmp_path: Path) -> None:
    before = sorted(pack.rglob("*"))
    run("schema", "--out", str(tmp_path / "mine" / "schema"))
    (said,) = json.loads(
        run("new-source", str(cases), "--id", "cases", "--into", str(tmp_path / "mine"), "--json").stdout
    )
    assert sorted(pack.rglob("*")) == before
    first = (tmp_path / "mine" / "sources" / "cases.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ../schema/source.schema.json"
    assert said["next"][0].startswith("cp -r ")


def test_a_pack_of_the_checkout_points_at_the_published_schema(
    cases: Path, monkeypatch: pytest.MonkeyPatch, pack: Path
) -> None:
    monkeypatch.setenv("ONEMAP_CITY", str(HOME / "tests" / "city"))
    first = run("new-source", str(cases), "--stdout").stdout.splitlines()[1]
    assert first == "#:schema ../../../docs/schema/source.schema.json"
    assert pack.is_dir()


@pytest.mark.usefixtures("pack")
def test_what_is_no_file_or_no_layer_is_explained(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no such file" in refused(monkeypatch, capsys, "new-source", "nowhere.csv")
    said = refused(monkeypatch, capsys, "new-source", str(cases), "--feeds", "fountains")
    assert "no layer has the id 'fountains'; known: cameras, incidents, layer, units" in said


def test_hostile_names_stay_text(pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text('id,"a""b\x1b[31m",[x],"#y"\n1,p,q,r\n2,s,t,u\n', encoding="utf-8")
    answer = run("new-source", str(file))
    assert answer.exit_code == 0
    assert "\x1b" not in answer.stdout
    assert "\x1b" not in (pack / "sources" / "odd.toml").read_text(encoding="utf-8")
    assert {spec.column for spec in City(pack).sources["odd"].fields.values()} == {"id", 'a"b\x1b[31m', "[x]", "#y"}
