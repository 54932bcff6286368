"""What kind of incident a row is, how far it has come and how it came in: words of the file to those of the pack."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from etl.checks import list_some
from etl.guess.columns import Column, Sample
from etl.guess.guess import Guess
from etl.guess.words import CATEGORY, CHANNEL, STATUS, called, folded, status_of
from layers.pack import City
from layers.plural import counted

MANY = 400
"""Different words above which a column is no list of kinds."""
FEW = 30
REPEATED = 0.5
SHORT = 10
"""A list of kinds has no more words than this share of the rows, or is as short as this."""
COVERED = 0.8
"""The share of rows whose words a map of another source must know to be taken."""
CATCH_ALL = r"others?|misc|其[他它](类|问题|事件)?"


@dataclass(frozen=True)
class MapFile:
    """A map for a person to fill in: every word with its category, as far as known, and how often it stands there."""

    name: str
    words: Mapping[str, tuple[str, int]]


def category(sample: Sample, city: City, *, source_id: str, key: str) -> tuple[Guess, MapFile | None]:
    """Return the field `category`, and the map that it needs."""
    names = [column.name for column in sample.columns]
    columns = [sample[name] for name in called(names, CATEGORY)]
    columns = [column for column in columns if 1 < len(column.counts) <= min(MANY, max(REPEATED * column.rows, SHORT))]
    for column in columns:
        if found := _known_map(column, city):
            return found, None
    if not columns:
        return _one_for_all(city, folded(f"{source_id} {key}")), None
    best = max(columns, key=lambda column: sum(_covered(column, _titles(city)).values()))
    return _new_map(best, city, source_id)


def status(sample: Sample) -> Guess | None:
    """Return the field `status`; without one, the last time that a row has tells it."""
    for name in called((column.name for column in sample.columns), STATUS):
        words = sample[name].counts
        known = {word: ours for word in words if (ours := status_of(word))}
        if not known or len(words) > FEW:
            continue
        unknown = [word for word in words if word not in known]
        spec: dict[str, object] = {"column": name, "map": known}
        if not unknown:
            return Guess(spec, "every word is one that departments use for it", "likely")
        spec["other"] = "reported"
        why = f"not known, so 'reported' until you say better: {list_some(unknown)}"
        return Guess(spec, why, "unsure")
    return None


def channel(sample: Sample, city: City) -> Guess | None:
    """Return the field `channel`, where every word is one of the pack's channels."""
    ours = {folded(word): one.id for one in city.spec.channels for word in (one.id, one.title.zh, one.title.en)}
    for name in called((column.name for column in sample.columns), CHANNEL):
        words = sample[name].counts
        known = {word: ours[folded(word)] for word in words if folded(word) in ours}
        if words and len(known) == len(words):
            return Guess({"column": name, "map": known}, "every word is a channel of the pack", "likely")
    return None


def _known_map(column: Column, city: City) -> Guess | None:
    """Return the column with the map of another source that knows most of its words."""
    best: tuple[float, dict[str, object], str] = (0.0, {}, "")
    for source in city.sources.values():
        spec = source.fields.get("category") if source.feeds == "incidents" else None
        words = city.mapping(spec) if spec else None
        if spec is None or words is None:
            continue
        share = sum(_covered(column, words).values()) / max(sum(column.counts.values()), 1)
        if share > best[0]:
            found: dict[str, object] = {"column": column.name, "map": spec.map}
            best = share, found | ({"other": spec.other} if spec.other else {}), source.id
    share, found, name = best
    if share < COVERED:
        return None
    return Guess(found, f"the map of the source {name!r} knows the words of {share:.0%} of the rows", "likely")


def _new_map(column: Column, city: City, source_id: str) -> tuple[Guess, MapFile]:
    known = _titles(city)
    words = {
        word: (known.get(folded(word)) or known.get(_last(word)) or "", many) for word, many in column.counts.items()
    }
    file = MapFile(f"categories-{source_id}.csv", words)
    spec: dict[str, object] = {"column": column.name, "map": file.name}
    left = sum(not code for code, _ in words.values())
    why = f"{counted(len(words), 'different word')}, {len(words) - left} of them in the pack's categories"
    if left and (other := _catch_all(city)):
        spec["other"] = other
        why += f"; what the map leaves empty is {other!r} until you fill it in"
    elif left:
        why += f"; fill in {counted(left, 'other')}; until then their rows are rejected"
    return Guess(spec, why, "unsure" if left else "likely"), file


def _one_for_all(city: City, about: str) -> Guess:
    """Return one category for every row: one that the names of file or key speak of, else the pack's rest."""
    named = [code for word, code in _titles(city).items() if re.search(rf"(?<![a-z]){re.escape(word)}", about)]
    code = named[0] if named else _catch_all(city) or next(iter(city.categories))
    why = "no column is called a category and has a few words that repeat, so all rows are of one; choose it"
    return Guess({"value": code}, f"{why}; this one is named there" if named else why, "unsure")


def _covered(column: Column, words: Mapping[str, str]) -> dict[str, int]:
    return {word: many for word, many in column.counts.items() if word in words or folded(word) in words}


def _titles(city: City) -> dict[str, str]:
    """Return what the pack's categories are called, as words are compared, to their codes."""
    return {
        folded(word): code for code, item in city.categories.items() for word in (item.title.zh, item.title.en, code)
    }


def _last(word: str) -> str:
    """Return the last part of a path of words such as 市容环境/暴露垃圾."""
    return folded(re.split(r"[/>\\|]| - ", word)[-1])


def _catch_all(city: City) -> str | None:
    return next((code for word, code in _titles(city).items() if re.fullmatch(CATCH_ALL, word)), None)
