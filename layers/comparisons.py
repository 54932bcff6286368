"""Conditions on fields as the database takes them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Double, Integer, case, cast, literal, or_, select

from layers import lookup
from layers.clauses import Clause, Field, Term, fields, instant
from layers.model import Status, category, feature, incident, source
from layers.pack import City
from layers.words import status_code

NUMBER = r"^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$"
"""What a text must look like to be compared as a number; others are no number, and fit nothing."""
INTEGERS = 2**31
STORED = "%Y-%m-%dT%H:%M:%SZ"
"""How attributes that are times are kept."""
FOUND: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
}


def holding(clauses: Iterable[Clause], city: City) -> list[ColumnElement[bool]]:
    """Return a condition for each clause."""
    known = fields(city)
    return [or_(*(_holds(term, known[term.field], city) for term in clause)) for clause in clauses]


def _holds(term: Term, asked: Field, city: City) -> ColumnElement[bool]:
    column = _column(asked)
    match term.comparison:
        case "empty":
            return column.is_(None)
        case "filled":
            return column.is_not(None)
        case "has":
            return or_(*(lookup.anywhere(column, value) for value in term.values))
        case "eq":
            return column.in_(_wanted(term, asked, city))
        case "ne":
            # What is unknown is not the value either.
            return column.is_(None) | column.not_in(_wanted(term, asked, city))
        case _:
            return FOUND[term.comparison](column, _bound(term.values[0], asked, city))


def _column(asked: Field) -> ColumnElement[Any]:
    table = incident if asked.layer is None else feature
    if asked.name in table.c:
        column: ColumnElement[Any] = table.c[asked.name]
        return column
    if asked.layer is None and f"{asked.name}_id" in table.c:
        return table.c[f"{asked.name}_id"]
    text = table.c.attributes[asked.name].astext
    return case((text.regexp_match(NUMBER), cast(text, Double))) if asked.kind == "number" else text


def _wanted(term: Term, asked: Field, city: City) -> Any:  # noqa: ANN401 - a list, or a question
    if asked.layer is None and asked.name == "category":
        codes = sorted(set[str]().union(*(city.branch(code) for code in term.values)))
        return select(category.c.id).where(category.c.code.in_(codes))
    if asked.layer is None and asked.name == "source":
        return select(source.c.id).where(source.c.code.in_(term.values))
    if asked.layer is None and asked.name == "status":
        return [int(status) for status in Status if status_code(status) in term.values]
    return [_number(value) for value in term.values] if asked.kind == "number" else list(term.values)


def _bound(value: str, asked: Field, city: City) -> Any:  # noqa: ANN401 - a number, an instant or its text
    if asked.kind == "number":
        return _number(value)
    at = instant(value, city)
    return at if asked.layer is None and asked.name in incident.c else at.astimezone(UTC).strftime(STORED)


def _number(value: str) -> ColumnElement[Any]:
    found = float(value)
    # Beside a column of integers the planner knows how many rows an integer leaves, and of no other number.
    whole = found.is_integer() and abs(found) < INTEGERS
    return literal(int(found), Integer) if whole else literal(found, Double)
