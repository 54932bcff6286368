"""Finding units by what people type: parts of names in either language, codes, pinyin in full or by initials.

All names of a language are one long array of characters, so that a word is looked for in all of them at once: from
its last letter to its first, noting after each step where a match may go on. A Chinese character is matched by itself,
by any of its readings or by their initials, and these may be mixed; nothing of a name is spelled out beforehand.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import RowMapping

from layers.pinyin import initials, readings
from layers.units import Unit

Flags = NDArray[np.bool_]
Scores = NDArray[np.int8]
END = "\n"
WHOLE, START, INSIDE, NOT = 0, 1, 2, 3
"""How well a word fits a name: the lower the better."""
LONGEST_SYLLABLE = 6
LONGEST_WORD = 40
MOST_WORDS = 6


@dataclass(frozen=True)
class Entry:
    """A unit that was found, the way to it, and where its name is written."""

    path: tuple[Unit, ...]
    lon: float
    lat: float

    @property
    def unit(self) -> Unit:
        """The unit itself, the last of its path."""
        return self.path[-1]


class Names:
    """Names in one long array, a line for each."""

    def __init__(self, names: Iterable[str]) -> None:
        """Number the characters that occur, and remember where each name begins."""
        lines = [name.casefold().replace(END, " ") + END for name in names]
        self.starts = np.cumsum([0, *(len(line) for line in lines)])[:-1]
        text = np.frombuffer("".join(lines).encode("utf-32-le"), dtype=np.uint32)
        letters, self.at = np.unique(text, return_inverse=True)
        self.ends = text == ord(END)
        self.called, self.begun = _calls([chr(letter) for letter in letters])

    def scores(self, word: str) -> Scores:
        """Return how well a word fits each name."""
        found = np.full(len(self.starts), NOT, dtype=np.int8)
        if len(self.starts) and len(word) <= LONGEST_WORD:
            places = np.flatnonzero(self._matches(word, np.ones(len(self.at), dtype=np.bool_), unfinished=True))
            found[np.searchsorted(self.starts, places, side="right") - 1] = INSIDE
            found[np.isin(self.starts, places)] = START
            found[self._matches(word, self.ends, unfinished=False)[self.starts]] = WHOLE
        return found

    def _matches(self, word: str, after: Flags, *, unfinished: bool) -> Flags:
        """Tell where a match of the word begins that `after` may follow; its last syllable may be unfinished."""
        nowhere = np.zeros(len(self.at), dtype=np.bool_)
        goes_on: list[Flags | None] = [None] * len(word) + [after]
        for begin in reversed(range(len(word))):
            here = nowhere.copy()
            for end in range(begin + 1, min(len(word), begin + LONGEST_SYLLABLE) + 1):
                follows = goes_on[end]
                calls = self.begun if unfinished and end == len(word) else self.called
                characters = calls.get(word[begin:end])
                if follows is not None and characters is not None:
                    here[:-1] |= characters[self.at[:-1]] & follows[1:]
            goes_on[begin] = here if here.any() else None
        found = goes_on[0]
        return nowhere if found is None else found


def _calls(letters: Sequence[str]) -> tuple[dict[str, Flags], dict[str, Flags]]:
    """Return which characters each part of a word may stand for, and which if more of it may be to come."""
    called: dict[str, Flags] = {}
    begun: dict[str, Flags] = {}
    for number, letter in enumerate(letters):
        whole = {letter} | initials(letter) | readings(letter)
        parts = {syllable[:end] for syllable in readings(letter) for end in range(1, len(syllable))}
        for calls, names in ((called, whole), (begun, whole | parts)):
            for name in names:
                calls.setdefault(name, np.zeros(len(letters), dtype=np.bool_))[number] = True
    return called, begun


class Gazetteer:
    """The units in force, to be found by name; made anew when an edition of them is loaded."""

    def __init__(self, rows: Sequence[RowMapping]) -> None:
        """Take the rows of `units.listed`: the higher levels first."""
        self.units = [Unit.of(row) for row in rows]
        self.spots = [(row["lon"], row["lat"]) for row in rows]
        places = {unit.id: place for place, unit in enumerate(self.units)}
        self.parents = np.array([places.get(row["parent_id"], -1) for row in rows], dtype=np.int64)
        self.ranks = np.array([unit.rank for unit in self.units], dtype=np.int64)
        self.lengths = np.array([len(unit.name) for unit in self.units], dtype=np.int64)
        self.names = Names(unit.name for unit in self.units)
        self.english = Names(unit.name_en for unit in self.units)
        self.codes = sorted((unit.code.casefold(), place) for place, unit in enumerate(self.units))

    def find(self, text: str, limit: int) -> list[Entry]:
        """Return the units that fit best; of several words, each fits the unit or one above it, the last the unit."""
        words = text.casefold().split()
        if not 0 < len(words) <= MOST_WORDS or not self.units:
            return []
        best = self._best(words)
        if len(words) > 1:
            best = np.minimum(best, self._own(text.casefold().strip()))
            best = np.minimum(best, self._own("".join(words)))
        found = np.flatnonzero(best < NOT)
        order = np.lexsort((found, self.lengths[found], self.ranks[found], best[found]))
        return [self._entry(int(place)) for place in found[order][:limit]]

    def _best(self, words: Sequence[str]) -> Scores:
        fits = np.ones(len(self.units), dtype=np.bool_)
        for word in words[:-1]:
            fits &= self._inherited(self._own(word) < NOT)
        return np.where(fits, self._own(words[-1]), NOT).astype(np.int8)

    def _own(self, word: str) -> Scores:
        by_code = np.full(len(self.units), NOT, dtype=np.int8)
        for code, place in self.codes[bisect_left(self.codes, (word, 0)) :]:
            if not code.startswith(word):
                break
            by_code[place] = WHOLE if code == word else START
        return np.minimum(np.minimum(self.names.scores(word), self.english.scores(word)), by_code)

    def _inherited(self, own: Flags) -> Flags:
        """Hand what is true of a unit down to all below it."""
        found = own.copy()
        for rank in range(1, int(self.ranks.max()) + 1):
            level = np.flatnonzero((self.ranks == rank) & (self.parents >= 0))
            found[level] |= found[self.parents[level]]
        return found

    def _entry(self, place: int) -> Entry:
        way = [place]
        while (above := int(self.parents[way[-1]])) >= 0:
            way.append(above)
        return Entry(tuple(self.units[step] for step in reversed(way)), *self.spots[place])
