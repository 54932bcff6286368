"""`onemap schema`: what the TOML files of a pack may say, for editors."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from layers.city_specs import CitySpec
from layers.parts import Part
from layers.specs import LayerSpec, SourceSpec
from simulate.plan import Plan

app = typer.Typer()
KINDS: dict[str, type[Part]] = {"city": CitySpec, "layer": LayerSpec, "source": SourceSpec, "simulation": Plan}
"""One for each kind of file in a pack."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@app.command()
def schema(
    kind: Annotated[str | None, typer.Argument(help=f"one of {', '.join(KINDS)}; all without it")] = None,
    out: Annotated[Path | None, typer.Option(help="write one file a kind into this folder")] = None,
) -> None:
    """Print the JSON Schema of a pack's TOML files, or write them where an editor finds them."""
    asked = list(KINDS) if kind is None else [kind]
    if unknown := set(asked) - set(KINDS):
        msg = f"no file of a pack is called {unknown.pop()!r}; known: {', '.join(KINDS)}"
        raise typer.BadParameter(msg)
    if out is None:
        made = {name: schema_of(name) for name in asked}
        sys.stdout.write(text_of(made if kind is None else made[kind]))
        return
    out.mkdir(parents=True, exist_ok=True)
    for name in asked:
        file = out / file_of(name)
        file.write_text(text_of(schema_of(name)), encoding="utf-8")
        sys.stdout.write(f"{file}\n")


def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of file."""
    return {"$schema": DIALECT, **KINDS[kind].model_json_schema()}


def file_of(kind: str) -> str:
    """Return what the schema of a kind is called."""
    return f"{kind}.schema.json"


def text_of(made: dict[str, Any]) -> str:
    """Return a schema as the file holds it."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
