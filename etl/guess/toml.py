"""Guesses as TOML: the reason above each key, so that a person can correct both."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from etl.guess.guess import Guess

WIDTH = 118
BARE = re.compile(r"^[A-Za-z0-9_-]+$")
INLINE = 100
"""Characters that a table of words may have to stay on its line."""


def document(parts: Mapping[str, Mapping[str, Guess]], *, head: list[str]) -> str:
    """Return a file: its head, the keys of part "", then a table for each other part."""
    lines = list(head)
    for name, entries in parts.items():
        if not entries:
            continue
        lines += ["", f"[{name}]"] if name else [""]
        tables = {key: guess for key, guess in entries.items() if _long(guess)}
        for key, guess in entries.items():
            if key not in tables:
                lines += [*comment(guess), _line(key, guess.value, off=guess.off)]
        for key, guess in tables.items():
            lines += ["", *comment(guess), *_table(f"{name}.{_key(key)}", guess.value)]
    return "\n".join(lines) + "\n"


def comment(guess: Guess) -> Iterator[str]:
    """Yield a guess's reason as comments."""
    if guess.why:
        yield from told(guess.why if guess.sure == "sure" else f"{guess.sure}: {guess.why}")


def told(text: str) -> list[str]:
    """Return a text as comments, whatever it quotes from a file."""
    return textwrap.wrap(clean(text), WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def clean(text: str) -> str:
    """Return a text without what no comment and no terminal should get to see."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def value(given: Any) -> str:  # noqa: ANN401 - any value of a pack
    """Return a value as TOML spells it."""
    if isinstance(given, dict):
        return "{ " + ", ".join(f"{_key(key)} = {value(item)}" for key, item in given.items()) + " }"
    if isinstance(given, list | tuple):
        return "[" + ", ".join(value(item) for item in given) + "]"
    return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(guess: Guess) -> bool:
    return isinstance(guess.value, dict) and not guess.off and len(value(guess.value)) > INLINE


def _table(name: str, entries: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table line by line, the tables within it below."""
    yield f"[{name}]"
    within = {key: item for key, item in entries.items() if isinstance(item, dict)}
    for key, item in entries.items():
        if key not in within:
            yield _line(key, item)
    for key, item in within.items():
        yield from _table(f"{name}.{_key(key)}", item)


def _line(key: str, given: Any, *, off: bool = False) -> str:  # noqa: ANN401 - any value of a pack
    return f"{'# ' if off else ''}{_key(key)} = {value(given)}"


def _key(name: str) -> str:
    return name if BARE.match(name) else value(name)
