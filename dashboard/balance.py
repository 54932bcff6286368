"""Where every incident of a unit and a period is, in one line whose numbers add up."""

from dash import html

from dashboard.parts import aria
from dashboard.state import Picture, address
from dashboard.words import say


def balance(picture: Picture, language: str) -> html.P:
    """Return shown + unplaced + filtered out = all; what is unplaced is the way to its list, and back."""
    view, numbers = picture["view"], picture["summary"]
    total, unplaced = numbers["total"], numbers["unplaced"]
    # Asked a moment apart, so that a load may lie between them.
    every = max(picture["every"], total)
    on = bool(view.get("unplaced"))
    there = address(view, unplaced=None) if on else address(view, unplaced="1", strip="table")
    text = say("balance_unplaced", language, n=f"{unplaced:,}")
    link = html.A(
        text,
        href=there,
        className="action is-on" if on else "action",
        title=say("balance_back" if on else "balance_list", language),
        **aria(current=str(on).lower()),
    )
    return html.P(
        [
            html.Span(say("balance_shown", language, n=f"{total - unplaced:,}")),
            "+",
            link if unplaced or on else html.Span(text),
            "+",
            html.Span(say("balance_out", language, n=f"{every - total:,}")),
            html.Span(f"= {say('balance_all', language, n=f'{every:,}')}"),
        ],
        className="balance",
    )
