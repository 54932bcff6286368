"""Text that is not quite text: bytes outside the declared encoding, kept visible instead of lost."""

import codecs
import re
from itertools import product
from typing import Any

MARK = "\U0010fffe"
"""Stands before the two hexadecimal digits of a byte that the declared encoding does not know."""
UNREADABLE = f"[{MARK}\x00]"
"""What no text column may hold: such a byte, or the NUL that PostgreSQL refuses."""
keep_bad_bytes = "onemap-keep-bad-bytes"
"""The name of an error handler for decoders."""


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(f"{MARK}{byte:02x}" for byte in wrong), error.end


codecs.register_error(keep_bad_bytes, _marked)


GB = {"gb2312", "gbk", "cp936", "gb18030"}
"""Encodings in which almost any bytes of UTF-8 are Chinese text, too, though one that means nothing."""
BEGINNINGS = (
    "["
    + "".join(bytes(pair).decode("gb18030", errors="ignore") for pair in product(range(0xE4, 0xEA), range(0x80, 0xC0)))
    + "]"
)
"""What the first two bytes of a Chinese character in UTF-8 are in them: one text in a thousand holds such a one."""


def meant(text: str) -> str | None:
    """Return a text of a GB encoding as it was meant, if it is Chinese in UTF-8; else nothing."""
    try:
        found = text.encode("gb18030").decode()
    except UnicodeError:
        return None
    return found if len(re.findall(r"[\u4e00-\u9fff]", found)) > 1 else None


def shown(value: Any) -> Any:  # noqa: ANN401 - any value of a row
    r"""Return a value as it may be kept in JSON, bad bytes written as `\\xff`."""
    if not isinstance(value, str) or not (MARK in value or "\x00" in value):
        return value
    return re.sub(f"{MARK}(..)", r"\\x\1", value).replace("\x00", r"\x00")


def sentence(message: str) -> str:
    """Return a message as it may be kept and printed, whatever it quotes from a file."""
    return str(shown(message)).encode(errors="backslashreplace").decode()
