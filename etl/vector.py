"""Vector files by way of GDAL's Arrow stream: what the readers of those formats share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from etl.rows import BATCH, Broken, Mask, Rows, Shapes
from etl.texts import keep_bad_bytes
from layers.errors import SourceDataError
from layers.plural import counted
from layers.specs import ReadSpec

REFUSALS = (DataSourceError, DataLayerError, FeatureError, pa.ArrowInvalid, OSError, RuntimeError, UnicodeDecodeError)
"""What GDAL and Arrow say to a file they cannot read."""
FORMATS = {
    "ESRI Shapefile": "shapefile",
    "FlatGeobuf": "flatgeobuf",
    "GeoJSON": "geojson",
    "GPKG": "gpkg",
    "KML": "kml",
    "LIBKML": "kml",
    "TopoJSON": "topojson",
}
"""What a pack calls the files that these drivers open."""
HINT = ".; It might help to specify the correct driver"
"""What GDAL says behind its reason, which is for programmers."""
FOLDERS = 100
"""So many are read one after the other: for each, the whole file is taken apart twice."""
FOLDER = "Folder"
"""The column of the folders' names; one of the file that is called so comes before it."""
Encoding = Callable[[Path, str, ReadSpec], str | None]
System = Callable[[Path, str | None], str | None]


