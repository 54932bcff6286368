"""A first source and, where it feeds a new layer, the layer: all guesses together, as the files of a pack."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from etl.guess import feeding, places, toml
from etl.guess.feeding import Fed
from etl.guess.ground import Ground
from etl.guess.guess import Guess
from etl.guess.kinds import MapFile
from etl.guess.layer import layer
from etl.guess.looking import Looked
from etl.guess.names import title_of
from etl.guess.times import Time, refresh, times
from layers.errors import UnknownNameError
from layers.pack import City
from layers.plural import counted

RULE = (
    "Guessed by `onemap new-source` from {file}, {rows} looked at. Above each key stands why; 'likely' and "
    "'unsure' want a person's eye. A key that begins with # is off. What every key means: docs/city-pack.md."
)


@dataclass(frozen=True)
class Draft:
    """Files of a pack that nobody has written yet."""

    source_id: str
    feeds: str
    files: Mapping[PurePosixPath, str]
    """Names within the pack to what stands there."""
    unsure: list[str] = field(default_factory=list)
    """Keys that want a person's eye, with the reason."""


@dataclass(frozen=True)
class Wish:
    """What a person has said beforehand."""

    source_id: str
    path: str
    """The pattern that finds the file."""
    feeds: str | None = None
    schemas: str | None = None
    """How a file within `sources` or `layers` reaches the folder of schemas."""


def draft(looked: Looked, city: City, ground: Ground | None, wish: Wish) -> Draft:
    """Put everything together.

    Raises:
        UnknownNameError: The layer that is to be fed does not exist, or draws incidents.
    """
    sample = looked.sample
    found = times(sample, city.time_zone)
    feeds = _feeds(feeding.kind_of(sample, found, city, ground), city, wish)
    place = places.place(sample, city, ground)
    used = {guess.value for key, guess in place.items() if key in {"lon", "lat"} and not guess.off}
    if feeds.value == "units":
        fed, place = feeding.units(sample, city, ground), {key: guess for key, guess in place.items() if key == "datum"}
    elif feeds.value == "incidents":
        fed = feeding.incidents(sample, found, city=city, source_id=wish.source_id, used=used)
    else:
        fed = feeding.features(sample, found, used=used)
    parts = {
        "": _about(looked, feeds, found, city=city, wish=wish),
        "read": {**_first("format", looked.read), "path": Guess(wish.path), **looked.read},
        "place": place,
        "fields": fed.entries,
    }
    files = {PurePosixPath("sources", f"{wish.source_id}.toml"): _source(parts, looked, fed, wish)}
    if feeds.value != "units" and feeds.value not in city.layers:
        files[PurePosixPath("layers", f"{wish.source_id}.toml")] = layer(
            looked, fed, layer_id=wish.source_id, feeds=str(feeds.value), head=_head("layer", looked, wish)
        )
    if fed.map_file is not None:
        files[PurePosixPath(fed.map_file.name)] = _map(fed.map_file)
    unsure = [
        f"{f'{part}.' if part else ''}{key}: {toml.clean(guess.why)}"
        for part, entries in parts.items()
        for key, guess in entries.items()
        if guess.sure == "unsure"
    ]
    return Draft(wish.source_id, str(feeds.value), files, unsure)


def _feeds(guess: Guess, city: City, wish: Wish) -> Guess:
    """Return what the source feeds: what a person said, an existing layer of the same id, or one of its own."""
    if wish.feeds is not None and wish.feeds not in {"units", "incidents", "layer", wish.source_id}:
        known = [name for name, layer in city.layers.items() if layer.incidents is None]
        if wish.feeds not in known:
            raise UnknownNameError(kind="layer", name=wish.feeds, known=[*known, "units", "incidents", "layer"])
    asked = wish.feeds or guess.value
    if asked in {"layer", wish.source_id}:
        why = guess.why if wish.feeds is None else "as you said"
        return Guess(wish.source_id, f"{why}; the layer is layers/{wish.source_id}.toml", guess.sure)
    return Guess(asked, guess.why, guess.sure) if wish.feeds is None else Guess(asked, "as you said")


def _first(key: str, entries: dict[str, Guess]) -> dict[str, Guess]:
    return {key: entries[key]}


def _about(looked: Looked, feeds: Guess, found: list[Time], *, city: City, wish: Wish) -> dict[str, Guess]:
    title = title_of(looked.file.name)
    return {
        "id": Guess(wish.source_id),
        "title": Guess({"zh": title, "en": title}, "what people read; the file's name so far", "unsure"),
        "owner": Guess("?", "only you know whose data this is", "unsure"),
        "feeds": feeds,
        "refresh": refresh(looked.sample, found, feeds=str(feeds.value), zone=city.time_zone),
        "share": Guess("restricted", "the careful one of open, shared, restricted; ask the owner", "unsure"),
    }


def _head(kind: str, looked: Looked, wish: Wish) -> list[str]:
    schema = [f"#:schema {wish.schemas}/{kind}.schema.json"] if wish.schemas else []
    return schema + toml.told(RULE.format(file=looked.file.name, rows=counted(looked.sample.rows, "row")))


def _source(parts: dict[str, dict[str, Guess]], looked: Looked, fed: Fed, wish: Wish) -> str:
    text = toml.document(parts, head=_head("source", looked, wish))
    place = {
        str(guess.value) for key, guess in parts["place"].items() if key in {"lon", "lat", "unit"} and not guess.off
    }
    known = feeding.columns_of(fed.entries) | place
    if left := [column for column in looked.sample.columns if column.name not in known]:
        names = ", ".join(f"{column.name} ({column.filled:.0%} filled)" for column in left)
        lines = toml.told(f'Left out; any name = "column" under [fields] keeps one: {names}')
        text += "\n" + "\n".join(lines) + "\n"
    return text


def _map(made: MapFile) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["source", "category", "rows"])
    writer.writerows([word, code, many] for word, (code, many) in made.words.items())
    return lines.getvalue()
