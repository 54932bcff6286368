"""How a number changed against another period, as it is written: an arrow, per cent or points, and both numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dash import html

from dashboard.measuring import written
from dashboard.state import Picture
from dashboard.words import say
from layers import periods
from layers.indicators import PER_CENT, Indicator

ARROWS = {1: "▲", -1: "▼", 0: "="}
MINUS = "\u2212"


@dataclass(frozen=True)
class Change:
    """A value in both periods; none is unknown."""

    now: float | None
    then: float | None

    @property
    def difference(self) -> float | None:
        """How much more there is now."""
        return None if self.now is None or self.then is None else self.now - self.then


def against(picture: Picture, language: str) -> str:
    """Return the days compared with, in words; an empty text where nothing is."""
    compared = picture.get("compared")
    if not compared:
        return ""
    then, how = compared["unit"]["then"], picture["view"]["against"]
    key = f"against_{how}" if how in periods.WAYS else "compare_with"
    return f"{say(key, language)} {then['since'][:10]} – {last_day(then)}"


def last_day(then: dict[str, Any]) -> str:
    """Return the last day of a compared period, which an address says by the day after it."""
    until = str(then["until"])
    return until[:10] if "T" in until else (date.fromisoformat(until) - timedelta(days=1)).isoformat()


def arrow(  # noqa: PLR0913 - what a change is, and how it is written
    change: Change, indicator: Indicator, language: str, *, full: bool = False, good: bool = False, by: bool = False
) -> html.Span:
    """Return a change: per cent of counts, points of shares; in full with the difference, else in the tooltip.

    `by` how much it is stands there instead of per cent, where that is what rows are ordered by.
    """
    moved = change.difference
    if moved is None:
        return html.Span("—", className="change", title=say("against_unknown", language))
    share = indicator.unit == PER_CENT
    # Points are written with one digit: what is nothing there has no direction either.
    seen = round(moved, 1) if share else moved
    sign = (seen > 0) - (seen < 0)
    # More is better of shares and of what is `good`, less of everything else.
    look = "is-same" if not sign else "is-better" if (sign > 0) == (share or good) else "is-worse"
    signed = ("+" if sign > 0 else MINUS if sign else "") + written(abs(moved), indicator, language)
    percent = "" if by else relative(change, language)
    size = say("points", language, n=f"{abs(moved):.1f}") if share else percent or signed
    title = f"{written(change.then, indicator, language)} → {written(change.now, indicator, language)} ({signed})"
    parts: list[html.I | str] = [html.I(ARROWS[sign]), f" {size}", *([f" ({signed})"] if full and not share else [])]
    return html.Span(parts, className=f"change {look}", title=title)


def relative(change: Change, language: str) -> str:
    """Return a change in per cent of what there was; of nothing there is no share."""
    if not change.then:
        return say("against_new", language) if change.now else "0%"
    moved = abs(100 * ((change.now or 0) - change.then) / change.then)
    return f"{moved:.0f}%" if moved >= 10 else f"{moved:.1f}%"  # noqa: PLR2004 - two digits are enough
