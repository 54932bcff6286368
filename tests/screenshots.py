"""Make the README's pictures anew: `make demo` in one terminal, `make screenshot` in another."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from layers.settings import HOME, Settings
from tests.browsing import LAUNCH

PICTURES = {
    "city-dark-zh": "/?lang=zh&theme=dark",
    "city-dark-en": "/?lang=en&theme=dark",
}
SETTLED = 4_000


def main() -> None:
    """Write one PNG per picture below `docs/images`, at 1920 × 1080."""
    settings = Settings()
    folder = HOME / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**LAUNCH)
        for name, address in PICTURES.items():
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"http://{settings.host}:{settings.port}{address}")
            page.wait_for_timeout(SETTLED)
            page.screenshot(path=Path(folder / f"{name}.png"))
            page.close()
            sys.stdout.write(f"{folder / name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
