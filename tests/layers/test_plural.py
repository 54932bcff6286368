"""Numbers with their nouns."""

from layers.plural import counted


def test_one_is_not_several() -> None:
    assert [counted(n, "row") for n in (0, 1, 2, 12_000)] == ["0 rows", "1 row", "2 rows", "12,000 rows"]
    assert [counted(n, "category", "categories") for n in (1, 3)] == ["1 category", "3 categories"]
