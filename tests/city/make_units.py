"""Write `units.geojson`: run it again after a change of the grid described in the README."""

import json
from pathlib import Path

WEST, SOUTH, STEP = 12150, 2980, 100


def square(column: int, row: int, columns: int, rows: int) -> dict[str, object]:
    """Return a polygon with a vertex at every hundredth of a degree, so that neighbours share every vertex."""
    south = [(column + at, row) for at in range(columns)]
    east = [(column + columns, row + at) for at in range(rows)]
    north = [(column + columns - at, row + rows) for at in range(columns)]
    west = [(column, row + rows - at) for at in range(rows)]
    ring = [*south, *east, *north, *west, south[0]]
    places = [[(WEST + x) / STEP, (SOUTH + y) / STEP] for x, y in ring]
    return {"type": "Polygon", "coordinates": [places]}


def units() -> list[tuple[str, str, str, str, dict[str, object]]]:
    """Return code, level, name, English name and polygon of every unit."""
    made = [("990100000000", "city", "方城市", "Square City", square(0, 0, 8, 4))]
    for d, (zh, en) in enumerate([("西区", "West District"), ("东区", "East District")]):
        made.append((f"99010{d + 1}000000", "district", zh, en, square(4 * d, 0, 4, 4)))
        for s, (side, word) in enumerate([("南", "South"), ("北", "North")]):
            name, english = f"{zh[0]}{side}街道", f"{en.split()[0]} {word} Street"
            made.append((f"99010{d + 1}00{s + 1}000", "street", name, english, square(4 * d, 2 * s, 4, 2)))
            for c in range(2):
                code = f"99010{d + 1}00{s + 1}00{c + 1}"
                label = f"{name[:2]}{c + 1}社区"
                made.append((code, "community", label, f"{english} {c + 1}", square(4 * d + 2 * c, 2 * s, 2, 2)))
                made += [
                    (
                        f"{code}00{g + 1}",
                        "grid",
                        f"{label}{g + 1}网格",
                        f"{english} {c + 1}-{g + 1}",
                        square(4 * d + 2 * c, 2 * s + g, 2, 1),
                    )
                    for g in range(2)
                ]
    return made


def main() -> None:
    """Write the file beside this one."""
    features = [
        {
            "type": "Feature",
            "geometry": shape,
            "properties": {"code": code, "level": level, "name": name, "name_en": en},
        }
        for code, level, name, en, shape in units()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=0)
    Path(__file__).with_name("units.geojson").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
