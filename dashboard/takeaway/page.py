"""The map on one page, drawn as lines and letters: what it shows, what its colours mean, and what it was made from."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, cast

from fpdf.enums import MethodReturnValue
from shapely.geometry import box

from dashboard.takeaway import key
from dashboard.takeaway.drawing import Drawing, Look, drawn
from dashboard.takeaway.marks import labels, limit, over, write
from dashboard.takeaway.names import ends
from dashboard.takeaway.notes import Note, conditions, moment, origins
from dashboard.takeaway.paper import DIM, LINE, TEXT, Paper, Spot, rgb
from dashboard.takeaway.tables import Order
from dashboard.takeaway.titles import told
from dashboard.words import say

MARGIN, SIDE, GAP = 12.0, 66.0, 6.0
"""Millimetres: around the page, the column beside the map, between the two."""
KILOMETRE = 1000
SIZES = (8, 7, 6, 5)
"""Points: of the letters of notes, the largest that fit."""
KEYS = (1.0, 0.9, 0.8, 0.7)
"""How large the key is: as large as leaves room for the notes."""
BAR = 23.0
"""Millimetres that the scale bar takes, with the room around it."""
LEADING, PARAGRAPH = 1.35, 0.85
"""Of the letters' height, between lines; millimetres a point, between notes."""


def page(order: Order, *, look: Look, size: str) -> Iterator[bytes]:
    """Return the page as PDF."""
    paper = Paper(size)
    drawing = drawn(order, look)
    yield b""
    pdf = paper.pdf
    heading = f"{_name(order)} · {look.indicator.title.text(order.language)}"
    pdf.set_title(heading)
    pdf.set_lang("zh-CN" if order.language == "zh" else "en")
    paper.letters(17, bold=True)
    paper.write(MARGIN, MARGIN + 6, heading)
    paper.letters(9.5, colour=DIM)
    paper.write(MARGIN, MARGIN + (14 if paper.large else 12), when(order))
    right = pdf.w - MARGIN - SIDE
    spot = Spot(drawing.bounds, (MARGIN, MARGIN + 18, right - GAP, pdf.h - MARGIN))
    for area in drawing.areas:
        paper.shape(area.shape, spot, fill=area.colour, line=LINE, width=0.25)
    for area in drawing.areas:
        if area.code == drawing.chosen:
            paper.shape(area.shape, spot, fill=None, line="#0b7f99", width=0.8)
    yield b""
    for edge in drawing.limits:
        limit(paper, edge.boundary.intersection(box(*spot.shown)), spot)
    named = labels(paper, drawing.areas, spot)
    over(paper, drawing.overlays, spot, named)
    yield b""
    covered = drawing.limits or any(over.strokes for over in drawing.overlays)
    write(paper, named, backed=bool(covered))
    column(paper, drawing, order, look=look, spot=spot)
    yield bytes(pdf.output())


def column(paper: Paper, drawing: Drawing, order: Order, *, look: Look, spot: Spot) -> None:
    """Write what stands beside the map: legend, north and scale, filters, sources, notice."""
    pdf, language = paper.pdf, order.language
    left, y = pdf.w - MARGIN - SIDE, MARGIN + 2.0
    north(paper, left + SIDE - 6, y)
    paper.letters(10, bold=True)
    y += 6
    pdf.set_xy(left, y - 3)
    pdf.multi_cell(SIDE - 14, pdf.font_size * 1.25, look.indicator.title.text(language), align="L", padding=0)
    y = pdf.get_y() + 4
    paper.letters(8, colour=DIM)
    levels = [order.city.levels[order.rank].title.text(language)] if order.rank else []
    paper.write(left, y, " · ".join([look.indicator.unit.text(language), *levels]))
    said = told_of(order, look)
    room, needed = pdf.h - MARGIN / 2 - BAR - y, least(paper, said)
    sizes = [key.rows(paper, drawing, look, language=language, across=(left, left + SIDE, size)) for size in KEYS]
    beside = next((rows for rows in sizes if key.height(rows) + needed < room), None)
    rows = beside or next((rows for rows in sizes if key.height(rows) < room), sizes[-1])
    y, wide = scale_bar(paper, left, key.draw(rows, y) + BAR - 9, spot) + 9, SIDE
    if beside is None:
        # Of many layers the key alone fills the column.
        pdf.add_page()
        left, wide, y = MARGIN, pdf.w - 2 * MARGIN, MARGIN + 6
    notes(paper, said, (left, y), wide)


