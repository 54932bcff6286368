"""Real files that are never committed: tests find them beside the checkout, or say that they were skipped."""

import shutil
from pathlib import Path

import pytest

from layers.settings import HOME

SHARED = HOME.parent / "shared" / "data"


def needed(name: str) -> Path:
    """Return a shared file or folder, or skip the test and say which is missing."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{Path('..', 'shared', 'data', name)} is not there: real files are not part of the checkout")
    return path


def put(name: str, into: Path) -> None:
    """Copy a shared file into an inbox's folder."""
    into.mkdir(parents=True, exist_ok=True)
    shutil.copy2(needed(name), into)
