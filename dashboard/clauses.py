"""Conditions on fields in words: `severity:ge:2|channel:eq:phone` is "Severity at least 2 or Channel is Phone"."""

from dashboard.words import say
from layers.clauses import EITHER, ORDER, Field, Term, fields, read
from layers.errors import OneMapError
from layers.pack import City

BETWEEN = {"zh": "、", "en": ", "}


def clause(said: str, city: City, language: str) -> str:
    """Return a clause as a person says it; one that nobody understands as it stands in the address."""
    try:
        terms = read("where", said, city)
    except OneMapError:
        return said
    known = fields(city)
    return f" {say('or', language)} ".join(_term(term, known[term.field], city, language) for term in terms)


def _term(term: Term, asked: Field, city: City, language: str) -> str:
    layer = f"{city.layers[asked.layer].title.text(language)} " if asked.layer else ""
    values = BETWEEN["en" if language == "en" else "zh"].join(
        asked.choices[value].text(language)
        if value in asked.choices
        else value.replace("T", " ")
        if asked.kind == "time"
        else whole(value)
        for value in term.values
    )
    return f"{layer}{asked.title.text(language)} {say(word(term, asked), language)} {values}".rstrip()


def whole(value: str) -> str:
    """Return a value that several may stand beside: one with a comma of its own is held together by quotes."""
    return f"“{value}”" if any(comma in value for comma in (",", "，", "、")) else value


def word(term: Term, asked: Field) -> str:
    """Return the key of the text for a comparison: times are earlier, not smaller."""
    if term.comparison in EITHER:
        return f"is_{term.comparison}"
    return f"{term.comparison}_time" if asked.kind == "time" and term.comparison in ORDER else term.comparison
