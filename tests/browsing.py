"""How Chromium is started wherever a page is looked at: by tests, and for the README's pictures."""

import shutil
from typing import Any

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LAUNCH: dict[str, Any] = {"executable_path": shutil.which("chromium"), "args": list(QUIET)}
"""The machine's own Chromium where there is one, else the one Playwright brought."""
