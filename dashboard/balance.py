"""Where every incident of a unit and a period is, in one line whose numbers add up."""

from dash import html

from dashboard.parts import aria
from dashboard.state import Picture, address
from dashboard.words import say


def balance(picture: Picture, language: str) -> html.P:
    """Return shown + unplaced + filtered out = all; what is unplaced is the way to its list, and back.

    On the lowest level there is nothing to be placed in: all that a unit has is shown.
    """
    view, numbers = picture["view"], picture["summary"]
    lowest = not picture["unit"]["children"]
    total, unplaced = numbers["total"], 0 if lowest else numbers["unplaced"]
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
    between = [] if lowest and not on else ["+", link if unplaced or on else html.Span(text)]
    return html.P(
        [
            html.Span(say("balance_shown", language, n=f"{total - unplaced:,}")),
            *between,
            "+",
            html.Span(say("balance_out", language, n=f"{every - total:,}")),
            html.Span(f"= {say('balance_all', language, n=f'{every:,}')}"),
        ],
        className="balance",
    )
