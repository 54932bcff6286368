"""Delimited text: nothing a department does to a CSV may lose a row or stop the rest."""

from pathlib import Path
from typing import Any

import pytest

from etl.readers import csv as csv_reader
from etl.rows import Rows
from layers.errors import SourceDataError
from layers.specs import ReadSpec


def read(file: Path, content: bytes, **spec: Any) -> list[Rows]:  # noqa: ANN401 - any key of `read`
    file.write_bytes(content)
    return list(csv_reader.read(file, name="case.csv", spec=ReadSpec(format="csv", path="*", **spec)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "case.csv"


def values(pieces: list[Rows]) -> list[dict[str, str]]:
    return [row for piece in pieces for row in piece.columns.to_pylist()]


def numbers(pieces: list[Rows]) -> list[int]:
    return [int(number) for piece in pieces for number in piece.numbers]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "UTF_16"])
def test_a_declared_encoding_is_decoded(file: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    pieces = read(file, "编号,标题\n1,海曙区\n".encode(encoding), encoding=declared)
    assert values(pieces) == [{"编号": "1", "标题": "海曙区"}]


def test_every_value_stays_the_text_that_was_sent(file: Path) -> None:
    sent = 'a,b,c\n007, 1.50 ,NULL\n,"x, ""y""\nz",2026-01-01\n'
    assert values(read(file, sent.encode())) == [
        {"a": "007", "b": " 1.50 ", "c": "NULL"},
        {"a": "", "b": 'x, "y"\nz', "c": "2026-01-01"},
    ]


def test_names_in_another_encoding_say_which_key_is_to_be_mended(file: Path) -> None:
    with pytest.raises(SourceDataError, match=r"its column names are no text in utf-8; say under read.encoding what"):
        read(file, "编号,标题\n1,海曙区\n".encode("gb18030"))


def test_text_that_is_kept_from_a_spreadsheet_is_that_text(file: Path) -> None:
    sent = 'a,b,c\n="007",x,="y"\n"=""008""","=""a""&""b""",\n=SUM(1),"say ""=""",""\n'
    assert values(read(file, sent.encode())) == [
        {"a": "007", "b": "x", "c": "y"},
        {"a": "008", "b": '="a"&"b"', "c": ""},
        {"a": "=SUM(1)", "b": 'say "="', "c": ""},
    ]


def test_another_delimiter_is_used(file: Path) -> None:
    assert values(read(file, b"a;b\n1;2,5\n", delimiter=";")) == [{"a": "1", "b": "2,5"}]


@pytest.mark.parametrize("content", [b"a,b\n", b"a,b", b"a,b\r\n"])
def test_a_header_alone_is_a_file_without_rows(file: Path, content: bytes) -> None:
    assert values(read(file, content)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("block", [1 << 20, 16])
def test_lines_may_end_as_on_an_old_macintosh(
    file: Path, encoding: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.readers.csv.BLOCK", block)
    pieces = read(file, 'a,名\r1,一\r\r2,"二,\r三"\r3\r'.encode(encoding), encoding="auto")
    assert values(pieces) == [{"a": "1", "名": "一"}, {"a": "2", "名": "二,\n三"}]
    assert [(item.number, item.reason) for piece in pieces for item in piece.broken] == [(3, "ragged-row")]


@pytest.mark.parametrize("block", [1 << 20, 16])
def test_what_ends_the_first_line_ends_all_whatever_stands_within_quotes(
    file: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.readers.csv.BLOCK", block)
    pieces = read(file, b'"a\n1",b\r1,"x\ny"\r\r2\r3,"z\r\nw"\r')
    assert values(pieces) == [{"a\n1": "1", "b": "x\ny"}, {"a\n1": "3", "b": "z\nw"}]
    assert [(item.number, item.reason) for piece in pieces for item in piece.broken] == [(2, "ragged-row")]
    # Ends of both kinds, as of files joined end to end, and a return within quotes where lines end otherwise.
    assert values(read(file, b"a,b\r1,x\r2,y\n3,z\n")) == [
        dict(zip("ab", row, strict=True)) for row in ("1x", "2y", "3z")
    ]
    assert values(read(file, b'a,b\r\n1,"x\ry"\r\n')) == [{"a": "1", "b": "x\ry"}]
    assert values(read(file, b'"code\nof it",b\n007,x\n')) == [{"code\nof it": "007", "b": "x"}]
    with pytest.raises(SourceDataError, match="field larger than field limit"):
        read(file, b'"' + b"a" * 200_000 + b'",b\n1,2\n')


@pytest.mark.parametrize("block", [1 << 20, 16])
def test_marks_of_files_that_were_joined_are_no_part_of_a_value(
    file: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.readers.csv.BLOCK", block)
    pieces = read(file, "\ufeffa,b\n1,x\n\ufeff2,y\ufeff\n\ufeff\ufeffa,b\n3,z\n".encode())
    assert [row["a"] for row in values(pieces)] == ["1", "2", "\ufeffa", "3"]


def test_ragged_rows_are_broken_rows_with_their_number_and_text(file: Path) -> None:
    pieces = read(file, b"a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n")
    assert numbers(pieces) == [1, 3, 5]
    broken = [item for piece in pieces for item in piece.broken]
    assert [(item.number, item.reason, item.row) for item in broken] == [
        (2, "ragged-row", {"text": "3"}),
        (4, "ragged-row", {"text": "6,7,8"}),
    ]
    assert broken[0].message == "the row has 1 value, the header 2 columns; the line is cut or broken"
    assert broken[1].message.endswith("the header 2 columns; a value that holds ',' must stand within quotes")


def test_rows_keep_their_numbers_over_the_ends_of_pieces(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK", 256)
    lines = [f"{number},x" if number % 7 else f"{number}" for number in range(1, 500)]
    pieces = read(file, "\n".join(["a,b", *lines]).encode())
    assert len(pieces) > 5
    assert numbers(pieces) == [number for number in range(1, 500) if number % 7]
    assert [int(row["a"]) for row in values(pieces)] == numbers(pieces)
    assert [item.number for piece in pieces for item in piece.broken] == list(range(7, 500, 7))
    assert pieces[-1].done == 1.0


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("block", range(1024, 1032))
def test_characters_may_lie_across_the_ends_of_pieces(
    file: Path, encoding: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK", block)
    sent = [{"编号": str(number), "标题": "摊贩占道经营投诉" * 4} for number in range(2_000)]
    lines = "".join(f"{row['编号']},{row['标题']}\n" for row in sent)
    assert values(read(file, f"编号,标题\n{lines}".encode(encoding), encoding=encoding)) == sent


def test_bytes_outside_the_encoding_stay_visible_and_spoil_only_their_row(file: Path) -> None:
    pieces = read(file, b"a,b\n1,\xff\xfe\n2,\xb0\xa1\n", encoding="gb18030")
    assert values(pieces) == [{"a": "1", "b": "\U0010fffeff\U0010fffefe"}, {"a": "2", "b": "啊"}]


def test_a_quote_that_is_never_closed_breaks_the_row_it_begins_in(file: Path) -> None:
    pieces = read(file, b'a,b\n1,x\n2,"y\n3,z\n')
    assert values(pieces) == [{"a": "1", "b": "x"}]
    assert [(item.number, item.reason) for item in pieces[-1].broken] == [(2, "unclosed-quote")]


@pytest.mark.parametrize(
    "text", ['1,5" pipe\n2,x\n', '1,x\n2,5" pipe', '1,5" pipe\n2,"x\n"\n', '1,5" pipe\r\n2,"x\r\n"\r\n']
)
def test_a_quote_within_a_value_breaks_no_row(file: Path, text: str) -> None:
    pieces = read(file, f"a,b\n{text}".encode())
    assert sum(len(piece) for piece in pieces) == 2
    assert not pieces[-1].broken


def test_a_quote_left_open_before_the_last_column_spoils_no_row_above_it(file: Path) -> None:
    pieces = read(file, b'a,b\n1,x\n"y,2\n3,z\n')
    assert values(pieces) == [{"a": "1", "b": "x"}]
    assert [(item.number, item.reason) for item in pieces[-1].broken] == [(2, "ragged-row")]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"", "utf-8", "case.csv: the file is empty; a CSV begins with a line of column names"),
        (b"a,a\n1,2\n", "utf-8", "case.csv: columns named alike: ['a']; give every column its own name"),
        (b"a\n1\n", "gbx", "case.csv: no encoding is called 'gbx'; say utf-8 or gb18030"),
        (
            "\ufeffa\n1\n".encode(),
            "GB18030",
            (
                "case.csv: it begins with the mark of UTF-8, and read.encoding is 'GB18030'; say encoding = \"auto\", "
                "or ask for it in GB18030"
            ),
        ),
        (
            "a\n1\n".encode("utf-16"),
            "utf8",
            (
                "case.csv: it begins with the mark of UTF-16-LE, and read.encoding is 'utf8'; say encoding = \"auto\", "
                "or ask for it in utf8"
            ),
        ),
        (
            b'a,b\n1,2\n3\n4,"' + b"x\n" * (20 << 20),
            "utf-8",
            (
                'case.csv: a row after row 2 is longer than 16 MiB; close the quote (") that makes one row of all that '
                "follows it, or send shorter values"
            ),
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(file: Path, content: bytes, encoding: str, message: str) -> None:
    with pytest.raises(SourceDataError) as raised:
        read(file, content, encoding=encoding)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "ascii"]
)
@pytest.mark.parametrize("rows", [1, 40_000])
def test_an_encoding_that_nobody_declared_is_found(file: Path, encoding: str, rows: int) -> None:
    title = "Haishu" if encoding == "ascii" else "海曙区鄞州区"
    sent = "no,title\n" + "0,plain\n" * rows + f"1,{title}\n" * 3
    pieces = read(file, sent.encode(encoding), encoding="auto")
    assert values(pieces)[rows:] == [{"no": "1", "title": title}] * 3
    assert len(values(pieces)) == rows + 3


def test_a_few_bad_bytes_do_not_change_the_encoding_that_is_found(file: Path) -> None:
    sent = "编号\n" + "海曙区\n" * 50
    pieces = read(file, sent.encode() + b"\xff\n", encoding="auto")
    assert [row["编号"] for row in values(pieces)][-2:] == ["海曙区", "\U0010fffeff"]


@pytest.mark.parametrize(
    ("text", "encoding"), [("café,\nhôtel é à ü\n", "latin-1"), ("編號,標題\n1,臺北市政府\n2,中文國際\n", "big5")]
)
def test_bytes_in_no_known_encoding_are_explained(file: Path, text: str, encoding: str) -> None:
    with pytest.raises(
        SourceDataError, match=r"neither UTF-8, GB18030 nor UTF-16; say which it is under read.encoding"
    ):
        read(file, text.encode(encoding), encoding="auto")


def test_a_file_without_a_header_gets_its_columns_from_the_pack(file: Path) -> None:
    pieces = read(file, b"1,2\n3\n4,5\n", columns=("a", "b"))
    assert values(pieces) == [{"a": "1", "b": "2"}, {"a": "4", "b": "5"}]
    assert numbers(pieces) == [1, 3]
    assert [item.number for piece in pieces for item in piece.broken] == [2]
    assert values(read(file, b"", columns=("a", "b"))) == []


def test_lines_above_the_header_are_passed_over(file: Path) -> None:
    pieces = read(file, "2026 年热线\n\n编号,标题\n1,甲\n".encode("gbk"), encoding="auto", header=3)
    assert values(pieces) == [{"编号": "1", "标题": "甲"}]


def test_tabs_separate_as_well(file: Path) -> None:
    assert values(read(file, b"a\tb\n1\t2,5\n", delimiter="\t")) == [{"a": "1", "b": "2,5"}]


def test_a_first_line_without_end_is_not_swallowed_whole(file: Path) -> None:
    with pytest.raises(SourceDataError, match=r"the first line is longer than 1048576 bytes"):
        read(file, b"x" * (3 << 20))
