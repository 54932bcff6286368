"""A guess: a value, why, and how sure."""

from dataclasses import dataclass
from typing import Any, Literal

Sure = Literal["sure", "likely", "unsure"]


@dataclass(frozen=True)
class Guess:
    """What a key could say; `off` writes it as a comment, for a person to switch on."""

    value: Any
    why: str = ""
    sure: Sure = "sure"
    off: bool = False


def plain(entries: dict[str, Guess]) -> dict[str, Any]:
    """Return what the guesses say together."""
    return {name: guess.value for name, guess in entries.items() if not guess.off}
