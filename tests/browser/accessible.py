"""What axe-core finds wrong with a page, or with a part of it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}


def faults(page: Page, *parts: str) -> list[str]:
    """Return the grave faults of what the selectors name, or of all of the page."""
    found = Axe().run(page, context={"include": [[part] for part in parts]} if parts else None)
    return [
        f"{fault['id']}: {node['target']}"
        for fault in found.response["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
