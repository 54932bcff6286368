"""The map on one page, drawn as lines and letters: what it shows, what its colours mean, and what it was made from."""

import math
from collections.abc import Iterator, Sequence

from fpdf import FPDF
from fpdf.enums import IntersectionRule
from shapely.geometry.base import BaseGeometry

from dashboard.takeaway import fonts
from dashboard.takeaway.drawing import Area, Drawing, drawn
from dashboard.takeaway.names import period
from dashboard.takeaway.notes import Note, conditions, moment, origins
from dashboard.takeaway.tables import Order
from dashboard.takeaway.titles import told
from dashboard.words import say
from layers.indicators import COUNT

MARGIN, SIDE, GAP = 12.0, 66.0, 6.0
"""Millimetres: around the page, the column beside the map, between the two."""
TEXT, DIM, LINE = "#132231", "#5c7287", "#ffffff"
KILOMETRE = 1000
Box = tuple[float, float, float, float]


class Paper:
    """A landscape page with its fonts, measured in millimetres from the top left."""

    def __init__(self, size: str) -> None:
        """Open a page, A4 or A3."""
        latin, bold, chinese = fonts.found()
        self.pdf = FPDF(orientation="landscape", unit="mm", format=size)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.c_margin = 0
        self.pdf.add_font("latin", fname=latin)
        self.pdf.add_font("latin", "B", fname=bold)
        self.pdf.add_font("chinese", fname=chinese)
        self.pdf.add_font("chinese", "B", fname=chinese)
        self.pdf.add_page()
        self.large = size == "a3"

    def letters(self, size: float, *, bold: bool = False, colour: str = TEXT) -> None:
        """Choose how the next text looks; a larger page has larger letters."""
        self.pdf.set_font("latin", "B" if bold else "", size * (1.3 if self.large else 1))
        self.pdf.set_fallback_fonts(["chinese"], exact_match=False)
        self.pdf.set_text_color(*_rgb(colour))

    def write(self, x: float, y: float, text: str) -> None:
        """Write a line that stands at y; only cells look into the other font for letters that the first lacks."""
        high = self.pdf.font_size
        self.pdf.set_xy(x, y - 0.8 * high)
        self.pdf.cell(0, high, text)
        # A cell that borrowed letters leaves the page without a font for what follows: choose it anew.
        style = self.pdf.font_style
        self.pdf.set_font(style="" if style else "B")
        self.pdf.set_font(style=style)

    def shape(self, shape: BaseGeometry, spot: "Spot", *, fill: str | None, line: str, width: float) -> None:
        """Draw a polygon with its holes."""
        with self.pdf.new_path() as path:
            path.style.fill_color = fill
            path.style.stroke_color = line
            path.style.stroke_width = width
            path.style.intersection_rule = IntersectionRule.EVENODD
            for part in getattr(shape, "geoms", [shape]):
                for ring in (part.exterior, *part.interiors):
                    (x, y), *rest = (spot.of(*point[:2]) for point in ring.coords[:-1])
                    path.move_to(x, y)
                    for place in rest:
                        path.line_to(*place)
                    path.close()


class Spot:
    """Where a place lies on the paper: the drawing fills its frame and stays in proportion."""

    def __init__(self, bounds: Box, frame: Box) -> None:
        """Fit metres into millimetres."""
        west, south, east, north = bounds
        left, top, right, bottom = frame
        self.scale = min((right - left) / (east - west), (bottom - top) / (north - south))
        """Millimetres on paper for a metre on the ground."""
        self.x = (left + right - (west + east) * self.scale) / 2
        self.y = (top + bottom + (south + north) * self.scale) / 2

    def of(self, east: float, north: float) -> tuple[float, float]:
        """Return the place on paper."""
        return self.x + east * self.scale, self.y - north * self.scale


