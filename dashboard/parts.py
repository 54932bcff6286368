"""Small parts that several panels are made of."""

from typing import Any

from dash import html

from dashboard.words import say

DOWN, BACK, ON = " \u203a ", "\u2039 ", " \u203a"
"""The angles between the steps of a way, before the way back, and after the way on."""


def aria(**said: str) -> dict[str, Any]:
    """Return what a screen reader is told: `aria(label="…")`."""
    return {f"aria-{name}": value for name, value in said.items()}


def data(**said: str) -> dict[str, Any]:
    """Return attributes for our own scripts: `data(covers="left")`."""
    return {f"data-{name}": value for name, value in said.items()}


def toggle(  # noqa: PLR0913 - what a link says, does and looks like
    parts: list[Any] | str, *, href: str, on: bool, role: str, look: str, title: str | None = None
) -> html.A:
    """Return a link to the view in which something is switched over, told to screen readers as what it looks like."""
    state = f"{look} is-on" if on else look
    return html.A(parts, href=href, role=role, className=state, title=title, **aria(checked=str(on).lower()))


def choices(options: list[html.A], label: str) -> html.Div:
    """Return links of which one is always chosen."""
    return html.Div(options, role="radiogroup", className="choices", **aria(label=label))


def failed(message: str, language: str) -> html.P:
    """Return why a chart shows nothing, and the way to ask again."""
    again = html.Button(say("retry", language), className="action", **data(again="yes"))
    return html.P([f"{say('error', language)}: {message} ", again], role="alert", className="chart-trouble")


def skeleton(lines: int) -> list[html.Div]:
    """Return what stands for text that is still on its way."""
    return [html.Div(className="skeleton line") for _ in range(lines)]
