"""GeoJSON: every row a feature, also the ones without a place; geometry is text that the database wrote."""

import json
from collections.abc import Iterator
from datetime import datetime

from dashboard.takeaway.writing import Job


def geojson(job: Job) -> Iterator[bytes]:
    """Return the rows as one collection, as they arrive; `notes` beside the features says what they are."""
    columns = [(column.id, column.value) for column in job.table.columns if column.id not in {"lon", "lat"}]
    head = {"type": "FeatureCollection", "name": job.table.title.text(job.order.language), "notes": job.notes}
    yield written(head)[:-1].encode() + b',"features":[\n'
    between = ""
    for batch in job.batches():
        features = ",\n".join(
            f'{{"type":"Feature","geometry":{row.shape or "null"},"properties":'
            f"{written({name: value(row) for name, value in columns})}}}"
            for row in batch
        )
        yield f"{between}{features}".encode()
        between = ",\n"
    yield b"\n]}\n"


def written(value: object) -> str:
    """Return JSON; times with their offset."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_moment, allow_nan=False)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(value)
