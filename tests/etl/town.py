"""The small city as loads see it: short ways to send it files and to see what became of them."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, text

from etl import rejects
from etl.request import Request
from etl.run import WHOLE, Outcome, load
from layers.pack import City
from layers.specs import SourceSpec

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
COLUMNS = ("编号", "标题", "时间", "结案", "分类", "状态", "经度", "纬度", "社区")


def case(key: str, **values: str) -> dict[str, str]:
    """Return a good row of the hotline, in the middle of the cell 990101001001001."""
    row = dict.fromkeys(COLUMNS, "")
    good = {"编号": key, "标题": "摊贩占道", "时间": "2026/06/01 08:30:00", "分类": "占道", "状态": "已受理"}
    return row | good | {"经度": "121.51458", "纬度": "29.80225"} | values


@dataclass
class Town:
    """The small city with a database and an inbox of its own."""

    city: City
    engine: Engine
    inbox: Path

    def source(self, name: str, **changes: Mapping[str, Any] | str | float) -> SourceSpec:
        """Return a source of the pack, some of its parts replaced."""
        plain = self.city.sources[name].model_dump()
        for part, value in changes.items():
            plain[part] = plain[part] | value if isinstance(value, Mapping) else value
        return SourceSpec.model_validate(plain)

    def write(self, name: str, content: bytes | str) -> Path:
        """Put a file into the inbox."""
        file = self.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def cases(self, rows: Iterable[Mapping[str, str]], name: str = "hotline/1.csv") -> Path:
        """Put a file of hotline cases into the inbox."""
        lines = io.StringIO()
        writer = csv.DictWriter(lines, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return self.write(name, lines.getvalue().encode("gb18030"))

    def geojson(self, name: str, features: Sequence[tuple[dict[str, Any], object]]) -> Path:
        """Put a GeoJSON of (properties, geometry) into the inbox."""
        made = [{"type": "Feature", "properties": values, "geometry": shape} for values, shape in features]
        return self.write(name, json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False))

    def load(
        self,
        source: str | SourceSpec = "hotline",
        *,
        dry_run: bool = False,
        now: datetime | None = None,
        request: Request = WHOLE,
    ) -> Outcome:
        """Load a source, or the part of it that is asked for; a later edition of units on its first day."""
        spec = self.city.sources[source] if isinstance(source, str) else source
        if now is None:
            begins = datetime.combine(spec.edition, time(), self.city.time_zone) if spec.edition else NOW
            now = max(NOW, begins)
        return load(
            spec, city=self.city, engine=self.engine, inbox=self.inbox, now=now, dry_run=dry_run, request=request
        )

    def rejected(self, outcome: Outcome) -> list[Row[Any]]:
        """Return what a load left out."""
        assert outcome.load_id is not None
        with self.engine.connect() as connection:
            return rejects.of_load(connection, outcome.load_id)

    def rows(self, statement: str, **values: object) -> list[Row[Any]]:
        """Return what a statement finds."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def one(self, statement: str, **values: object) -> Any:  # noqa: ANN401 - whatever is asked for
        """Return the one value a statement finds."""
        (row,) = self.rows(statement, **values)
        return row[0]
