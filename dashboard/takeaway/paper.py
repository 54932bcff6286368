"""A page to draw on: letters in two scripts, polygons and lines, measured in millimetres from the top left."""

from fpdf import FPDF
from fpdf.enums import IntersectionRule
from shapely.geometry.base import BaseGeometry

from dashboard.takeaway import fonts

TEXT, DIM, LINE = "#132231", "#5c7287", "#ffffff"
Box = tuple[float, float, float, float]


class Paper:
    """A landscape page with its fonts."""

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
        self.scale = 1.3 if self.large else 1.0
        """How much larger letters and signs are than on A4."""

    def letters(self, size: float, *, bold: bool = False, colour: str = TEXT) -> None:
        """Choose how the next text looks; a larger page has larger letters."""
        self.pdf.set_font("latin", "B" if bold else "", size * self.scale)
        self.pdf.set_fallback_fonts(["chinese"], exact_match=False)
        self.pdf.set_text_color(*rgb(colour))

    def write(self, x: float, y: float, text: str) -> None:
        """Write a line that stands at y; only cells look into the other font for letters that the first lacks."""
        high = self.pdf.font_size
        self.pdf.set_xy(x, y - 0.8 * high)
        self.pdf.cell(0, high, text)
        # A cell that borrowed letters leaves the page without a font for what follows: choose it anew.
        style = self.pdf.font_style
        self.pdf.set_font(style="" if style else "B")
        self.pdf.set_font(style=style)

    def line(
        self, shape: BaseGeometry, spot: "Spot", *, line: str, width: float, dash: tuple[float, float] | None = None
    ) -> None:
        """Draw a line, or several."""
        self.pdf.set_draw_color(*rgb(line))
        self.pdf.set_line_width(width)
        with self.pdf.local_context(dash_pattern={"dash": dash[0], "gap": dash[1], "phase": 0} if dash else None):
            for part in getattr(shape, "geoms", [shape]):
                self.pdf.polyline([spot.of(*point[:2]) for point in part.coords])

    def shape(  # noqa: PLR0913 - all that a polygon's look is made of
        self,
        shape: BaseGeometry,
        spot: "Spot",
        *,
        fill: str | None,
        line: str,
        width: float,
        opacity: float = 1.0,
        dash: tuple[float, float] | None = None,
    ) -> None:
        """Draw a polygon with its holes."""
        with self.pdf.new_path() as path:
            path.style.fill_color = fill
            path.style.fill_opacity = opacity
            path.style.stroke_dash_pattern = dash
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
        left, top, right, bottom = self.frame = frame
        self.scale = min((right - left) / (east - west), (bottom - top) / (north - south))
        """Millimetres on paper for a metre on the ground."""
        self.x = (left + right - (west + east) * self.scale) / 2
        self.y = (top + bottom + (south + north) * self.scale) / 2

    def of(self, east: float, north: float) -> tuple[float, float]:
        """Return the place on paper."""
        return self.x + east * self.scale, self.y - north * self.scale

    @property
    def shown(self) -> Box:
        """West, south, east, north of what the frame has room for, in metres."""
        left, top, right, bottom = self.frame
        return (
            (left - self.x) / self.scale,
            (self.y - bottom) / self.scale,
            (right - self.x) / self.scale,
            (self.y - top) / self.scale,
        )


def rgb(colour: str) -> tuple[int, int, int]:
    """Return a colour as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def dark(colour: str) -> bool:
    """Tell whether letters on a colour should be white."""
    red, green, blue = rgb(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue < 140  # noqa: PLR2004 - as labels.js has it
