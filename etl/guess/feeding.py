"""What the rows of a file are for the map: units, incidents, or a layer; and the fields that go with it."""

from dataclasses import dataclass
from typing import Literal

from etl.guess import fields, kinds
from etl.guess.belonging import rank_of
from etl.guess.columns import Column, Sample
from etl.guess.ground import Ground
from etl.guess.guess import Guess
from etl.guess.times import Time
from etl.guess.words import KEY, LEVEL, PARENT, POPULATION, called
from layers.pack import City

Kind = Literal["units", "incidents", "layer"]
ENOUGH = 0.8


@dataclass(frozen=True)
class Fed:
    """The fields of a source."""

    entries: dict[str, Guess]
    others: dict[str, Column]
    """Those of them that a layer may show, by id."""
    map_file: kinds.MapFile | None = None
    timed: frozenset[str] = frozenset()
    """Which of them are times."""


def kind_of(sample: Sample, times: list[Time], city: City, ground: Ground | None) -> Guess:
    """Return what the rows are, and why."""
    if sample.geometry == "polygon" and _code_column(sample, city, ground):
        return Guess("units", "polygons with codes of this city's units", "likely")
    if telling := [time for time in times if time.role or not time.standing]:
        return Guess("incidents", f"rows have a time, {' + '.join(telling[0].columns)}", "likely")
    why = "rows have no time at which something happened, so they are things that stand somewhere"
    return Guess("layer", why, "likely")


def units(sample: Sample, city: City, ground: Ground | None) -> Fed:
    """Return the fields of units."""
    names = [column.name for column in sample.columns]
    code = _code_column(sample, city, ground)
    levels = [one for one in called(names, LEVEL) if set(sample[one].counts) <= {level.id for level in city.levels}]
    found = {"code": Guess(code.name, "codes of this city's levels", "likely")} if code else {}
    if not code:
        found["code"] = fields.key(sample)
    rank = _rank(next(iter(code.counts)), city, ground) if code else None
    if levels:
        found["level"] = Guess(levels[0], "its words are the pack's levels")
    else:
        level = city.levels[rank if rank is not None else -1].id
        why = (
            "all rows are of one level, as their codes say" if rank is not None else "nothing says which level this is"
        )
        found["level"] = Guess({"value": level}, why, "likely" if rank is not None else "unsure")
    found["name"] = fields.named(sample, "name") or Guess(found["code"].value, "no column is called a name", "unsure")
    if english := fields.named(sample, "name_en"):
        found["name_en"] = english
    parents = [one for one in called(names, PARENT) if one != found["code"].value]
    if parents and (rank is None or city.levels[rank].code is None):
        found["parent"] = Guess(parents[0], "by what it is called", "likely")
    if people := [one for one in called(names, POPULATION) if sample[one].numeric]:
        found["population"] = Guess(people[0], "by what it is called", "likely")
    return Fed(found, {})


def incidents(sample: Sample, times: list[Time], *, city: City, source_id: str, used: set[str]) -> Fed:
    """Return the fields of incidents."""
    key = fields.key(sample)
    category, map_file = kinds.category(sample, city, source_id=source_id, key=str(key.value))
    found = {"key": key, **_roles(times), "category": category}
    status, channel = kinds.status(sample), kinds.channel(sample, city)
    found |= {name: guess for name, guess in (("status", status), ("channel", channel)) if guess}
    found |= {name: guess for name in ("title", "address") if (guess := fields.named(sample, name))}
    return _with_others(Fed(found, {}, map_file), sample, times, used)


def features(sample: Sample, times: list[Time], *, used: set[str]) -> Fed:
    """Return the fields of things that stand somewhere."""
    found = {"key": fields.key(sample)}
    if name := fields.named(sample, "name"):
        found["name"] = name
    return _with_others(Fed(found, {}), sample, times, used)


def columns_of(entries: dict[str, Guess]) -> set[str]:
    """Return the columns that fields are made of."""
    found: set[str] = set()
    for guess in entries.values():
        spec = guess.value if isinstance(guess.value, dict) else {"column": guess.value}
        found |= {spec["column"]} if "column" in spec else set(spec.get("columns", ()))
    return found


def _roles(times: list[Time]) -> dict[str, Guess]:
    """Return which time of an incident each column is, the report first; a time of day tells more than a date alone."""
    roles: dict[str, Guess] = {}
    for time in sorted(times, key=lambda time: time.to_the_day):
        if time.role and time.role not in roles and not (time.standing and time.role != "reported_at"):
            roles[time.role] = time.entry("by what it is called", "sure" if time.sure == "sure" else "unsure")
    spoken = [time for time in times if time.role is None and not time.standing]
    called_so = [time for time in times if time.role == "reported_at"]
    days = max(called_so, key=lambda time: time.rows, default=None)
    if days is not None and all(time.to_the_day for time in called_so):
        exact = [time for time in spoken if not time.to_the_day and time.rows >= ENOUGH * days.rows]
        if exact:
            why = f"{days.columns[0]} is called so, but holds days without their times"
            roles["reported_at"] = exact[0].entry(why, "unsure")
    if "reported_at" not in roles:
        left = spoken or times
        if left:
            most = max(time.rows for time in left)
            first = max(left, key=lambda time: (not time.to_the_day and time.rows >= ENOUGH * most, time.rows))
            roles = {name: guess for name, guess in roles.items() if guess.value != first.entry().value}
            roles["reported_at"] = first.entry("the time that most rows have", "unsure")
    return {"reported_at": roles.pop("reported_at"), **roles} if roles else {}


def _with_others(fed: Fed, sample: Sample, times: list[Time], used: set[str]) -> Fed:
    by_column = {time.columns[0]: time for time in times}
    kept = dict(fields.others(sample, times, used=used | columns_of(fed.entries), taken=fed.entries))
    entries = {
        name: by_column[column.name].entry() if column.name in by_column else Guess(column.name)
        for name, column in kept.items()
    }
    timed = frozenset(name for name, column in kept.items() if column.name in by_column)
    return Fed(fed.entries | entries, kept, fed.map_file, timed)


def _rank(code: str, city: City, ground: Ground | None) -> int | None:
    """Return the level of a code, by what it looks like or by the unit that has it."""
    unit = ground.stamp.units.by_code.get(code) if ground else None
    return rank_of(code, city) if ground is None or unit is None else ground.rank(unit)


def _code_column(sample: Sample, city: City, ground: Ground | None) -> Column | None:
    """Return the column of which most values are codes of this city, all different."""
    unlike = [column for column in sample.columns if len(column.counts) == column.rows]
    called_so = called((column.name for column in unlike), KEY)
    for column in sorted(unlike, key=lambda one: one.name not in called_so):
        fitting = sum(_rank(code, city, ground) is not None for code in column.counts)
        if fitting >= ENOUGH * len(column.counts):
            return column
    return None
