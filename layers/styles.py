"""How a layer's single features are told apart on the map: by a colour for each value, by a size for a number."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from layers.parts import Part, Title
from layers.words import STATUSES, status_code

if TYPE_CHECKING:
    from layers.pack import City
    from layers.specs import LayerSpec

SERIES = ("sky", "orange", "green", "pink", "yellow", "blue", "red")
"""Colours that common kinds of colour blindness leave apart, in the order they are given out."""
OTHER = "grey"
Color = Annotated[str, Field(pattern=rf"^(#[0-9a-f]{{6}}|{'|'.join((*SERIES, OTHER))})$")]
"""Named, so that it suits a dark and a light page alike, or `#rrggbb`."""
Mistake = tuple[str, str, str]
"""Where in `[style]`, what stands there, and what would be right."""


class StyleSpec(Part):
    """`[style]` of a layer."""

    color_by: str | None = None
    """The field whose values have colours; of incidents also `category` (by its branch) or `status`."""
    colors: dict[str, Color] = Field(default_factory=dict)
    """Value → colour, others are grey; without it, each value that the field declares has one of a series."""
    size_by: str | None = None
    """The field whose number a point's area stands for."""
    most: float | None = Field(default=None, gt=0)
    """The number that is drawn largest; whatever is above it is drawn no larger."""
    radius: tuple[Annotated[float, Field(ge=2, le=30)], Annotated[float, Field(ge=2, le=30)]] = (3, 14)
    """Pixels: of the smallest points and of the largest."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.size_by is None) != (self.most is None):
            msg = "size_by and most go together: the field, and the number that is drawn largest"
            raise ValueError(msg)
        if self.radius[0] > self.radius[1]:
            msg = f"radius must be the smallest and the largest, got {list(self.radius)}"
            raise ValueError(msg)
        if self.colors and self.color_by is None:
            msg = "colors belong to the values of a field: say which in color_by"
            raise ValueError(msg)
        return self


@dataclass(frozen=True)
class Kind:
    """What has one colour: its name, and the values that are it."""

    title: Title
    color: str
    values: tuple[str, ...]


def kinds(layer: "LayerSpec", city: "City") -> list[Kind]:
    """Return what a layer's colours mean, in the order of the colours or else of the declared values."""
    style = layer.style
    if style is None or style.color_by is None:
        return []
    titles = _titles(layer, city) or {}
    colors = style.colors or {value: SERIES[at % len(SERIES)] for at, value in enumerate(titles)}
    of_branches = layer.incidents is not None and style.color_by == "category"
    return [
        Kind(
            titles.get(value, Title(zh=value, en=value)),
            color,
            tuple(sorted(city.branch(value))) if of_branches else (value,),
        )
        for value, color in colors.items()
    ]


def title(field: str, layer: "LayerSpec") -> Title | None:
    """Return what a declared field is called; none for what every incident has."""
    return next((each.title for each in layer.fields if each.id == field), None)


def mistakes(layer: "LayerSpec", city: "City") -> Iterator[Mistake]:
    """Say what a style asks of its layer that the layer does not have."""
    style = layer.style
    if style is None:
        return
    if style.color_by is not None:
        titles = _titles(layer, city)
        if titles is None:
            own = [field.id for field in layer.fields]
            known = [*(("category", "status") if layer.incidents else ()), *own]
            yield "color_by", style.color_by, f"must be a field of the layer: {', '.join(known)}"
        elif not titles and not style.colors:
            yield "color_by", style.color_by, "needs colors: the field declares no values that could have them"
        elif titles and (unknown := [value for value in style.colors if value not in titles]):
            yield f"colors.{unknown[0]}", style.colors[unknown[0]], f"no such value; known: {', '.join(titles)}"
    if style.size_by is not None and layer.geometry != "point":
        yield "size_by", style.size_by, f"only points have sizes, not {layer.geometry}s; leave it out"
    numbers = [field.id for field in layer.fields if field.type == "number"]
    if style.size_by is not None and style.size_by not in numbers:
        yield "size_by", style.size_by, f"must be a field of type number: {', '.join(numbers) or 'there is none'}"


def _titles(layer: "LayerSpec", city: "City") -> dict[str, Title] | None:
    """Return the values that may have colours, with their names; none where there is no such field."""
    by = layer.style and layer.style.color_by
    if layer.incidents is not None and by == "category":
        return {code: item.title for code, item in city.categories.items() if item.parent is None}
    if layer.incidents is not None and by == "status":
        return {status_code(status): title for status, title in STATUSES.items()}
    return next((dict(field.values) for field in layer.fields if field.id == by), None)
