"""What stands on the polygons of a printed map: names with values, and layers that leave these to be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from dashboard.symbols import SHAPES
from dashboard.takeaway.drawing import Area
from dashboard.takeaway.overlays import Overlay
from dashboard.takeaway.paper import LINE, TEXT, Box, Paper, Spot, dark, rgb
from dashboard.takeaway.signs import Sign

ASIDE = 4.2
"""Millimetres by which the discs of two layers step aside, so that neither covers the other."""
STROKE, FILLED = 0.5, 0.45
"""Millimetres of lines and edges; how much of a polygon's colour is seen, so that the unit below shows."""
DASHES = {"dashed": (1.5, 1.1), "dotted": (0.15, 1.1)}
"""Millimetres of ink and gap."""


@dataclass(frozen=True)
class Label:
    """A unit's name and value, and the room they take."""

    area: Area
    at: tuple[float, float]
    box: Box


def labels(paper: Paper, areas: Sequence[Area], spot: Spot) -> list[Label]:
    """Return the labels for which there is room, those of the greatest values first, none over another."""
    found: list[Label] = []
    paper.letters(8)
    high = paper.pdf.font_size * 1.15
    for area in sorted(areas, key=lambda area: -(area.value or 0)):
        wide = max(paper.pdf.get_string_width(text) for text in (area.name, area.text)) + 1
        west, south, east, north = area.shape.bounds
        x, y = spot.of(*area.at)
        box = (x - wide / 2, y - high, x + wide / 2, y + high)
        room = (east - west) * spot.scale > wide * 0.9 and (north - south) * spot.scale > high * 1.6
        if room and not any(_clash(box, label.box) for label in found):
            found.append(Label(area, (x, y), box))
    return found


def write(paper: Paper, labels: Sequence[Label]) -> None:
    """Write the labels."""
    pdf = paper.pdf
    paper.letters(8)
    high = pdf.font_size * 1.15
    for label in labels:
        pdf.set_text_color(*rgb("#ffffff" if dark(label.area.colour) else TEXT))
        x, y = label.at
        for text, below in ((label.area.name, -0.15), (label.area.text, 0.95)):
            paper.write(x - pdf.get_string_width(text) / 2, y + below * high, text)


def over(paper: Paper, overlays: Sequence[Overlay], spot: Spot, labels: Sequence[Label]) -> None:
    """Draw layers: lines and polygons as they are, points in their signs, and discs with counts where they are many."""
    counted = [overlay for overlay in overlays if overlay.counted]
    for overlay in overlays:
        aside = ASIDE * paper.scale * (counted.index(overlay) - (len(counted) - 1) / 2) if overlay in counted else 0
        for mark in overlay.marks:
            if mark.sign is not None and mark.sign.geometry != "point":
                outline(paper, mark.place, spot, mark.sign)
                continue
            x, y = spot.of(mark.place.centroid.x, mark.place.centroid.y)
            if mark.sign is not None:
                point(paper, (x, y), mark.sign)
            else:
                # A count stands for an area and may move; a single feature is where it is.
                count = f"{mark.count:,}"
                disc(paper, _clear(x + aside, y, reach(paper, count), labels), count, overlay.colour)


def disc(paper: Paper, at: tuple[float, float], count: str, colour: str) -> None:
    """Draw a disc that says how many points it stands for."""
    pdf, (x, y) = paper.pdf, at
    pdf.set_fill_color(*rgb(colour))
    pdf.set_draw_color(*rgb(TEXT))
    pdf.set_line_width(0.1)
    pdf.circle(x, y, reach(paper, count), style="DF")
    paper.letters(4.5, bold=True, colour=TEXT)
    paper.write(x - pdf.get_string_width(count) / 2, y + 0.3 * pdf.font_size, count)


def point(paper: Paper, at: tuple[float, float], sign: Sign) -> None:
    """Draw a single point in its shape."""
    pdf, (x, y), radius = paper.pdf, at, sign.radius * paper.scale
    pdf.set_fill_color(*rgb(sign.colour))
    pdf.set_draw_color(*rgb(TEXT if sign.hollow else LINE))
    pdf.set_line_width(0.15)
    style = "D" if sign.hollow else "DF"
    if corners := SHAPES[sign.shape]:
        pdf.polygon([(x + dx * radius, y + dy * radius) for dx, dy in corners], style=style)
    else:
        pdf.circle(x, y, radius, style=style)


def outline(paper: Paper, shape: BaseGeometry, spot: Spot, sign: Sign) -> None:
    """Draw a line or a polygon with its stroke."""
    dash = DASHES.get(sign.shape)
    if sign.geometry == "polygon":
        paper.shape(
            shape, spot, fill=sign.colour, line=sign.colour, width=STROKE * paper.scale, opacity=FILLED, dash=dash
        )
    else:
        paper.line(shape, spot, line=sign.colour, width=STROKE * paper.scale, dash=dash)


def reach(paper: Paper, count: str) -> float:
    """Return the radius of a disc, which grows with its letters: those of a larger paper are larger."""
    digits = sum(letter.isdigit() for letter in count)
    return (1.3 + 0.5 * max(digits - 1, 0)) * paper.scale


def _clear(x: float, y: float, radius: float, labels: Sequence[Label]) -> tuple[float, float]:
    """Return the nearest place above or below the label that a disc would cover."""
    room = radius + 0.2
    for label in labels:
        west, top, east, bottom = label.box
        if _clash((x - room, y - room, x + room, y + room), (west, top, east, bottom)):
            return x, (top - room if y < (top + bottom) / 2 else bottom + room)
    return x, y


def _clash(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
