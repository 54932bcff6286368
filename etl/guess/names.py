"""Ids and titles made of what files and columns are called."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
KNOWN = {
    "地址": "address",
    "电话": "phone",
    "备注": "remark",
    "状态": "status",
    "类型": "type",
    "类别": "kind",
    "名称": "name",
}
"""Words for which there is a better id than how they sound."""


def id_of(name: str) -> str:
    """Return an id: small letters, digits, - and _; Chinese as it sounds."""
    if name in KNOWN:
        return KNOWN[name]
    spoken = unicodedata.normalize("NFKC", name)
    if chinese := any("\u4e00" <= character <= "\u9fff" for character in name):
        from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables take longer to load than everything else here

        spoken = " ".join(lazy_pinyin(spoken))
    words = re.sub(r"[^a-z0-9]+", "" if chinese else "_", spoken.casefold()).strip("_")[:LONGEST].rstrip("_")
    return words if words[:1].isalpha() and words.isascii() else f"c_{words}".rstrip("_")


def source_id_of(file: str) -> str:
    """Return an id for the source of a file."""
    return id_of(title_of(file)).replace("_", "-")


def title_of(file: str) -> str:
    """Return what a file is called, without what says its format."""
    return re.sub(r"[_\s]+", " ", file.partition(".")[0]).strip() or file


def distinct(wanted: str, taken: Iterable[str]) -> str:
    """Return an id, with a number behind it if it is taken."""
    used = set(taken)
    number = 2
    found = wanted
    while found in used:
        found, number = f"{wanted}_{number}", number + 1
    return found
