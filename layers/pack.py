"""A city pack: the folder that makes the software this city's, read once, mistakes explained."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from layers.city_specs import Category, CitySpec, Level
from layers.errors import PackError, UnknownNameError
from layers.parts import Named, Part
from layers.specs import FieldSpec, LayerSpec, SourceSpec
from layers.styles import mistakes
from layers.words import STATUSES, status_code

Spec = TypeVar("Spec", bound=Part)
NamedSpec = TypeVar("NamedSpec", bound=Named)


class City:
    """A whole pack, checked: its levels, categories, layers and sources."""

    def __init__(self, folder: Path) -> None:
        """Read every file of the pack; raise `PackError` at the first mistake."""
        self.folder = folder
        self.file = folder / "city.toml"
        if not self.file.is_file():
            raise PackError(self.file, where="city pack", found="no such file", right="name a folder that holds one")
        self.spec = _parse(self.file, CitySpec)
        self.categories = {item.code: item for item in _categories(folder / "categories.csv")}
        self.layers = _folder(folder / "layers", LayerSpec)
        self.sources = _folder(folder / "sources", SourceSpec)
        self._check_references()

    def _check_references(self) -> None:
        feeds = {"units", "incidents", *(key for key, layer in self.layers.items() if layer.incidents is None)}
        for source in self.sources.values():
            file = self.folder / "sources" / f"{source.id}.toml"
            if source.feeds not in feeds:
                raise PackError(
                    file, where="feeds", found=source.feeds, right=f"must be one of {', '.join(sorted(feeds))}"
                )
            if source.edition is not None and source.feeds != "units":
                right = "only boundaries have editions: for sources that feed 'units'"
                raise PackError(file, where="edition", found=str(source.edition), right=right)
            for name, spec in source.fields.items():
                if isinstance(spec.map, str) and not (self.folder / spec.map).is_file():
                    raise PackError(
                        file, where=f"fields.{name}.map", found=spec.map, right="must be a file of the pack"
                    )
            if source.feeds == "incidents":
                self._check_words(file, source)
        self._check_cameras()
        for layer in self.layers.values():
            file = self.folder / "layers" / f"{layer.id}.toml"
            for where, found, right in mistakes(layer, self):
                raise PackError(file, where=f"style.{where}", found=found, right=right)
            if layer.incidents is not None and layer.incidents not in self.sources:
                raise PackError(
                    file,
                    where="incidents",
                    found=layer.incidents,
                    right=f"must be a source: {', '.join(sorted(self.sources))}",
                )

    def _check_cameras(self) -> None:
        layers = {layer.id for layer in self.layers.values() if layer.incidents is None}
        declared = self.spec.cameras
        if declared and declared.layer not in layers:
            right = f"must be a layer of features: {', '.join(sorted(layers))}"
            raise PackError(self.file, where="cameras.layer", found=declared.layer, right=right)

    def _check_words(self, file: Path, source: SourceSpec) -> None:
        """Hold what a source's words are mapped to against the pack's categories and channels, and the statuses."""
        channels = {choice.id for choice in self.spec.channels}
        statuses = {status_code(status) for status in STATUSES}
        known = {"category": set(self.categories), "channel": channels, "status": statuses}
        for name in sorted(known.keys() & source.fields.keys()):
            spec = source.fields[name]
            words = dict(self.mapping(spec) or {})
            for word, ours in (words | ({"any other": spec.other} if spec.other is not None else {})).items():
                if ours not in known[name]:
                    right = f"stands for {word!r}; must be a {name} such as {', '.join(sorted(known[name])[:5])}"
                    raise PackError(file, where=f"fields.{name}.map", found=ours, right=right)

    @cached_property
    def time_zone(self) -> ZoneInfo:
        """The zone whose days are the city's days."""
        return ZoneInfo(self.spec.time_zone)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels, the city first."""
        return self.spec.levels

    def rank(self, level: str) -> int:
        """Return how far below the city a level is; the city is 0."""
        for rank, item in enumerate(self.levels):
            if item.id == level:
                return rank
        raise UnknownNameError(kind="level", name=level, known=(item.id for item in self.levels))

    def branch(self, code: str) -> set[str]:
        """Return a category and all below it."""
        if code not in self.categories:
            raise UnknownNameError(kind="category", name=code, known=self.categories)
        found = {code}
        while more := {item.code for item in self.categories.values() if item.parent in found} - found:
            found |= more
        return found

    def mapping(self, spec: FieldSpec) -> Mapping[str, str] | None:
        """Return a field's map, read from the pack where it names a file; words without a meaning yet are not in it."""
        if not isinstance(spec.map, str):
            return spec.map
        with (self.folder / spec.map).open(encoding="utf-8", newline="") as lines:
            return {row[0]: row[1] for row in list(csv.reader(lines))[1:] if row[1]}


def _folder(folder: Path, kind: type[NamedSpec]) -> dict[str, NamedSpec]:
    found: dict[str, NamedSpec] = {}
    for file in sorted(folder.glob("*.toml")):
        spec = _parse(file, kind)
        name = spec.id
        if name != file.stem:
            raise PackError(file, where="id", found=name, right=f"must be the file's name, {file.stem!r}")
        found[name] = spec
    return found


def _parse(file: Path, kind: type[Spec]) -> Spec:
    try:
        return kind.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as mistake:
        raise PackError(file, where="TOML", found=str(mistake), right="mend the syntax there") from mistake
    except ValidationError as mistake:
        raise _explained(file, mistake) from mistake


def _explained(file: Path, mistake: ValidationError, row: str = "") -> PackError:
    first: Any = mistake.errors()[0]
    where = row + ".".join(str(part) for part in first["loc"])
    return PackError(
        file, where=where or "file", found=first["input"], right=first["msg"].removeprefix("Value error, ")
    )


def _categories(file: Path) -> Iterator[Category]:
    if not file.is_file():
        raise PackError(
            file, where="categories", found="no such file", right="a pack has one, with code,parent,zh,en,hours"
        )
    seen: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                item = Category.model_validate(
                    {
                        "code": row["code"],
                        "parent": row["parent"] or None,
                        "title": {"zh": row["zh"], "en": row["en"]},
                        "hours": row["hours"],
                    }
                )
            except KeyError as missing:
                raise PackError(
                    file, where="header", found=str(missing), right="must be code,parent,zh,en,hours"
                ) from missing
            except ValidationError as mistake:
                raise _explained(file, mistake, f"line {number}: ") from mistake
            if item.parent is not None and item.parent not in seen:
                raise PackError(
                    file, where=f"line {number}: parent", found=item.parent, right="must stand on a line above"
                )
            if item.code in seen:
                raise PackError(
                    file, where=f"line {number}: code", found=item.code, right="stands on a line above already"
                )
            seen.add(item.code)
            yield item
