"""The chosen indicator on a picture: its value for every unit drawn, and how it is written."""

from dataclasses import dataclass
from typing import Any, cast

from dashboard.state import Child, Picture
from dashboard.words import count
from layers import indicators
from layers.indicators import Indicator
from layers.pack import City

NONE = "—"


@dataclass(frozen=True)
class Measure:
    """One unit's value, with what it was made of."""

    value: float | None
    numerator: float | None
    denominator: float | None


def chosen(city: City, picture: Picture) -> Indicator:
    """Return the indicator of a picture; one the city does not offer never gets as far as a picture."""
    return indicators.one(picture["view"].get("indicator") or indicators.COUNT.id, city)


def measures_ranked(found: dict[str, Any], name: str) -> dict[str, Measure]:
    """Return the measures of ranked units, `value` or `then`, by code."""
    return {
        unit["code"]: Measure(
            unit[name], *((unit["numerator"], unit["denominator"]) if name == "value" else (None, None))
        )
        for unit in found["ranked"]
    }


def measures(city: City, picture: Picture) -> dict[str, Measure]:
    """Return the measures of the units drawn, by code."""
    indicator = chosen(city, picture)
    found = picture.get("indicated")
    if found:
        columns = zip(found["codes"], found["values"], found["numerators"], found["denominators"], strict=True)
        return {code: Measure(*numbers) for code, *numbers in columns}
    return {child["code"]: _summed(indicator, child) for child in picture["frame"]["children"]}


def measures_before(city: City, picture: Picture) -> dict[str, Measure]:
    """Return the measures of the units drawn in the period compared with, by code; none where nothing is compared."""
    compared = picture.get("compared")
    if not compared:
        return {}
    past = [
        {name: value["then"] if isinstance(value, dict) else value for name, value in child.items()}
        for child in compared["frame"]["children"]
    ]
    frame = {**picture["frame"], "children": past}
    return measures(city, cast("Picture", {**picture, "frame": frame, "indicated": compared["indicated"]}))


def written(value: float | None, indicator: Indicator, language: str) -> str:
    """Return a value as people read it: with its digits, and a per cent sign where it is a share."""
    if value is None:
        return NONE
    number = f"{value:,.{indicator.digits}f}" if indicator.digits else count(value, language)
    return number + indicator.sign


def made_of(measure: Measure) -> str:
    """Return numerator and denominator in full."""
    parts = [part for part in (measure.numerator, measure.denominator) if part is not None]
    return " / ".join(f"{part:,.0f}" if float(part).is_integer() else f"{part:,.2f}" for part in parts)


def _summed(indicator: Indicator, child: Child) -> Measure:
    numbers = {name: float(child.get(name, 0)) for name in ("total", "open", "overdue", "closed", "on_time", "due")}  # type: ignore[arg-type]
    below = numbers[indicator.denominator] if indicator.denominator else None
    return Measure(indicator.value(numbers), numbers[indicator.numerator], below)
