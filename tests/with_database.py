"""Run a command with ONEMAP_TEST_DATABASE_URL set to a PostGIS of its own, gone when the command ends.

A server named by the variable already is used as it is.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from layers.embedded import Embedded

VARIABLE = "ONEMAP_TEST_DATABASE_URL"


def main() -> int:
    """Return the command's own exit status."""
    command = sys.argv[1:]
    if VARIABLE in os.environ:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the caller's own command
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="onemap-test-") as folder:
        database = Embedded(Path(folder))
        database.start()
        try:
            return subprocess.run(command, check=False, env={**os.environ, VARIABLE: database.url}).returncode  # noqa: S603
        except KeyboardInterrupt:
            return 130
        finally:
            database.stop()


if __name__ == "__main__":
    sys.exit(main())
