"""Damaged and hostile files: each one ends as a recorded load, none hangs, crashes the loader or reaches outside.

150 of them at every run; `ONEMAP_TEST_DAMAGED=1000 make test PYTEST=tests/etl/sandbox` for all.
"""

import os
import shutil
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.sandbox.limits import Limits
from layers.errors import LoadError
from layers.specs import SourceSpec
from tests.etl.sandbox.damage import Damage, Damaged
from tests.etl.town import Town

NUMBER = int(os.environ.get("ONEMAP_TEST_DAMAGED", "150"))
LONGEST = 30.0
CANARY = "canary-7f3a9c"
STATES = "SELECT state, detail FROM load WHERE id > :before"
TOLD = """
SELECT (SELECT count(*) FROM feature f WHERE f::text LIKE :canary)
     + (SELECT count(*) FROM reject r WHERE r::text LIKE :canary)
     + (SELECT count(*) FROM load l WHERE l::text LIKE :canary)
"""


class Listener:
    """A server that nobody may call."""

    def __init__(self) -> None:
        """Listen."""
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self._count, daemon=True)
        self.thread.start()

    def _count(self) -> None:
        while True:
            try:
                called, _ = self.socket.accept()
            except OSError:
                return
            self.calls += 1
            called.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    with socket.create_connection(made.socket.getsockname()):  # it does hear those who call
        pass
    made.socket.shutdown(socket.SHUT_RDWR)
    made.thread.join(5)
    made.socket.close()


def sent(town: Town, damaged: Damaged) -> SourceSpec:
    """Put a damaged file, and what belongs to it, where its source finds it."""
    folder = town.inbox / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(damaged.file.parent, folder)
    shutil.rmtree(damaged.file.parent)
    read = {"format": damaged.format, "path": f"damaged/{damaged.file.name}"}
    plain = town.city.sources["cameras"].model_dump()
    fields = {"key": "Name", "name": "Name"}
    return SourceSpec.model_validate(plain | {"read": read, "place": {}, "fields": fields})


@pytest.mark.timeout(3600)
def test_damaged_files_end_as_recorded_loads(town: Town, listener: Listener, tmp_path: Path) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text(f"Name,n\n{CANARY},1\n")
    before = town.one("SELECT max(id) FROM load")
    damage = Damage(tmp_path / "made", server=listener.url, canary=canary)
    ends: Counter[str] = Counter()
    longest = 0.0
    for damaged in damage.files(NUMBER):
        began = time.monotonic()
        try:
            ends[town.load(sent(town, damaged)).state] += 1
        except LoadError:
            ends["failed"] += 1
        longest = max(longest, time.monotonic() - began)
        assert longest < LONGEST, damaged
    recorded = town.rows(STATES, before=before)
    states = Counter(row.state for row in recorded)
    print(f"{NUMBER} damaged files: {dict(states)}, the longest {longest:.1f} s")  # noqa: T201 - the measurement
    assert states == ends
    assert states.total() == NUMBER
    assert set(states) <= {"published", "unchanged", "held", "failed"}
    assert states["failed"] > NUMBER / 2
    assert all(row.detail["message"] for row in recorded if row.state == "failed")
    assert listener.calls == 0
    assert town.one(TOLD, canary=f"%{CANARY}%") == 0


def test_no_damaged_file_is_allowed_to_take_longer() -> None:
    assert Limits.of(1 << 20).seconds < LONGEST
