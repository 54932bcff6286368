"""What the files of a city pack's layers and sources may say: one model per file, strict, frozen."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from layers.parts import Id, Name, Named, Part, Title
from layers.styles import StyleSpec

Theme = Literal["people", "places", "things", "events", "organisations"]
Format = Literal[
    "csv",
    "excel",
    "flatgeobuf",
    "geojson",
    "gpkg",
    "http-json",
    "json",
    "kml",
    "parquet",
    "shapefile",
    "sql",
    "topojson",
]
"""Named after the readers in `etl/readers`, one by one."""
SERVICES = frozenset({"http-json", "sql"})
"""The formats that are asked for over a connection instead of lying in a folder."""
Setting = Annotated[str, Field(pattern=r"^ONEMAP_SOURCE_[A-Z0-9_]+$")]
"""The name of an environment variable that holds what no pack may: an address with a password, a token."""


class FieldSpec(Part):
    """Where a value comes from: a column of the source, several together, or one value for every row."""

    column: str | None = None
    columns: tuple[str, ...] = ()
    """Columns that make one text together, a blank between them: a date and its time."""
    value: str | None = None
    format: str | tuple[str, ...] | None = None
    """For times: a strptime format, or a number that counts `days` (as spreadsheets do), `unix` seconds or `unix-ms`
    milliseconds; of several, the first that fits is taken; without it, ISO 8601."""
    map: dict[str, str] | str | None = None
    """Source value → our value: inline, or a CSV of the pack with two columns."""
    other: str | None = None
    """What a value means that the map does not know; without it, such a row stays out."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [self.column is not None, bool(self.columns), self.value is not None].count(True) != 1:
            msg = "needs either a column, columns or a value"
            raise ValueError(msg)
        return self

    @property
    def sent(self) -> tuple[str, ...]:
        """The columns of the source that it is made of."""
        return self.columns if self.column is None else (self.column,)

    @property
    def formats(self) -> tuple[str, ...]:
        """The forms a time may have; none means ISO 8601."""
        return (self.format,) if isinstance(self.format, str) else self.format or ()


def _bare_column(raw: object) -> object:
    return {"column": raw} if isinstance(raw, str) else raw


SourceField = Annotated[FieldSpec, BeforeValidator(_bare_column, json_schema_input_type=FieldSpec | str)]
"""A column's name stands for the column as it is."""


class ReadSpec(Part):
    """How a source's files are opened, or its service is asked."""

    format: Format
    path: str = ""
    """A pattern below the pack or the inbox."""
    encoding: str | None = None
    """Of text files, UTF-8 if left out, and of shapefiles; `auto` looks at the bytes."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    columns: tuple[str, ...] = ()
    """The names of the columns, where the file has no line that says them."""
    header: int = Field(default=1, ge=1)
    """The row that names the columns, where others stand above it."""
    null: tuple[str, ...] = ()
    """Texts that mean nothing was filled in, such as `(null)`."""
    layer: str | None = None
    sheet: str | int | None = None
    """Of a workbook: its name, or its number from 1; the first if left out."""
    records: str = ""
    """Of JSON: the keys on the way to the list of records, with dots between them."""
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    headers: dict[str, Setting] = Field(default_factory=dict)
    """What is sent along with a request, by the name of the setting that holds it."""
    paging: Literal["none", "socrata", "open311"] = "none"
    page: int = Field(default=1000, ge=1)
    """Records asked for at a time."""
    since: str | None = None
    """The column or parameter by which a service is asked only for what is newer than the last load."""
    database: Setting | None = None
    query: str | None = None
    """What another database is asked; `:since` stands for the time of the last load."""

    @model_validator(mode="after")
    def _place_of_the_rows(self) -> Self:
        needed = {"http-json": {"url"}, "sql": {"database", "query"}}.get(self.format, {"path"})
        given = {name for name in ("path", "url", "database", "query") if getattr(self, name)}
        if needed != given:
            msg = f"the format {self.format!r} needs {' and '.join(sorted(needed))}, got {sorted(given)}"
            raise ValueError(msg)
        return self


Order = Literal["lon lat", "lat lon"]


class PlaceSpec(Part):
    """Where a row is: two columns or the file's own geometry, in a datum; and a unit code to fall back on."""

    lon: str | None = None
    lat: str | None = None
    """The same column as `lon` where that holds both, or a shape as WKT or WKB."""
    order: Order = "lon lat"
    """Which comes first in a column that holds both."""
    datum: str = "4326"
    """`gcj02`, `bd09`, or an EPSG code."""
    unit: str | None = None
    """A column with the code of the unit a row belongs to, used where there is no point."""
    unit_map: dict[str, str] = Field(default_factory=dict)
    """What the source calls units, where it does not say their codes."""
    near: float = Field(default=0.0, ge=0)
    """Metres outside the city within which a place still belongs to the city, but to no unit below: bridges, piers."""

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            msg = "lon and lat go together"
            raise ValueError(msg)
        if self.order != "lon lat" and (self.lon is None or self.lon != self.lat):
            msg = "order is for one column that holds both; name it under lon and under lat"
            raise ValueError(msg)
        if self.datum not in {"gcj02", "bd09"} and not self.datum.isdigit():
            msg = f"datum {self.datum!r} must be 'gcj02', 'bd09' or an EPSG code such as '4490'"
            raise ValueError(msg)
        return self


