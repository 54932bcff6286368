"""What the tests of a simulated city agree on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROWS = 20_000
NOW = datetime(2026, 11, 22, 13, 4, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """Where the files are and what was said while they were made."""

    inbox: Path
    reports: list[tuple[str, int, int]]
