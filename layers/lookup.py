"""How keys and names are looked for: a key from its beginning, a name by any part of it."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, collate, func, null, or_
from sqlalchemy.dialects.postgresql import ARRAY


def spellings(text: str) -> list[str]:
    """Return a key as it was typed, and as it may be written."""
    return sorted({text, text.upper(), text.lower()})


def equal(key: ColumnElement[str], text: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a key is a text, answered from an index in the order of bytes."""
    return [collate(key, "C").in_(spellings(text))]


def beginning(key: ColumnElement[str], text: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a key begins with a text, answered from an index in the order of bytes."""
    return [or_(*(collate(key, "C").like(f"{_literal(spelling)}%") for spelling in spellings(text)))]


def holding(name: ColumnElement[Any], text: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a name holds a text.

    The letters of all names are an index: it knows at once which names have all of a text's, in whatever order. Words
    would not do, since Chinese is written without spaces.
    """
    lower = func.lower(name)
    letters = func.string_to_array(lower, null(), type_=ARRAY(Text))
    return [letters.contains(cast(sorted(set(text.lower())), ARRAY(Text))), lower.like(f"%{_literal(text.lower())}%")]


def anywhere(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Return the condition that a text holds words, whatever the case of their letters.

    Words without any, such as Chinese ones, are compared as they stand, which takes a tenth of the time.
    """
    cased = words.lower() != words.upper()
    return column.icontains(words, autoescape=True) if cased else column.contains(words, autoescape=True)


def _literal(text: str) -> str:
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return text
