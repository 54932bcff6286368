"""The key of a printed map: what the colours of units, the layers over them and the signs of single features mean."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from shapely.geometry import LineString, box

from dashboard.classes import span
from dashboard.takeaway.drawing import NOTHING, Drawing, Look
from dashboard.takeaway.marks import disc, limit, outline, point
from dashboard.takeaway.overlays import Overlay
from dashboard.takeaway.paper import DIM, TEXT, Paper, Spot, rgb
from dashboard.takeaway.signs import Group, Sign
from dashboard.words import say

HERE = Spot((0, 0, 1, 1), (0, 0, 1, 1))
"""Millimetres of the page as they are, but for y, which grows upwards."""
SIGN = 6.5
"""Millimetres from a sign's left to its text."""


@dataclass(frozen=True)
class Row:
    """A line of the key: how high it is, and how it is drawn with its text at y."""

    height: float
    draw: Callable[[float], None]


def height(rows: Sequence[Row]) -> float:
    """Return how much room the rows take."""
    return sum(row.height for row in rows)


def draw(rows: Sequence[Row], top: float) -> float:
    """Draw the rows below one another; return where the last one stands."""
    y = top
    for row in rows:
        y += row.height
        row.draw(y)
    return y


def rows(paper: Paper, drawing: Drawing, look: Look, *, language: str, across: tuple[float, float, float]) -> list[Row]:
    """Return the key between two edges, `across`, all of it as large as its third part says."""
    left, right, size = across
    key = _Key(paper, language, left, right - left, size)
    found = [*key.classes(drawing, look)]
    if drawing.limits:
        found.append(key.limit())
    for overlay in drawing.overlays:
        found += key.overlay(overlay)
    if any(overlay.counted for overlay in drawing.overlays):
        found.append(key.text(say("n_of_many", language)))
    return found


@dataclass(frozen=True)
class _Key:
    paper: Paper
    language: str
    left: float
    wide: float
    size: float

    def classes(self, drawing: Drawing, look: Look) -> Iterator[Row]:
        """Yield a row for each class, and for units without a value."""
        for item, colour in zip(drawing.classes, drawing.colours, strict=True):
            yield self._class(colour, span(item, look.indicator.digits), item.units)
        if drawing.unknown:
            yield self._class(NOTHING, say("no_data", self.language), drawing.unknown)

    def limit(self) -> Row:
        """Return the row that says what the edge of an area that filters means."""

        def draw(y: float) -> None:
            middle = 1.1 * self.size - y
            limit(self.paper, LineString([(self.left, middle), (self.left + 8, middle)]), HERE)
            self.paper.letters(8.5 * self.size)
            self.paper.write(self.left + 11, y, say("limit", self.language))

        return Row(6 * self.size, draw)

    def overlay(self, overlay: Overlay) -> Iterator[Row]:
        """Yield a layer with the sign of all its features, or of many together; then what single ones mean."""
        title, sign = f"{overlay.title} · {overlay.total:,}", overlay.sign

        def draw(y: float) -> None:
            middle = (self.left + 2.4, y - 1.1 * self.size)
            if overlay.counted:
                disc(self.paper, middle, "n", overlay.colour)
            elif sign:
                self._sign(middle, sign)
            self.paper.letters(8.5 * self.size)
            self.paper.write(self.left + (SIGN if overlay.counted or sign else 0), y, title)

        yield Row(6 * self.size, draw)
        if overlay.level:
            yield self.text(say("counted_note", self.language, level=overlay.level.text(self.language).lower()))
        for group in overlay.key:
            yield self.text(group.title)
            yield from self._entries(group)

    def text(self, said: str) -> Row:
        """Return a row of dim letters."""

        def draw(y: float) -> None:
            self.paper.letters(7 * self.size, colour=DIM)
            self.paper.write(self.left, y, said)

        return Row(4.2 * self.size, draw)

    def _class(self, colour: str, text: str, units: int) -> Row:
        amount = say("units_in_class", self.language, n=f"{units:,}")

        def draw(y: float) -> None:
            pdf = self.paper.pdf
            pdf.set_fill_color(*rgb(colour))
            pdf.set_draw_color(*rgb("#8ba3b8"))
            pdf.set_line_width(0.1)
            pdf.rect(self.left, y - 3.2 * self.size, 8, 4.2 * self.size, style="DF")
            self.paper.letters(8.5 * self.size)
            self.paper.write(self.left + 11, y, text)
            self.paper.write(self.left + 42, y, amount)

        return Row(6 * self.size, draw)

    def _entries(self, group: Group) -> Iterator[Row]:
        """Yield signs with their texts, two or three beside one another where there is room."""
        self.paper.letters(7.5 * self.size)
        widest = max(SIGN + self.paper.pdf.get_string_width(text) + 3 for _, text in group.entries)
        beside = max(1, min(3, int(self.wide // widest)))
        reach = max(sign.radius if sign.geometry == "point" else 1.0 for sign, _ in group.entries) * self.paper.scale
        for at in range(0, len(group.entries), beside):
            yield Row(
                max(4.4 * self.size, 2 * reach + 0.6), self._line(group.entries[at : at + beside], self.wide / beside)
            )

    def _line(self, entries: Sequence[tuple[Sign, str]], wide: float) -> Callable[[float], None]:
        def draw(y: float) -> None:
            for at, (sign, text) in enumerate(entries):
                x = self.left + at * wide
                self._sign((x + 2.4, y - 1.0 * self.size), sign)
                self.paper.letters(7.5 * self.size, colour=TEXT)
                self.paper.write(x + SIGN, y, text)

        return draw

    def _sign(self, at: tuple[float, float], sign: Sign) -> None:
        x, y = at
        if sign.geometry == "point":
            point(self.paper, at, sign)
        elif sign.geometry == "line":
            outline(self.paper, LineString([(x - 2.4, 1 - y), (x + 2.4, 1 - y)]), HERE, sign)
        else:
            outline(self.paper, box(x - 2.2, 1 - y - 1.2, x + 2.2, 1 - y + 1.2), HERE, sign)
