"""The schemas that editors read are those of the models, and say what the keys mean."""

import json
from pathlib import Path

import pytest

from commands.schemas import KINDS, file_of, schema_of, text_of
from layers.settings import HOME
from tests.commands.test_front_door import run

PUBLISHED = HOME / "docs" / "schema"


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schema_is_the_model_s(kind: str) -> None:
    published = (PUBLISHED / file_of(kind)).read_text(encoding="utf-8")
    assert published == text_of(schema_of(kind)), "make it anew: onemap schema --out docs/schema"


def test_nothing_else_is_published() -> None:
    assert {file.name for file in PUBLISHED.iterdir()} == {file_of(kind) for kind in KINDS}


def test_a_schema_says_what_its_keys_mean_and_may_be() -> None:
    source = schema_of("source")
    assert "what a row with a known key does" in source["properties"]["mode"]["description"].lower()
    assert source["properties"]["mode"]["enum"] == ["append", "upsert", "snapshot"]
    assert source["$defs"]["PlaceSpec"]["properties"]["near"]["description"].startswith("Metres outside the city")
    assert {"type": "string"} in source["properties"]["fields"]["additionalProperties"]["anyOf"]
    assert "register" in schema_of("city")["properties"]


def test_the_command_writes_them_where_an_editor_finds_them(tmp_path: Path) -> None:
    assert run("schema", "--out", str(tmp_path / "schema")).exit_code == 0
    assert {file.name for file in (tmp_path / "schema").iterdir()} == {file_of(kind) for kind in KINDS}


def test_the_command_prints_one_or_all() -> None:
    assert json.loads(run("schema", "source").stdout) == schema_of("source")
    assert set(json.loads(run("schema").stdout)) == set(KINDS)
    wrong = run("schema", "sauce")
    assert (wrong.exit_code, "'sauce'" in wrong.stderr) == (2, True)
