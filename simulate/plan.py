"""What a pack's `simulation.toml` may say: how a city that keeps its data to itself is made up from a seed."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from layers.errors import PackError
from layers.parts import Id, Part

Span = tuple[float, float]
Weights = dict[str, Annotated[float, Field(ge=0)]]


class Register(Part):
    """The pack's real part: the list of units by code, and the polygons of the level below the city."""

    file: str
    polygons: str


class Centre(Part):
    """A place people live around: how many beyond the countryside's, and how far from it they thin out."""

    name: str
    lon: float
    lat: float
    people: float = Field(gt=0)
    """Thousands."""
    radius: float = Field(gt=0)
    """Kilometres within which the density falls to a third."""


class Seat(Part):
    """What the seat of any anchored unit adds to the density, as a `Centre` does."""

    people: float = Field(gt=0)
    radius: float = Field(gt=0)


class People(Part):
    """How many people there are and where."""

    total: int = Field(gt=0)
    countryside: float = Field(gt=0)
    """People per square kilometre far from every centre."""
    seat: Seat | None = None
    centres: tuple[Centre, ...] = Field(min_length=1)


class CellPlan(Part):
    """The cells of the last level."""

    count: int = Field(gt=0)
    name: str
    name_en: str
    crowding: float = Field(default=0.5, ge=0, le=1)
    """The power of the density of people that gives the density of cells: 0 all alike, 1 all with as many people."""


class Maker(Part):
    """How one value of a made-up row comes about; exactly one way."""

    choose: Weights | None = None
    between: Span | None = None
    days_ago: Span | None = None
    text: str | None = None
    """A pattern; names of units by level, words and the row's other values stand in braces."""
    texts: dict[str, str] | None = None
    """Patterns by the value of `by`."""
    by: str | None = None
    decimals: int = 0
    prefix: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.choose, self.between, self.days_ago, self.text, self.texts]
        if sum(way is not None for way in ways) != 1:
            msg = "needs exactly one of choose, between, days_ago, text, texts"
            raise ValueError(msg)
        if (self.texts is None) != (self.by is None):
            msg = "texts and by go together"
            raise ValueError(msg)
        return self


class FeaturePlan(Part):
    """The features of one source."""

    count: int | None = None
    each: str | None = None
    """A level: one feature for each of its units, instead of a count."""
    shape: Literal["point", "way", "plot"] = "point"
    """A way is a line through each unit, a plot a polygon around a point."""
    crowding: float = Field(default=0.7, ge=0, le=1)
    fields: dict[str, Maker]

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.count is None) == (self.each is None):
            msg = "needs either a count or a level in each"
            raise ValueError(msg)
        if self.shape == "way" and self.each is None:
            msg = "ways lead through units: say of which level in each"
            raise ValueError(msg)
        return self


class Kind(Part):
    """One category among a source's incidents."""

    weight: float = Field(gt=0)
    season: str = "even"
    hours: str = "any"


class IncidentPlan(Part):
    """The incidents of one source."""

    share: float = Field(gt=0, le=1)
    key: str
    """What keys begin with, before the day and the number."""
    unit: str
    """The level whose code the source's rows carry."""
    week: tuple[float, float, float, float, float, float, float]
    """Weights of the days, Monday first."""
    title: str
    address: str
    kinds: dict[Id, Kind]
    fields: dict[str, Maker] = Field(default_factory=dict)


class Rhythm(Part):
    """Named curves: how incidents spread over a year's months and a day's hours."""

    seasons: dict[str, Annotated[tuple[float, ...], Field(min_length=12, max_length=12)]]
    hours: dict[str, Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]]
    growth: float = 0.0
    """How much more there is after a year."""
    unrest: float = Field(default=0.08, ge=0)
    """How unlike one day is to the next."""


class Handling(Part):
    """How incidents are dealt with, measured against their category's limit."""

    on_time: Span
    """The share closed in time, from the worst unit below the city to the best."""
    spread: float = Field(default=0.8, gt=0)
    forgotten: float = Field(default=0.004, ge=0, le=1)


class Flaws(Part):
    """What is wrong with the data, as shares of all rows."""

    nowhere: float = Field(ge=0, le=1)
    nowhere_with_code: float = Field(ge=0, le=1)
    """The share of those without a point that name their unit all the same."""
    broken: float = Field(ge=0, le=1)


class Unusual(Part):
    """Places and times out of the ordinary; metres and days."""

    hot_spots: int = Field(ge=0)
    hot_share: float = Field(ge=0, le=1)
    """The part of a category's incidents that its hot spot draws."""
    outbreaks: int = Field(ge=0)
    radius: Span
    days: Span
    cases: Span
    """How many incidents an outbreak adds; less where there are few rows."""


class Plan(Part):
    """`simulation.toml`."""

    seed: int
    years: float = Field(default=2.0, gt=0)
    register_: Register = Field(alias="register")
    people: People
    cells: CellPlan
    anchors: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Where units of the register really are: code → longitude, latitude of their seat."""
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    stems: tuple[str, ...] = ()
    """Endings left out where a pattern asks for a unit's stem."""
    features: dict[Id, FeaturePlan] = Field(default_factory=dict)
    rhythm: Rhythm
    handling: Handling
    flaws: Flaws
    unusual: Unusual
    incidents: dict[Id, IncidentPlan]

    @model_validator(mode="after")
    def _curves_exist(self) -> Self:
        for source, plan in self.incidents.items():
            for code, kind in plan.kinds.items():
                for name, curves in ((kind.season, self.rhythm.seasons), (kind.hours, self.rhythm.hours)):
                    if name not in curves:
                        msg = f"{source}.{code} asks for the curve {name!r}; known: {', '.join(sorted(curves))}"
                        raise ValueError(msg)
        return self


def read(folder: Path) -> Plan:
    """Read a pack's plan; raise `PackError` where it says something that cannot be used."""
    file = folder / "simulation.toml"
    if not file.is_file():
        raise PackError(
            file, where="simulation", found="no such file", right="a pack without data of its own needs one"
        )
    try:
        return Plan.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as mistake:
        raise PackError(file, where="TOML", found=str(mistake), right="mend the syntax there") from mistake
    except ValidationError as mistake:
        first = mistake.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        right = first["msg"].removeprefix("Value error, ")
        raise PackError(file, where=where or "file", found=first["input"], right=right) from mistake
