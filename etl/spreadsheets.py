"""What a spreadsheet does to text that passes through it: it runs formulas, drops zeros, and rounds long numbers."""

import re
from decimal import Decimal

LIVE = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
"""What a formula begins with, in the wide forms that Chinese keyboards type too."""
NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?")
DIGITS = 15
"""How many of a number's digits a spreadsheet keeps."""


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs; numbers stay numbers."""
    return f"'{text}" if LIVE.match(text) and not NUMBER.fullmatch(text) else text


def restored(now: str, sent: str) -> str:
    """Return what was sent where a spreadsheet would have made of it what stands there now, else what stands there."""
    if now == guarded(sent) or _rounded(now, sent):
        return sent
    return now[1:] if now[:1] == "'" and LIVE.match(now[1:]) and not sent.startswith("'") else now


def _rounded(now: str, sent: str) -> bool:
    if not (NUMBER.fullmatch(now) and NUMBER.fullmatch(sent)):
        return False
    less, whole = Decimal(now), Decimal(sent)
    if less == whole:
        return True
    digits = len(less.normalize().as_tuple().digits)
    short = "e" in now.lower() or len(whole.as_tuple().digits) > DIGITS >= digits
    return short and less in {_to(whole, digits), _cut(whole, digits)}


def _to(number: Decimal, digits: int) -> Decimal:
    return Decimal(f"{number:.{digits - 1}E}")


def _cut(number: Decimal, digits: int) -> Decimal:
    sign, figures, exponent = number.as_tuple()
    return Decimal((sign, figures[:digits], int(exponent) + max(len(figures) - digits, 0)))
