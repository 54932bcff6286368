"""What stands on the polygons of a printed map: names with values, and layers that leave these to be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import get_parts
from shapely.geometry.base import BaseGeometry

from dashboard.symbols import SHAPES
from dashboard.takeaway.apart import Disc, apart
from dashboard.takeaway.drawing import Area
from dashboard.takeaway.overlays import Overlay
from dashboard.takeaway.paper import LINE, TEXT, Box, Paper, Spot, dark, rgb
from dashboard.takeaway.signs import Sign

LIMIT = "#a05a00"
"""The colour of areas that filter: the amber of a light page, darker."""
STROKE, FILLED = 0.5, 0.45
"""Millimetres of lines and edges; how much of a polygon's colour is seen, so that the unit below shows."""
BACKED = 0.65
"""How much of that ground is seen, so that points below it still are."""
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


def write(paper: Paper, labels: Sequence[Label], *, backed: bool) -> None:
    """Write the labels; where lines may run below them, on ground of their unit's colour."""
    pdf = paper.pdf
    paper.letters(8)
    high = pdf.font_size * 1.15
    for label in labels:
        pdf.set_text_color(*rgb("#ffffff" if dark(label.area.colour) else TEXT))
        x, y = label.at
        if backed:
            west, top, east, bottom = label.box
            pdf.set_fill_color(*rgb(label.area.colour))
            with pdf.local_context(fill_opacity=BACKED):
                pdf.rect(west, top, east - west, bottom - top, style="F", round_corners=True, corner_radius=1)
        for text, below in ((label.area.name, -0.15), (label.area.text, 0.95)):
            paper.write(x - pdf.get_string_width(text) / 2, y + below * high, text)


def over(paper: Paper, overlays: Sequence[Overlay], spot: Spot, labels: Sequence[Label]) -> None:
    """Draw layers: lines and polygons as they are, points in their signs, and above them discs with counts."""
    counts: list[tuple[Overlay, str]] = []
    discs: list[Disc] = []
    singles: list[Box] = []
    for overlay in overlays:
        for mark in overlay.marks:
            if mark.sign is not None and mark.sign.geometry != "point":
                outline(paper, mark.place, spot, mark.sign)
                continue
            x, y = spot.of(mark.place.centroid.x, mark.place.centroid.y)
            if mark.sign is not None:
                point(paper, (x, y), mark.sign)
                radius = mark.sign.radius * paper.scale
                singles += [(x - radius, y - radius, x + radius, y + radius)] if overlay.incidents else []
            else:
                count = f"{mark.count:,}"
                counts.append((overlay, count))
                discs.append(Disc(x, y, reach(paper, count), first=overlay.incidents))
    # A count stands for an area and may move; a single feature is where it is.
    moved = apart(discs, [label.box for label in labels], singles, paper.scale)
    for at, (overlay, count) in zip(moved, counts, strict=True):
        disc(paper, (at.x, at.y), count, overlay.colour)


def limit(paper: Paper, edge: BaseGeometry, spot: Spot) -> None:
    """Draw the edge of an area that filters, as far as it is on the map: dashed, on white that no colour swallows."""
    parts = [part for part in get_parts(edge) if part.length]  # where it only touches the frame it has none
    for line, width, dash in (("#ffffff", 1.1, None), (LIMIT, 0.55, (2.2, 1.3))):
        for part in parts:
            paper.line(part, spot, line=line, width=width * paper.scale, dash=dash)


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


def _clash(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
