"""Run a command with ONEMAP_TEST_DATABASE_URL set to a PostGIS of its own, gone when the command ends.

A server named by the variable already is used as it is. After `--hasty` the server never waits for the disk: right for
tests, whose data need not outlive a power cut, and wrong for benchmarks.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from layers.embedded import Embedded

VARIABLE = "ONEMAP_TEST_DATABASE_URL"
HASTY = "--hasty"


def main() -> int:
    """Return the command's own exit status."""
    hasty = sys.argv[1] == HASTY
    command = sys.argv[2:] if hasty else sys.argv[1:]
    if VARIABLE in os.environ:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the caller's own command
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="onemap-test-") as folder:
        database = Embedded(Path(folder))
        database.start()
        try:
            if hasty:
                hurry(database.url)
            return subprocess.run(command, check=False, env={**os.environ, VARIABLE: database.url}).returncode  # noqa: S603
        except KeyboardInterrupt:
            return 130
        finally:
            database.stop()


def hurry(url: str) -> None:
    """Let the server write when it likes."""
    with psycopg.connect(url, autocommit=True) as driver:
        driver.execute("ALTER SYSTEM SET fsync = off")
        driver.execute("ALTER SYSTEM SET full_page_writes = off")
        driver.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main())
