"""The fonts of printed pages: DejaVu for Latin letters and digits, Droid for Chinese; both are Debian packages."""

from pathlib import Path

from layers.errors import FontMissingError

FOLDER = Path("/usr/share/fonts/truetype")
LATIN = FOLDER / "dejavu" / "DejaVuSans.ttf"
LATIN_BOLD = FOLDER / "dejavu" / "DejaVuSans-Bold.ttf"
CHINESE = FOLDER / "droid" / "DroidSansFallbackFull.ttf"
PACKAGES = "fonts-dejavu-core fonts-droid-fallback"


def found() -> tuple[Path, Path, Path]:
    """Return the files for Latin letters, bold ones, and Chinese.

    Raises:
        FontMissingError: One of them is not installed.
    """
    missing = [str(file) for file in (LATIN, LATIN_BOLD, CHINESE) if not file.is_file()]
    if missing:
        msg = f"no font at {', '.join(missing)}; Debian: apt-get install {PACKAGES}"
        raise FontMissingError(msg)
    return LATIN, LATIN_BOLD, CHINESE
