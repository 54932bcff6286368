"""How Chinese characters are read: every reading of each, so that 重 answers to `chong` and to `zhong`."""

from functools import cache

from pypinyin import Style, pinyin

TWO_LETTERS = ("zh", "ch", "sh")


@cache
def readings(character: str) -> frozenset[str]:
    """Return all syllables a character may stand for, in letters without tones; none for what is not Chinese."""
    if character.isascii():
        return frozenset()
    found = {syllable for syllable in pinyin(character, style=Style.NORMAL, heteronym=True)[0] if syllable.isascii()}
    # Keyboards write ü as v or as u.
    return frozenset(found | {syllable.replace("v", "u") for syllable in found})


@cache
def initials(character: str) -> frozenset[str]:
    """Return what a character may be abbreviated to: one letter, or two for zh, ch and sh."""
    said = readings(character)
    return frozenset({syllable[:1] for syllable in said} | {syllable[:2] for syllable in said} & set(TWO_LETTERS))
