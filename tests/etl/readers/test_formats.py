"""What every reader of the folder keeps to, whatever its format."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from etl import records, rows, vector
from etl.readers import csv as csv_reader
from etl.readers import excel as excel_reader
from etl.readers import fetcher, formats, parquet, reader
from layers.errors import SourceDataError
from layers.specs import SERVICES, Format
from tests.etl.readers.samples import NAMES, sample, spec


def read(file: Path, name: str) -> list[rows.Rows]:
    return list(reader(name)(file, name=file.name, spec=spec(name)))


def test_a_pack_may_declare_the_formats_that_there_are_readers_for() -> None:
    assert tuple(sorted(get_args(Format))) == formats()


def test_a_format_is_a_service_where_its_reader_can_fetch() -> None:
    for name in SERVICES:
        assert callable(fetcher(name))
    for name in set(formats()) - SERVICES:
        with pytest.raises(AttributeError):
            fetcher(name)


@pytest.mark.parametrize("name", formats())
def test_rows_are_read_in_order_with_their_numbers(tmp_path: Path, name: str) -> None:
    pieces = read(sample(tmp_path, name), name)
    assert [value for piece in pieces for value in piece.columns.column("Name").to_pylist()] == NAMES
    assert [int(value) for piece in pieces for value in piece.columns.column("n").to_pylist()] == [0, 1, 2]
    assert np.concatenate([piece.numbers for piece in pieces]).tolist() == [1, 2, 3]
    assert pieces[-1].done == 1.0
    assert {piece.file for piece in pieces} == {sample(tmp_path / "again", name).name}


@pytest.mark.parametrize("name", formats())
def test_pieces_are_bounded_and_number_their_rows_on(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sample(tmp_path, name)
    for module in (records, vector, parquet, excel_reader):
        monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(csv_reader, "BLOCK", 12)
    pieces = [piece for piece in read(file, name) if len(piece)]
    assert max(len(piece) for piece in pieces) <= 2
    assert [piece.numbers.tolist() for piece in pieces] == [[1, 2], [3]]


@pytest.mark.parametrize("name", formats())
def test_a_file_without_rows_has_none(tmp_path: Path, name: str) -> None:
    assert sum(len(piece) for piece in read(sample(tmp_path, name, rows=0), name)) == 0


@pytest.mark.parametrize("name", sorted(set(formats()) - SERVICES))
@pytest.mark.parametrize("content", [b"", b"\x00" * 512, b"\x89PNG\r\n\x1a\n" + bytes(range(256))], ids=len)
def test_what_is_no_such_file_is_explained(tmp_path: Path, name: str, content: bytes) -> None:
    file = sample(tmp_path, name)
    file.write_bytes(content)
    if name == "csv" and content:
        return  # any bytes are text of some kind; what they lack is the columns
    with pytest.raises(SourceDataError, match=rf"^{file.name}: .*; .*"):
        read(file, name)
