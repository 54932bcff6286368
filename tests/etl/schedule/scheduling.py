"""Schedulers as processes of their own, and what they leave in the database."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.etl.loader import PATIENCE, Loader, one, until

QUICK = ("--every", "0.2", "--settle", "0", "--retry", "0.4")
STATES = """
    SELECT load.state FROM load JOIN source ON source.id = source_id WHERE code = %s ORDER BY load.id
"""


@dataclass
class Scheduling:
    """A pack, an inbox, a database, and schedulers."""

    loader: Loader
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        """Where files arrive."""
        return self.loader.folder / "data" / "inbox" / "city"

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start a scheduler; later options win."""
        return self.loader.onemap(self.url, "schedule", *QUICK, *options, **self.settings)

    @contextmanager
    def running(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Run a scheduler for a while, and stop it cleanly."""
        process = self.start(*options)
        try:
            yield process
            assert process.poll() is None, process.communicate()
            assert stopped(process) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def states(self, source: str) -> list[str]:
        """Return how the loads of a source ended, the oldest first, as they are recorded."""
        with psycopg.connect(self.url) as driver:
            return [row[0] for row in driver.execute(STATES, [source])]

    def until_states(self, source: str, *states: str) -> None:
        """Wait until the loads of a source are these."""
        until(lambda: self.states(source) == list(states))

    def job(self, source: str) -> tuple[str, int]:
        """Return how the job of a source stands, and how often it was tried."""
        question = "SELECT status::text || ' ' || attempts FROM jobs.procrastinate_jobs WHERE queueing_lock = "
        found = one(self.url, f"{question}'{source}' ORDER BY id DESC LIMIT 1")
        status, tries = found.split() if found else ("none", "0")
        return status, int(tries)


def stopped(process: subprocess.Popen[str]) -> int:
    """Stop a scheduler as a service manager does, and return its exit status."""
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    return process.returncode
