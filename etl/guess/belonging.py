"""Which column says the unit of a row: by its code, or by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.checks import list_some
from etl.codes import codes_in
from etl.guess.columns import Column, Sample
from etl.guess.ground import Ground
from etl.guess.guess import Guess
from layers.datum import Degrees
from layers.pack import City

ENOUGH = 0.8
"""The share of a column's values that must be units."""
NEARLY_ALL = 0.98
MANY = 60
"""Names that are still written one by one."""
FILLED = 0.5
"""The share of the fullest column's rows below which a column says too little."""
ALIKE = 0.01
"""How much less often than the best column's names a column's may be where its rows are."""
Codes = list[str | None]


@dataclass(frozen=True)
class Belonging:
    """A column that names units."""

    column: str
    rank: float
    """How deep they are, on average; the city is 0."""
    share: float
    names: dict[str, str]
    """What it calls units to their codes, where it does not say codes."""
    unknown: tuple[str, ...]

    def codes(self, sample: Sample, most: int | None = None) -> Codes:
        """Return what unit each of the first rows says it is in."""
        words = codes_in(sample[self.column].text.slice(0, most)).to_pylist()
        return [self.names.get(word, word) if word is not None else None for word in words]

    def entries(self) -> dict[str, Guess]:
        """Return what `[place]` says of it."""
        what = "names of units of this city" if self.names else "codes of units of this city"
        why = f"{self.share:.0%} of its values are {what}"
        found = {"unit": Guess(self.column, why, "sure" if self.share > NEARLY_ALL else "likely")}
        if self.names:
            left = f"; not known: {list_some(list(self.unknown))}" if self.unknown else ""
            why = f"its words and the units that are called so{left}"
            found["unit_map"] = Guess(self.names, why, "likely" if left else "sure")
        return found


def belonging(
    sample: Sample, city: City, ground: Ground | None, spots: Sequence[tuple[Degrees, Degrees]] = ()
) -> Belonging | None:
    """Return the column whose units lie deepest; codes go before names.

    Names may be of something else, such as post towns that are called like a part of them; where rows have places (in
    each datum that these may be in), the names must fit these as well as any.
    """
    found = [one for column in sample.columns if (one := _codes(column, city, ground))]
    if not found and ground is not None:
        found = [one for column in sample.columns if (one := _names(column, ground))]
        fits = {one.column: _fit(one, sample, ground, spots) for one in found}
        found = [one for one in found if fits[one.column] >= max(fits.values()) - ALIKE]
    fullest = max((sample[one.column].filled for one in found), default=0)
    found = [one for one in found if sample[one.column].filled >= FILLED * fullest]
    return max(found, key=lambda one: (round(one.rank, 1), one.share), default=None)


def _fit(one: Belonging, sample: Sample, ground: Ground, spots: Sequence[tuple[Degrees, Degrees]]) -> float:
    return max((ground.agree(lon, lat, one.codes(sample, len(lon))) for lon, lat in spots), default=0)


def rank_of(code: str, city: City) -> int | None:
    """Return the highest level whose codes look like one; it must be of this city."""
    for rank, level in enumerate(city.levels):
        if level.code is not None and level.code.problem(code) is None:
            top = city.levels[0].code
            return rank if top is None or code.startswith(top.own(city.spec.code)) else None
    return None


def _codes(column: Column, city: City, ground: Ground | None) -> Belonging | None:
    ranks: dict[str, int] = {}
    for code in column.counts:
        if ground is None:
            rank = rank_of(code, city)
        else:
            unit = ground.stamp.units.by_code.get(code)
            rank = None if unit is None else ground.rank(unit)
        if rank is not None:
            ranks[code] = rank
    return _found(column, {code: code for code in ranks}, ranks, named=False)


def _names(column: Column, ground: Ground) -> Belonging | None:
    if len(column.counts) > MANY:
        return None
    codes = {word: ground.names[word.casefold()] for word in column.counts if word.casefold() in ground.names}
    ranks = {word: ground.rank(ground.stamp.units.by_code[code]) for word, code in codes.items()}
    return _found(column, codes, ranks, named=True)


def _found(column: Column, codes: dict[str, str], ranks: dict[str, int], *, named: bool) -> Belonging | None:
    rows = sum(column.counts.values())
    known = sum(column.counts[word] for word in codes)
    # A column that says the same in every row tells nothing apart.
    if not known or known < ENOUGH * rows or len(column.counts) == 1 < rows:
        return None
    rank = sum(ranks[word] * column.counts[word] for word in codes) / known
    unknown = tuple(word for word in column.counts if word not in codes)
    return Belonging(column.name, rank, known / rows, codes if named else {}, unknown)
