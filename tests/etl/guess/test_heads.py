"""Delimiters and rows of names, as files really have them."""

import pytest

from etl.guess.heads import delimiter_of, head_of, rows_of


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_the_one_that_makes_rows_alike(delimiter: str) -> None:
    lines = [["编号", "说明"], ["1", "摊贩, 占道; 夜间"], ["2", "噪声"]]
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in lines)
    assert delimiter_of(quoted) == delimiter


def test_a_comma_in_free_text_is_no_delimiter_of_a_file_of_tabs() -> None:
    assert delimiter_of("编号\t说明\n1\t摊贩,占道\n2\t噪声\n3\t垃圾, 水, 烟\n") == "\t"


def test_one_column_is_a_csv() -> None:
    assert delimiter_of("name\nGate\nBridge\n") == ","


def test_names_may_stand_below_a_title() -> None:
    head = head_of([["2026 年工单", "", ""], ["编号", "时间", "地址"], ["1", "2026-01-01", "中山路"]])
    assert (head.row, head.names, head.plain) == (2, ("编号", "时间", "地址"), True)


def test_a_first_row_of_values_is_no_head() -> None:
    head = head_of(rows_of("1,2026-01-01,中山路\n2,2026-01-02,解放路\n", ","))
    assert (head.row, head.names) == (0, ("column 1", "column 2", "column 3"))


def test_names_that_are_empty_or_alike_get_one_of_their_own() -> None:
    head = head_of([["编号", "地址", "地址", "时间", ""], ["1", "a", "b", "2026-01-01", "x"]])
    assert (head.row, head.plain) == (1, False)
    assert head.names == ("编号", "地址", "地址 (3)", "时间", "column 5")


def test_rows_may_be_wider_than_the_row_of_names() -> None:
    head = head_of(rows_of("编号,时间\n1,2026-01-01,\n2,2026-01-02,\n3,2026-01-02,,\n", ","))
    assert (head.row, head.names, head.plain) == (1, ("编号", "时间", "column 3"), False)


def test_blank_lines_above_the_names_count() -> None:
    head = head_of(rows_of("2026 年工单\n\n\n编号,时间\n1,2026-01-01\n", ","))
    assert (head.row, head.names) == (4, ("编号", "时间"))


def test_two_columns_in_five_may_lack_a_name() -> None:
    head = head_of([["编号", "地址", "", "时间", "", ""], ["1", "a", "x", "2026-01-01", "y", "z"]])
    assert (head.row, head.names[:4]) == (0, ("column 1", "column 2", "column 3", "column 4"))
    head = head_of([["编号", "地址", "", "时间", ""], ["1", "a", "x", "2026-01-01", "y"]])
    assert (head.row, head.names) == (1, ("编号", "地址", "column 3", "时间", "column 5"))


@pytest.mark.parametrize("gap", range(3))
def test_a_first_row_with_gaps_is_no_second_row_of_names(gap: int) -> None:
    first = ["" if at == gap else "x" for at in range(5)]
    head = head_of([["编号", "地址", "名称", "说明", ""], first, list("abcde")])
    assert (head.row, head.names) == (1, ("编号", "地址", "名称", "说明", "column 5"))
