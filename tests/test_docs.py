"""What the documents list is what there is."""

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.main import get_command

from layers.settings import HOME, Settings
from layers.specs import Format, ReadSpec, Theme
from layers.words import STATUSES, status_code
from onemap import app

READMES = ("README.md", "README.zh-CN.md")
GUIDES = ("docs/city-pack.md", "docs/city-pack.zh-CN.md")
SOURCES = ("docs/add-a-source.md", "docs/add-a-source.zh-CN.md")
OPERATING = ("docs/operate.md", "docs/operate.zh-CN.md")
USING = ("docs/use-the-map.md", "docs/use-the-map.zh-CN.md")
DOCUMENTS = (*READMES, *GUIDES, *SOURCES, *OPERATING, *USING)


def text(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_every_setting(readme: str) -> None:
    rows = [line for line in text(readme).splitlines() if line.startswith("| `ONEMAP_")]
    listed = {name for row in rows for name in re.findall(r"`ONEMAP_([A-Z_]+)`", row.split("|")[1])}
    assert listed == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_in_the_documents_exists(document: str) -> None:
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"(?:bin/|`)onemap ([a-z][a-z-]*)", text(document)))
    assert named <= known


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/architecture.md", "data/README.md"])
def test_every_link_leads_somewhere(document: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text(document))
    missing = [link for link in links if not (HOME / Path(document).parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_names_every_theme_and_status(guide: str) -> None:
    words = {*get_args(Theme), *(status_code(status) for status in STATUSES)}
    assert {word for word in words if word not in text(guide)} == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guide_lists_every_format_and_the_keys_to_read_it(guide: str) -> None:
    table = text(guide).partition("| format |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) != []
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == set(get_args(Format))
    assert {key for key in ReadSpec.model_fields if not re.search(rf"\b{key}\b", text(guide))} == set()


@pytest.mark.parametrize("guide", OPERATING)
def test_the_guide_lists_every_option_of_the_scheduler(guide: str) -> None:
    command = get_command(app).commands["schedule"]  # type: ignore[attr-defined]
    options = {option for item in command.params for option in item.opts if option != "--help"}
    assert {option for option in options if f"`{option}" not in text(guide)} == set()


@pytest.mark.parametrize("guide", USING)
def test_the_guide_lists_every_question_that_is_answered_by_clicks(guide: str) -> None:
    asked = re.findall(r"def test_(\d+)_", text("tests/browser/test_questions.py"))
    assert re.findall(r"^\| (\d+) \|", text(guide), re.MULTILINE) == asked != []
