"""Rows on their way out of a reading process: frames of a kind and a length, columns as Arrow."""

import json
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from etl.records import text_of
from etl.rows import Broken, Rows
from layers.errors import SourceDataError

ANEW = "save it anew where it was made and send that, or mend read.format if it is of another"
"""What may help with a file that no reader finished: the same once more would end alike."""
HEAD = struct.Struct(">cQ")
ROWS, REFUSED, DONE, OPENING = b"R", b"E", b"D", b"O"
LARGEST = 2 << 30
"""Bytes of one frame."""
NUMBERS, SHAPES = "numbers", "shapes"


def packed(rows: Rows) -> pa.Buffer:
    """Return a piece as bytes."""
    arrays = [*rows.columns.columns, pa.array(rows.numbers)]
    fields = [str(at) for at in range(len(rows.names))] + [NUMBERS]
    if rows.shapes is not None:
        arrays.append(pa.array(shapely.to_wkb(rows.shapes), pa.binary()))
        fields.append(SHAPES)
    about = {
        "names": rows.names,
        "crs": rows.crs,
        "strange": rows.strange,
        "done": rows.done,
        "failed": rows.failed,
        "rounded": rows.rounded,
        "broken": [[item.number, item.reason, item.message, dict(item.row)] for item in rows.broken],
    }
    batch = pa.RecordBatch.from_arrays(arrays, fields)
    batch = batch.replace_schema_metadata({"about": json.dumps(about, default=text_of)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue()


def unpacked(frame: bytes | bytearray, name: str) -> Rows:
    """Return the piece that a frame holds; what a process sent that a file took over is not believed."""
    try:
        with pa.ipc.open_stream(pa.py_buffer(frame)) as stream:
            batch = stream.read_next_batch()
        batch.validate(full=True)
        about: dict[str, Any] = json.loads(batch.schema.metadata[b"about"])
        names = about["names"]
        shapes = None
        if SHAPES in batch.schema.names:
            encoded = batch.column(SHAPES).to_numpy(zero_copy_only=False)
            shapes = shapely.from_wkb(encoded, on_invalid="ignore")
        return Rows(
            name,
            pa.RecordBatch.from_arrays(batch.columns[: len(names)], names),
            np.asarray(batch.column(NUMBERS)),
            shapes=shapes,
            crs=about["crs"],
            strange=about["strange"],
            broken=tuple(Broken(*item) for item in about["broken"]),
            done=about["done"],
            failed=int(about["failed"]),
            rounded=int(about["rounded"]),
        )
    except (pa.ArrowException, LookupError, TypeError, ValueError) as mistake:
        found = "what was read of it makes no sense"
        raise SourceDataError(name, found=found, right=ANEW) from mistake
