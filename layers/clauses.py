"""Conditions on any field: every clause must hold, and of a clause one term is enough.

An address says `where=severity:ge:2&where=channel:eq:phone|address:has:广场`: two clauses, the second with two terms.
A term is a field, a comparison and a value, or several values with commas between them, any of which will do. Within a
value `%`, `|` and `,` are written `%25`, `%7C` and `%2C`. A field of incidents stands by itself, one of a layer's
features behind the layer's id: `cameras.status:eq:offline`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from urllib.parse import unquote

from layers import parameters
from layers.errors import FilterError, UnknownNameError
from layers.pack import City
from layers.parts import Title
from layers.words import STATUSES, status_code

Kind = Literal["text", "number", "time", "choice"]
Comparison = Literal["eq", "ne", "has", "lt", "le", "gt", "ge", "empty", "filled"]
FIND: tuple[Comparison, ...] = ("eq", "ne")
ORDER: tuple[Comparison, ...] = ("lt", "le", "gt", "ge")
EITHER: tuple[Comparison, ...] = ("empty", "filled")
COMPARISONS: Mapping[Kind, tuple[Comparison, ...]] = {
    "choice": (*FIND, *EITHER),
    "text": ("has", *FIND, *EITHER),
    "number": (*FIND, *ORDER, *EITHER),
    "time": (*ORDER, *EITHER),
}
"""What may be asked of each kind of field."""
OWN: Mapping[str, tuple[str, str, Kind]] = {
    "key": ("编号", "Number", "text"),
    "title": ("标题", "Title", "text"),
    "address": ("地址", "Address", "text"),
    "category": ("类别", "Category", "choice"),
    "status": ("状态", "Status", "choice"),
    "source": ("来源", "Source", "choice"),
    "channel": ("渠道", "Channel", "choice"),
    "severity": ("严重程度", "Severity", "number"),
    "reported_at": ("上报时间", "Reported", "time"),
    "accepted_at": ("受理时间", "Accepted", "time"),
    "dispatched_at": ("派遣时间", "Dispatched", "time"),
    "resolved_at": ("处置时间", "Resolved", "time"),
    "closed_at": ("结案时间", "Closed", "time"),
    "due_at": ("应结时间", "Due", "time"),
}
"""What every incident has, besides the attributes that its layer declares."""
WRITTEN = str.maketrans({"%": "%25", "|": "%7C", ",": "%2C"})
MOST_TERMS = 50
VALUE_LENGTH = 100


@dataclass(frozen=True)
class Field:
    """Something that can be asked about: of incidents, or of one layer's features."""

    id: str
    """As addresses spell it: with its layer, unless it is the incidents'."""
    name: str
    """As the table spells it."""
    title: Title
    kind: Kind
    layer: str | None = None
    choices: Mapping[str, Title] = field(default_factory=dict)


@dataclass(frozen=True)
class Term:
    """One comparison."""

    field: str
    comparison: Comparison
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write it as an address does."""
        said = [self.field, self.comparison]
        return ":".join([*said, ",".join(value.translate(WRITTEN) for value in self.values)] if self.values else said)


Clause = tuple[Term, ...]
"""Terms of which one is enough; all about incidents, or all about one layer."""


def written(clause: Clause) -> str:
    """Return a clause as an address says it."""
    return "|".join(map(str, clause))


def fields(city: City) -> dict[str, Field]:
    """Return everything that can be asked about, by id: the incidents' fields first, then each layer's."""
    choices = {
        "category": {code: item.title for code, item in city.categories.items()},
        "status": {status_code(status): title for status, title in STATUSES.items()},
        "source": {key: spec.title for key, spec in city.sources.items() if spec.feeds == "incidents"},
        "channel": {item.id: item.title for item in city.spec.channels},
    }
    found = {
        name: Field(name, name, Title(zh=zh, en=en), kind, choices=choices.get(name, {}))
        for name, (zh, en, kind) in OWN.items()
    }
    for layer in city.layers.values():
        of = None if layer.incidents else layer.id
        spelled = "" if layer.incidents else f"{layer.id}."
        if of:
            for name, (zh, en) in {"key": ("编号", "Number"), "name": ("名称", "Name")}.items():
                found[spelled + name] = Field(spelled + name, name, Title(zh=zh, en=en), "text", of)
        for item in layer.fields:
            kind: Kind = "choice" if item.values else item.type
            ident = spelled + item.id
            if ident not in found:
                found[ident] = Field(ident, item.id, item.title, kind, of, item.values)
    return found


def read(name: str, value: str, city: City) -> Clause:
    """Read a clause from an address.

    Raises:
        UnknownNameError: A field, or a value of a field with fixed values, that does not exist.
        FilterError: A comparison or value that does not fit the field.
    """
    known = fields(city)
    clause = tuple(_term(name, part, known, city) for part in value.split("|"))
    if len(clause) > MOST_TERMS:
        raise FilterError(name, f"{value[:VALUE_LENGTH]}…", right=f"at most {MOST_TERMS} terms")
    about = sorted({known[term.field].layer or "" for term in clause})
    if len(about) > 1:
        right = "the terms of one clause must all be about incidents, or all about one layer"
        raise FilterError(name, value, right=right)
    return tuple(sorted(set(clause), key=str))


def about(clause: Clause, city: City) -> str | None:
    """Return the layer whose features a clause is about; none where it is about incidents."""
    return fields(city)[clause[0].field].layer


def _term(name: str, part: str, known: Mapping[str, Field], city: City) -> Term:
    ident, _, rest = part.partition(":")
    comparison, _, said = rest.partition(":")
    if ident not in known:
        raise UnknownNameError(kind="field", name=ident, known=known)
    asked = known[ident]
    allowed = COMPARISONS[asked.kind]
    fits = next((item for item in allowed if item == comparison), None)
    if fits is None:
        right = f"{ident} can be compared with {', '.join(allowed)}, such as {ident}:{allowed[0]}:…"
        raise FilterError(name, part, right=right)
    values = tuple(unquote(value) for value in said.split(",") if value)
    if fits in EITHER:
        return Term(ident, fits)
    if not values or (fits in ORDER and len(values) > 1):
        raise FilterError(name, part, right=f"{ident}:{fits} needs {'one value' if fits in ORDER else 'a value'}")
    return Term(ident, fits, tuple(sorted({_value(name, part, asked, item, city) for item in values})))


def _value(name: str, part: str, asked: Field, value: str, city: City) -> str:
    if "\x00" in value or len(value) > VALUE_LENGTH:
        raise FilterError(name, part[:VALUE_LENGTH], right=f"a value has at most {VALUE_LENGTH} characters and no null")
    if asked.kind == "number" and parameters.number(value) is None:
        raise FilterError(name, part, right=f"{asked.id} is compared with a number, such as 2 or 0.5")
    if asked.kind == "time":
        parameters.moment(name, value, city.time_zone)
    if asked.choices and value not in asked.choices:
        raise UnknownNameError(kind=asked.id, name=value, known=asked.choices)
    return value


def instant(value: str, city: City) -> datetime:
    """Return a time that was checked when it was read; a day means its first instant."""
    found = parameters.moment("where", value, city.time_zone) or date.min
    return found if isinstance(found, datetime) else parameters.midnight(found, city.time_zone)