def least(paper: Paper, said: Sequence[Note]) -> float:
    """Return the least room that notes take."""
    paper.letters(SIZES[-1])
    return sum(tall(paper, text, SIDE) + PARAGRAPH * SIZES[-1] for _, text in said)


def tall(paper: Paper, text: str, wide: float) -> float:
    """Return how high a text becomes in the chosen letters."""
    ruled: dict[str, Any] = {"align": "L", "padding": 0, "output": MethodReturnValue.HEIGHT, "dry_run": True}
    return float(cast("float", paper.pdf.multi_cell(wide, paper.pdf.font_size * LEADING, text, **ruled)))


def notes(paper: Paper, said: Sequence[Note], at: tuple[float, float], wide: float) -> None:
    """Write labels and texts below one another, in letters as large as the page has room for."""
    pdf, (left, top) = paper.pdf, at
    for size in SIZES:
        paper.letters(size)
        y = top + sum(tall(paper, text, wide) + PARAGRAPH * size for _, text in said)
        if y < pdf.h - MARGIN / 2:
            break
    y = top
    for label, text in said:
        paper.letters(size, bold=True)
        paper.write(left, y, label)
        paper.letters(size)
        pdf.set_xy(left, y + 0.12 * size)
        pdf.multi_cell(wide, pdf.font_size * LEADING, text, align="L", padding=0)
        y = pdf.get_y() + (PARAGRAPH - 0.12) * size


def told_of(order: Order, look: Look) -> list[Note]:
    """Return what must be known of the map, in words."""
    language, city = order.language, order.city
    sources = [spec.id for spec in city.sources.values() if spec.feeds == "incidents" or spec.feeds in look.layers]
    found = [
        (told("definition", language), look.indicator.formula.text(language)),
        *conditions(order),
        (told("made_at", language), f"{moment(order.now, city.time_zone)} ({city.spec.time_zone})"),
        (told("sources", language), "\n".join(text for _, text in origins(order, sources))),
        (told("projection", language), told("projection_said", language)),
    ]
    if city.spec.generated:
        found.append((told("generated", language), city.spec.generated.text(language)))
    return found


def scale_bar(paper: Paper, x: float, y: float, spot: Spot) -> float:
    """Draw a round number of metres as long as it is on the map; return where it ends."""
    pdf, most = paper.pdf, SIDE * 0.6 / spot.scale
    power = 10 ** math.floor(math.log10(most))
    metres = next(step for step in (5 * power, 2 * power, power) if step <= most)
    wide = metres * spot.scale
    pdf.set_draw_color(*rgb(TEXT))
    pdf.set_line_width(0.35)
    for start, end in (((x, y), (x + wide, y)), ((x, y - 1.6), (x, y)), ((x + wide, y - 1.6), (x + wide, y))):
        pdf.line(*start, *end)
    paper.letters(8.5)
    said = f"{metres / KILOMETRE:g} km" if metres >= KILOMETRE else f"{metres:g} m"
    paper.write(x, y - 2.6, "0")
    paper.write(x + wide - pdf.get_string_width(said) / 2, y - 2.6, said)
    return y


def north(paper: Paper, x: float, y: float) -> None:
    """Draw an arrow that points north, which is up."""
    paper.pdf.set_fill_color(*rgb(TEXT))
    paper.pdf.polygon([(x, y), (x + 2.6, y + 8), (x, y + 6.2), (x - 2.6, y + 8)], style="F")
    paper.letters(9, bold=True)
    paper.write(x - paper.pdf.get_string_width("N") / 2, y + 12.5, "N")


def when(order: Order) -> str:
    """Return the first and last day of the filter."""
    days = ends(order)
    if not any(days):
        return say("all_long", order.language).capitalize()
    return " – ".join(f"{day:%Y-%m-%d}" if day else "…" for day in days)


def _name(order: Order) -> str:
    return (order.language == "en" and order.of.name_en) or order.of.name
