"""What is taken out of archives, whatever its entries are called."""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from etl.archives import unpacked
from etl.guess.opening import opening
from layers.errors import SourceDataError


def packed(file: Path, names: list[str], encoding: str = "gb18030") -> Path:
    """Make a zip as Windows does it in China: names in its own encoding, and nothing that says so."""
    with ZipFile(file, "w") as archive:
        for at, name in enumerate(names):
            archive.writestr(str(at) * len(name.encode(encoding)), f"a\n{at}\n")
    content = file.read_bytes()
    for at, name in enumerate(names):
        sent = name.encode(encoding)
        content = content.replace(str(at).encode() * len(sent), sent)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_without_a_word_about_their_encoding_are_shown_as_they_were(tmp_path: Path, encoding: str) -> None:
    # The second byte of the last sign in GBK is the backslash, by which nothing may lead out of the archive.
    file = packed(tmp_path / "1.zip", ["热线工单/说明文件.docx", "热线工单/数据表誠.csv"], encoding)
    found = unpacked(file, name="1.zip", wanted="csv", into=tmp_path)
    assert found.read_text() == "a\n1\n"
    with pytest.raises(
        SourceDataError, match=re.escape("holds 热线工单/说明文件.docx, 热线工单/数据表誠.csv; pack one")
    ):
        unpacked(file, name="1.zip", wanted="kml", into=tmp_path)
    with pytest.raises(SourceDataError, match=r"the archive holds 热线工单/说明文件.docx; pack a file that ends in"):
        opening(packed(tmp_path / "2.zip", ["热线工单/说明文件.docx"], encoding), name="2.zip", folder=tmp_path)


def test_what_a_mac_packs_beside_a_file_is_none(tmp_path: Path) -> None:
    file = packed(tmp_path / "1.zip", ["cases.csv", "__MACOSX/._cases.csv"], "utf-8")
    assert unpacked(file, name="1.zip", wanted="csv", into=tmp_path).read_text() == "a\n0\n"