class SourceSpec(Named):
    """`sources/<id>.toml`: where rows come from, who owns them, how often they are due, what they feed."""

    title: Title
    owner: Name
    """Whose data it is."""
    feeds: str
    """`units`, `incidents`, or a layer's id."""
    refresh: Annotated[str, Field(pattern=r"^[1-9]\d*[mhd]$")]
    share: Literal["open", "shared", "restricted"]
    mode: Literal["append", "upsert", "snapshot"] = "upsert"
    """What a row with a known key does, and what it means that a row is gone."""
    retire_limit: float = Field(default=0.5, ge=0, le=1)
    """The share of its rows that a snapshot may retire at once."""
    reject_limit: float = Field(default=0.1, ge=0, le=1)
    """The share of its rows that may be rejected before a load says so by its exit code."""
    suspect_limit: float = Field(default=0.1, ge=0, le=1)
    """The share of its rows whose places may look wrong before a load is held instead of published."""
    read: ReadSpec
    edition: date | None = None
    """Of units: the day from which these boundaries are in force; what they leave out ends then."""
    place: PlaceSpec = PlaceSpec()
    fields: dict[str, SourceField]

    @model_validator(mode="after")
    def _mode_fits(self) -> Self:
        if self.feeds == "units" and self.mode != "upsert":
            msg = f"mode {self.mode!r} is not for units, which are loaded as they are; leave it out"
            raise ValueError(msg)
        if self.mode == "snapshot" and (self.read.since or ":since" in (self.read.query or "")):
            msg = "mode 'snapshot' needs all rows each time; leave out since, or the mode"
            raise ValueError(msg)
        return self

    @property
    def refresh_minutes(self) -> int:
        """How many minutes after its data time the source is due again."""
        return int(self.refresh[:-1]) * {"m": 1, "h": 60, "d": 1440}[self.refresh[-1]]


class LayerField(Part):
    """An attribute of a layer's features that people see."""

    id: Id
    title: Title
    type: Literal["text", "number", "time"] = "text"
    values: dict[str, Title] = Field(default_factory=dict)
    """What coded values mean."""


class LayerSpec(Named):
    """`layers/<id>.toml`: a themed set of features, or (with `incidents`) the incidents of one source."""

    theme: Theme
    title: Title
    geometry: Literal["point", "line", "polygon"] = "point"
    order: int = 100
    color: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#4fc3d9"
    shown: bool = False
    incidents: Id | None = None
    """The source whose incidents this layer draws."""
    label: str | None = None
    """The field that names a feature."""
    style: StyleSpec | None = None
    """How single features differ on the map; without it all look alike."""
    fields: tuple[LayerField, ...] = ()
