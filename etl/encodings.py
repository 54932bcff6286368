"""What encoding bytes are in, where nobody says: by byte order marks, by NULs, by what is well-formed."""

from pathlib import Path
from unicodedata import category

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
SAMPLE = 256 << 10
"""Bytes that are looked at, from the first one that is not ASCII."""
CHUNK = 1 << 20
TOLERATED = 0.1
"""The share of characters that may be spoilt: a few bad bytes make no other encoding."""
PRIVATE = 0.02
"""The share of characters that may be of private use: a rare one in a name."""


def encoding_of_file(file: Path) -> str | None:
    """Return a file's encoding, or nothing where none of the known ones fits."""
    with file.open("rb") as raw:
        head = raw.read(CHUNK)
        if found := _marked(head):
            return found
        chunk = head
        while chunk and chunk.isascii() and b"\x00" not in chunk:
            chunk = raw.read(CHUNK)
        return encoding_of(chunk + raw.read(SAMPLE) if chunk else b"")


def encoding_of(text: bytes) -> str | None:
    """Return the encoding of bytes that begin with a character."""
    if found := _marked(text):
        return found
    sample = text[_first_strange(text) :][:SAMPLE]
    for name in ("utf-8", "gb18030"):
        decoded = sample.decode(name, errors="replace")
        strange = sum(not character.isascii() for character in decoded)
        # Most of Big5 is well-formed GB18030, but some of it is where nobody has assigned a character.
        private = sum(category(character) == "Co" for character in decoded)
        if decoded.count("\ufffd") <= TOLERATED * strange and private <= PRIVATE * strange:
            return name
    return None


def encoding_by_mark(text: bytes) -> str | None:
    """Return the encoding whose byte order mark the bytes begin with."""
    return next((name for mark, name in MARKS.items() if text.startswith(mark)), None)


def _marked(text: bytes) -> str | None:
    if found := encoding_by_mark(text):
        return found
    if b"\x00" not in text[:SAMPLE]:
        return None
    # Without a mark, the ends of lines tell: they are NUL and newline in one order or the other.
    little, big = (
        sum(text[at : at + 2] == pair for at in range(0, min(len(text), SAMPLE) - 1, 2))
        for pair in (b"\n\x00", b"\x00\n")
    )
    return None if little == big else "utf-16-le" if little > big else "utf-16-be"


def _first_strange(text: bytes) -> int:
    """Return where the line begins that holds the first byte beyond ASCII."""
    if text.isascii():
        return 0
    low, high = 0, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        if text[low:middle].isascii():
            low = middle
        else:
            high = middle
    return max(text.rfind(b"\n", 0, low), text.rfind(b"\r", 0, low)) + 1
