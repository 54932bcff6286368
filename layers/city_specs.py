"""What `city.toml` and `categories.csv` of a city pack may say: strict, frozen."""

from typing import Self
from zoneinfo import available_timezones

from pydantic import Field, model_validator

from layers.base_maps import BaseMapSpec
from layers.parts import Id, Part, Title


class CodeLayout(Part):
    """A code of `length` digits whose first `significant` name the unit; the rest are zeros."""

    significant: int = Field(gt=0)
    length: int = Field(gt=0)

    def problem(self, code: str) -> str | None:
        """Say what is wrong with a code, or nothing."""
        if len(code) != self.length or not code.isdigit():
            return f"must be {self.length} digits"
        if code[self.significant :].strip("0"):
            return f"must end in {self.length - self.significant} zeros"
        return None

    def own(self, code: str) -> str:
        """Return the digits that name the unit."""
        return code[: self.significant]


class Level(Part):
    """One level of the hierarchy, the city first."""

    id: Id
    title: Title
    code: CodeLayout | None = None
    """Declared where parents can be read off the code; otherwise units name their parent."""
    tolerance: float = Field(default=20.0, ge=0)
    """Metres by which its polygons may be simplified for drawing."""


class Register(Part):
    """The official list the codes come from."""

    title: Title
    edition: str


class Choice(Part):
    """One of a fixed list of values, with what a person reads."""

    id: str
    title: Title


class CamerasSpec(Part):
    """Which layer the cameras are, how far they see, and which of them work: what indicators ask of them."""

    layer: Id
    reach: float = Field(gt=0, le=5_000)
    """Metres within which a camera can see an incident."""
    field: str | None = None
    """The attribute that says whether a camera works; left out, all do."""
    working: tuple[str, ...] = ()
    """The values of that attribute which mean that it works."""

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if (self.field is None) != (not self.working):
            msg = "field and working go together: the attribute, and its values that mean a camera works"
            raise ValueError(msg)
        return self


class CitySpec(Part):
    """`city.toml`."""

    code: str
    name: Title
    time_zone: str
    register_: Register | None = Field(default=None, alias="register")
    generated: Title | None = None
    """What the notice in the map's corner says; absent where every row is real."""
    channels: tuple[Choice, ...] = ()
    levels: tuple[Level, ...] = Field(min_length=2, max_length=6)
    cameras: CamerasSpec | None = None
    """What the indicators of cameras stand on; without it there are none."""
    base_maps: tuple[BaseMapSpec, ...] = ()
    """What may be laid under the polygons, in the order of the choice."""

    @model_validator(mode="after")
    def _codes_grow(self) -> Self:
        widths = [level.code.significant for level in self.levels if level.code]
        if widths != sorted(set(widths)):
            msg = f"significant digits must grow from level to level, got {widths}"
            raise ValueError(msg)
        if self.time_zone not in available_timezones():
            msg = f"time_zone {self.time_zone!r} is not an IANA name such as 'Asia/Shanghai'"
            raise ValueError(msg)
        ids = [item.id for item in self.base_maps]
        if twice := {ident for ident in ids if ids.count(ident) > 1}:
            msg = f"two base maps have the id {min(twice)!r}"
            raise ValueError(msg)
        return self


class Category(Part):
    """A node of the category tree; `hours` is the time limit of its incidents."""

    code: Id
    parent: Id | None
    title: Title
    hours: float = Field(gt=0)
