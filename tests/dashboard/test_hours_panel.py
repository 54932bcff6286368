"""The table of hours: its key says the values that its colours stand for."""

import pytest

from dashboard.panels.hours import SHADES, shade, within


@pytest.mark.parametrize("most", [0, 1, 5, 6, 20, 1234])
def test_the_key_says_which_values_have_a_colour(most: int) -> None:
    said = {step: within(step, most) for step in range(SHADES + 1)}
    told: dict[int, int] = {}
    for step, values in said.items():
        low, _, high = values.replace(",", "").partition("–")
        told |= dict.fromkeys(range(int(low), int(high or low) + 1) if values else (), step)
    assert told == {value: shade(value, most) for value in range(most + 1)}
