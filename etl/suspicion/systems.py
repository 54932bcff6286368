"""Files of a map that do not say, or not so that anybody knows, what their coordinates are in."""

from etl.place import datum_of
from etl.rows import Rows
from layers.specs import PlaceSpec


class Systems:
    """Counts the rows of one load."""

    def __init__(self, spec: PlaceSpec) -> None:
        """Begin with none."""
        self.spec = spec
        self.silent = 0
        self.strange: dict[str, int] = {}

    def see(self, rows: Rows) -> None:
        """Count a piece whose places are the file's own shapes."""
        if rows.shapes is None or self.spec.lon is not None:
            return
        if rows.strange is not None:
            self.strange[rows.strange] = self.strange.get(rows.strange, 0) + len(rows)
        elif rows.crs is None and "datum" not in self.spec.model_fields_set:
            self.silent += len(rows)

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """Return how many rows were taken to be in what the file does not say."""
        datum = datum_of(self.spec, None)
        found: list[dict[str, object]] = [
            {"rows": rows, "because": f"the file says {name!r}, which nobody knows; taken as declared, for {datum}"}
            for name, rows in self.strange.items()
        ]
        if self.silent:
            because = f"the file names no reference system; taken for {datum}; say under place.datum what it is in"
            found.append({"rows": self.silent, "because": because})
        return {"reference_system": found} if found else {}