@dataclass(frozen=True)
class VectorReader:
    """Reads files that one of the named GDAL drivers opens, and no other."""

    title: str
    drivers: frozenset[str]
    options: Mapping[str, str] = field(default_factory=dict)
    """What else GDAL is told when it opens a file."""
    single: bool = False
    """Whether a file always has one layer; asking for it would be another look at the whole file."""
    folders: bool = False
    """Whether layers are but folders of one list: all are read where none is named, each row with its folder's name."""
    encoding: Encoding | None = None
    """Finds the encoding of a file's texts, where that is not a part of its format."""
    system: System | None = None
    """Says what a file names as its reference system, given what GDAL makes of it."""

    def __call__(self, file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
        """Read a layer piece by piece; geometry that cannot be decoded comes out as a broken row."""
        try:
            yield from self._pieces(file, name=name, spec=spec)
        except REFUSALS as mistake:
            right = f"send the file again as {self.title}"
            raise SourceDataError(name, found=str(mistake).partition(HINT)[0], right=right) from mistake

    def _pieces(self, file: Path, *, name: str, spec: ReadSpec) -> Iterator[Rows]:
        folders = _filled(file) if self.folders and spec.layer is None else {}
        if len(folders) > 1:
            yield from self._folders(file, folders, name=name)
            return
        encoding = self.encoding(file, name, spec) if self.encoding else None
        layer = None if self.single else next(iter(folders), None) or self._chosen(file, name=name, wanted=spec.layer)
        about = pyogrio.read_info(file, layer=layer, encoding=encoding)
        yield from self._layer(file, layer, about, name=name, encoding=encoding)

    def _folders(self, file: Path, folders: Mapping[str, dict[str, Any]], *, name: str) -> Iterator[Rows]:
        """Read folder after folder; a column that some of them lack is empty there."""
        names = list(dict.fromkeys(str(column) for about in folders.values() for column in about["fields"]))
        first = 1
        for at, (folder, about) in enumerate(folders.items(), start=1):
            for rows in self._layer(file, folder, about, name=name, first=first):
                first += len(rows) + len(rows.broken)
                held = {column: rows.columns.column(column) for column in rows.names}
                columns = {column: held.get(column, pa.nulls(len(rows), pa.string())) for column in names}
                whole = pa.RecordBatch.from_pydict({FOLDER: pa.repeat(folder, len(rows)), **columns})
                yield replace(rows, columns=whole, done=(at - 1 + rows.done) / len(folders))

    def _layer(  # noqa: PLR0913 - what pyogrio asks
        self,
        file: Path,
        layer: str | None,
        about: dict[str, Any],
        *,
        name: str,
        encoding: str | None = None,
        first: int = 1,
    ) -> Iterator[Rows]:
        if about["driver"] not in self.drivers:
            found = f"it is {about['driver']}, not {self.title}"
            other = FORMATS.get(about["driver"])
            right = f"say read.format = {other!r}, or mend the file" if other else "mend read.format or the file"
            raise SourceDataError(name, found=found, right=right)
        # Times stay the text they are: GDAL would guess zones column by column.
        stream = pyogrio.open_arrow(
            file,
            layer=layer,
            encoding=encoding,
            use_pyarrow=True,
            datetime_as_string=True,
            batch_size=BATCH,
            **self.options,
        )
        with stream as (meta, batches):
            row = 0
            crs = self.system(file, meta["crs"]) if self.system else meta["crs"]
            for batch in batches:
                done = (row + len(batch)) / max(about["features"], row + len(batch))
                yield _rows(batch, name=name, geometry=meta["geometry_name"], crs=crs, first=first + row, done=done)
                row += len(batch)
        if row < about["features"]:
            found = f"it says that it has {counted(about['features'], 'row')}, {row} can be read"
            raise SourceDataError(name, found=found, right="send the whole file again")

    def _chosen(self, file: Path, *, name: str, wanted: str | None) -> str:
        layers = [str(item[0]) for item in pyogrio.list_layers(file)]
        if wanted is not None and wanted not in layers:
            raise SourceDataError(name, found=f"no layer {wanted!r}", right=f"it has {', '.join(layers) or 'none'}")
        if wanted is None and len(layers) != 1:
            right = "name one under read.layer" if layers else "send a file that has one"
            raise SourceDataError(name, found=f"{counted(len(layers), 'layer')}: {', '.join(layers)}", right=right)
        return wanted or layers[0]


def _filled(file: Path) -> dict[str, dict[str, Any]]:
    """Return what is known of each layer that has rows; nothing where there are too many to go through."""
    layers = [str(item[0]) for item in pyogrio.list_layers(file)]
    found = {layer: pyogrio.read_info(file, layer=layer) for layer in layers} if len(layers) <= FOLDERS else {}
    return {layer: about for layer, about in found.items() if about["features"]}


def _rows(  # noqa: PLR0913 - all by name
    batch: pa.RecordBatch, *, name: str, geometry: str, crs: str | None, first: int, done: float
) -> Rows:
    geometry = geometry or "wkb_geometry"
    columns = pa.RecordBatch.from_pydict(
        {column: _text(batch.column(column)) for column in batch.schema.names if column != geometry}
    )
    numbers = np.arange(first, first + len(batch), dtype=np.int64)
    if geometry not in batch.schema.names:
        return Rows(name, columns, numbers, crs=crs, done=done)
    shapes, unreadable = _shapes(batch.column(geometry))
    broken = tuple(
        Broken(int(numbers[at]), "bad-geometry", "the geometry cannot be decoded", columns.slice(at, 1).to_pylist()[0])
        for at in np.flatnonzero(unreadable)
    )
    if broken:
        columns, numbers, shapes = columns.filter(pa.array(~unreadable)), numbers[~unreadable], shapes[~unreadable]
    return Rows(name, columns, numbers, shapes=shapes, crs=crs, broken=broken, done=done)


def _shapes(column: pa.Array) -> tuple[Shapes, Mask]:
    encoded = column.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(encoded, on_invalid="ignore")
    unreadable = np.asarray(column.is_valid()) & shapely.is_missing(shapes)
    shapes[~unreadable & shapely.is_empty(shapes)] = None
    return shapes, unreadable


def _text(column: pa.Array) -> pa.Array:
    """Return a column whose text is valid UTF-8, bad bytes marked."""
    if not pa.types.is_string(column.type):
        return column
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        sent = column.cast(pa.binary()).to_pylist()
        return pa.array([None if value is None else value.decode(errors=keep_bad_bytes) for value in sent], pa.string())
    return column