def page(order: Order, *, method: str, size: str) -> Iterator[bytes]:
    """Return the page as PDF."""
    paper = Paper(size)
    drawing = drawn(order, method)
    yield b""
    pdf = paper.pdf
    heading = f"{_name(order)} · {COUNT.title.text(order.language)}"
    pdf.set_title(heading)
    pdf.set_lang("zh-CN" if order.language == "zh" else "en")
    paper.letters(17, bold=True)
    paper.write(MARGIN, MARGIN + 6, heading)
    paper.letters(9.5, colour=DIM)
    paper.write(MARGIN, MARGIN + (14 if paper.large else 12), period(order).replace("-", " – "))
    right = pdf.w - MARGIN - SIDE
    spot = Spot(drawing.bounds, (MARGIN, MARGIN + 18, right - GAP, pdf.h - MARGIN))
    for area in drawing.areas:
        paper.shape(area.shape, spot, fill=area.colour, line=LINE, width=0.25)
    for area in drawing.areas:
        if area.code == drawing.chosen:
            paper.shape(area.shape, spot, fill=None, line="#0b7f99", width=0.8)
    yield b""
    labels(paper, drawing.areas, spot)
    column(paper, drawing, order, spot=spot)
    yield bytes(pdf.output())


def labels(paper: Paper, areas: Sequence[Area], spot: Spot) -> None:
    """Write names and numbers where there is room, the greatest first, none over another."""
    pdf, taken = paper.pdf, list[Box]()
    paper.letters(8)
    high = pdf.font_size * 1.15
    for area in sorted(areas, key=lambda area: -area.total):
        number = f"{area.total:,}"
        wide = max(pdf.get_string_width(area.name), pdf.get_string_width(number)) + 1
        west, south, east, north = area.shape.bounds
        x, y = spot.of(*area.at)
        box = (x - wide / 2, y - high, x + wide / 2, y + high)
        room = (east - west) * spot.scale > wide * 0.9 and (north - south) * spot.scale > high * 1.6
        if not room or any(_clash(box, other) for other in taken):
            continue
        taken.append(box)
        pdf.set_text_color(*_rgb("#ffffff" if _dark(area.colour) else TEXT))
        for text, below in ((area.name, -0.15), (number, 0.95)):
            paper.write(x - pdf.get_string_width(text) / 2, y + below * high, text)


def column(paper: Paper, drawing: Drawing, order: Order, *, spot: Spot) -> None:
    """Write what stands beside the map: legend, north and scale, filters, sources, notice."""
    pdf, language = paper.pdf, order.language
    left, y = pdf.w - MARGIN - SIDE, MARGIN + 2.0
    north(paper, left + SIDE - 6, y)
    paper.letters(10, bold=True)
    y += 6
    paper.write(left, y, COUNT.title.text(language))
    paper.letters(8.5)
    for item, colour in zip(drawing.classes, drawing.colours, strict=True):
        y += 6
        pdf.set_fill_color(*_rgb(colour))
        pdf.set_draw_color(*_rgb("#8ba3b8"))
        pdf.set_line_width(0.1)
        pdf.rect(left, y - 3.2, 8, 4.2, style="DF")
        span = f"{item.low:,}" if item.low == item.high else f"{item.low:,}–{item.high:,}"
        key = "one_unit_in_class" if item.units == 1 else "units_in_class"
        paper.write(left + 11, y, span)
        paper.write(left + 38, y, say(key, language, n=item.units))
    y = scale_bar(paper, left, y + 14, spot) + 9
    for label, text in told_of(order):
        paper.letters(8, bold=True)
        paper.write(left, y, label)
        paper.letters(8)
        pdf.set_xy(left, y + 1)
        pdf.multi_cell(SIDE, pdf.font_size * 1.35, text, align="L", padding=0)
        y = pdf.get_y() + 6


def told_of(order: Order) -> list[Note]:
    """Return what must be known of the map, in words."""
    language, city = order.language, order.city
    sources = [spec.id for spec in city.sources.values() if spec.feeds == "incidents"]
    found = [
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
    pdf.set_draw_color(*_rgb(TEXT))
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
    paper.pdf.set_fill_color(*_rgb(TEXT))
    paper.pdf.polygon([(x, y), (x + 2.6, y + 8), (x, y + 6.2), (x - 2.6, y + 8)], style="F")
    paper.letters(9, bold=True)
    paper.write(x - paper.pdf.get_string_width("N") / 2, y + 12.5, "N")


def _name(order: Order) -> str:
    return (order.language == "en" and order.of.name_en) or order.of.name


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _dark(colour: str) -> bool:
    red, green, blue = _rgb(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue < 140  # noqa: PLR2004 - as labels.js has it


def _clash(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
