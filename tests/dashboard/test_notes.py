"""Notes of a file: what filters it, in words."""

import pytest

from dashboard.takeaway.notes import outline


@pytest.mark.parametrize(
    ("wide", "english"),
    [
        # 0.01 degrees are 0.9645 and 1.1086 km at 30 degrees north.
        (0.01, "4 corners, 1.07 km², about 121.0050, 30.0050"),
        (1, "4 corners, 10,642.46 km², about 121.5000, 30.5000"),
    ],
)
def test_an_outline_is_told_by_its_size_and_place(wide: float, english: str) -> None:
    east, north = 121 + wide, 30 + wide
    wkt = f"POLYGON ((121 30, {east} 30, {east} {north}, 121 {north}, 121 30))"
    assert outline(wkt, "en") == english
    assert outline(wkt, "zh").startswith("4 个顶点")
