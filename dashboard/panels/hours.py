"""Hours and days of the week as a table of colours; each cell is the way to its hour."""

from enum import StrEnum
from typing import Any

from dash import Dash, Input, html
from dash.development.base_component import Component

from dashboard.painting import canvas, paint
from dashboard.parts import aria, failed
from dashboard.state import Store, View, address
from dashboard.words import say
from layers.pack import City

SHADES = 6
DAY_HOURS = 24
EVERY = 3
"""Hours between two that are written above."""


class Ids(StrEnum):
    """Every id this panel owns."""

    BODY = "hours-body"


def layout() -> html.Div:
    """Return the empty table."""
    return canvas(Ids.BODY, [], className="heat only-hours", role="group")


def shade(value: int, most: int) -> int:
    """Return the class of a value: 0 for nothing, else equal steps up to the most."""
    return -(-value * SHADES // most) if value else 0


def within(step: int, most: int) -> str:
    """Return the values of a class, as its key says them; nothing for a class that has none."""
    low, high = ((step - 1) * most // SHADES + 1, step * most // SHADES) if step else (0, 0)
    return "" if low > high else f"{low:,}" if low == high else f"{low:,}–{high:,}"


def key(step: int, most: int) -> html.Small:
    """Return the colour of a class and its values."""
    said = within(step, most)
    return html.Small([html.I(className=f"shade-{step}"), said] if said else [], className="key", **aria(hidden="true"))


def chosen(view: View, day: int, hour: int) -> bool:
    """Tell whether a cell is exactly what the filter asks for."""
    return view.get("weekday") == [str(day)] and view.get("hours") == f"{hour}-{hour + 1}"


def cell(total: int, at: tuple[int, int], *, most: int, view: View, language: str) -> html.A:
    """Return one hour of one day of the week; a click filters, a second one takes it back."""
    day, hour = at
    on = chosen(view, day, hour)
    here: dict[str, object] = (
        {"weekday": [], "hours": None} if on else {"weekday": [str(day)], "hours": f"{hour}-{hour + 1}"}
    )
    said = say("hours_cell", language, day=say(f"weekday_{day}", language), hour=hour, next=hour + 1, n=f"{total:,}")
    look = f"cell shade-{shade(total, most)}{' is-on' if on else ''}"
    return html.A(className=look, href=address(view, **here), title=said, **aria(label=said, current=str(on).lower()))


def draw(found: dict[str, Any] | None, language: str) -> list[Component]:
    """Return the hours above, and a row for each day; behind the rows, what the colours mean, the most first."""
    if not found:
        return []
    if found.get("error"):
        return [failed(found["error"], language)]
    view, totals = found["view"], found["totals"]
    most = max(map(max, totals))
    parts: list[Component] = [html.Span()]
    parts += [html.Small(hour if hour % EVERY == 0 else "") for hour in range(DAY_HOURS)]
    parts.append(html.Small(say("hours_key", language), className="key"))
    for day, row in enumerate(totals, start=1):
        parts.append(html.Small(say(f"weekday_{day}", language), className="day"))
        parts += [cell(total, (day, hour), most=most, view=view, language=language) for hour, total in enumerate(row)]
        parts.append(key(len(totals) - day, most))
    return parts


def register(app: Dash, city: City) -> None:
    """Wire the panel: what moves, what it moves."""
    del city
    paint(app, Ids.BODY, draw, Input(Store.HOURS, "data"), Input(Store.LANGUAGE, "data"))
