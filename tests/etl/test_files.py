"""Which files are a source's, and which never are."""

from pathlib import Path

import pytest

from layers.errors import SourceDataError
from tests.etl.town import Town, case


def test_a_link_may_not_leave_the_pack_and_the_inbox(town: Town, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    town.inbox.symlink_to(tmp_path / "elsewhere")
    inside = town.cases([case("K1")], "archive/june.csv")
    link = town.inbox / "hotline" / "1.csv"
    link.parent.mkdir()
    link.symlink_to(inside)
    assert town.load().loaded == 1
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "1.csv").write_bytes(inside.read_bytes())
    link.unlink()
    link.symlink_to(secret / "1.csv")
    said = rf"hotline/1.csv: 1.csv leads to {secret}/1.csv, out of the pack and the inbox, by a link; copy the file"
    with pytest.raises(SourceDataError, match=said):
        town.load()
    link.unlink()
    link.parent.rmdir()
    link.parent.symlink_to(secret)
    with pytest.raises(SourceDataError, match=said):
        town.load()
    town.write("shapes/a.shp", b"")
    (town.inbox / "shapes" / "a.dbf").symlink_to(secret / "1.csv")
    with pytest.raises(SourceDataError, match=r"shapes/a.shp: a.dbf leads to"):
        town.load(town.source("hotline", read={"path": "shapes/*.shp", "format": "shapefile", "encoding": None}))


def test_a_file_that_the_pack_and_the_inbox_both_have_is_read_from_neither(town: Town) -> None:
    (shipped,) = town.city.folder.glob("units.*")
    town.write(shipped.name, shipped.read_bytes())
    with pytest.raises(SourceDataError, match=rf"{shipped.name}: it is there twice, as .*; keep the one that holds"):
        town.load("units")
    assert town.one("SELECT count(*) FROM unit") == 31
