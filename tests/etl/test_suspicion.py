"""Places that look wrong hold a load back and are named; their innocent look-alikes are left in peace."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from etl import catalogue
from etl.request import Request
from etl.run import Outcome
from layers.datum import gcj02_to_bd09, wgs84_to_gcj02
from layers.specs import SourceSpec
from tests.etl.town import Town, case

RANDOM = np.random.default_rng(11)
MANY = 400
LON, LAT = RANDOM.uniform(121.501, 121.579, MANY), RANDOM.uniform(29.801, 29.839, MANY)
ROADS = [f"{a}{b}路{n}号" for a in "中解和幸新延" for b in "山放平福华安" for n in range(3, 400, 29)]
RANDOM.shuffle(ROADS)
ACCEPT = Request(accept_suspicion=True)
HELD = "SELECT key, ST_AsText(geom), unit_id, title, load_id FROM incident ORDER BY key"
Shift = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def plain(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return lon, lat


def bd09(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def cell(lon: float, lat: float) -> tuple[str, str]:
    """Return the code and the name of the cell of the small city that a point lies in, by its README."""
    column, row = int((lon - 121.5) * 100), int((lat - 29.8) * 100)
    district, street, community, grid = column // 4, row // 2, column % 4 // 2, row % 2
    code = f"99010{district + 1}00{street + 1}00{community + 1}00{grid + 1}"
    return code, f"{'西东'[district]}{'南北'[street]}{community + 1}社区{grid + 1}网格"


def source(town: Town, datum: str = "4326", **changes: Any) -> SourceSpec:  # noqa: ANN401 - any key of a source
    """Return the hotline with an address, and as few hints as the test wants."""
    return town.source("hotline", place={"datum": datum}, fields={"address": {"column": "标题"}}, **changes)


def send(town: Town, x: Iterable[float], y: Iterable[float], **columns: Sequence[str]) -> None:
    """Send cases at some places; a column has a text for each of them."""
    places = list(zip(x, y, strict=True))
    rows = [
        case(
            f"{n:04}",
            经度=repr(float(lon)),
            纬度=repr(float(lat)),
            **{name: texts[n] for name, texts in columns.items()},
        )
        for n, (lon, lat) in enumerate(places)
    ]
    town.cases(rows)


def told(outcome: Outcome) -> list[tuple[str, str]]:
    """Return the kind and the sentence of each suspicion."""
    return [(str(item["kind"]), str(item["because"])) for item in outcome.findings.get("suspicions", [])]


def at_one_place(lon: float, lat: float, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the scattered places, the first of them put into one."""
    x, y = LON.copy(), LAT.copy()
    x[:rows], y[:rows] = lon, lat
    return x, y


def test_scattered_places_are_not_suspected(town: Town) -> None:
    send(town, LON, LAT, 标题=ROADS[:MANY])
    outcome = town.load(source(town))
    assert (outcome.state, outcome.loaded, told(outcome), outcome.held) == ("published", MANY, [], None)


def test_a_file_with_its_axes_exchanged_is_held_and_named(town: Town) -> None:
    send(town, LAT, LON)
    outcome = town.load(source(town))
    sentence = "400 of 400 rows with a place (100 %) lie in 方城市 only with longitude and latitude exchanged"
    assert told(outcome) == [("swapped-axes", sentence)]
    assert (outcome.state, outcome.loaded, outcome.rejected) == ("held", 0, MANY)
    assert outcome.held == (
        f"hotline: held, because its places look wrong: {sentence}. Nothing of it was published, and what was there "
        "stays. Mend the file, or [place] in sources/hotline.toml; if the places are right, load once with "
        "--accept-suspicion"
    )


def test_a_few_exchanged_places_are_rejects_and_no_more(town: Town) -> None:
    x, y = LON.copy(), LAT.copy()
    x[:9], y[:9] = LAT[:9], LON[:9]
    send(town, x, y)
    outcome = town.load(source(town))
    assert (outcome.state, told(outcome), outcome.reasons) == ("published", [], {"outside-city": 9})


@pytest.mark.parametrize(("x", "y"), [(0, 0), (-1, -1), (999, 999), (121.5, 0)])
def test_a_stand_in_outside_the_city_is_named_with_its_number(town: Town, x: float, y: float) -> None:
    send(town, *at_one_place(x, y, 100))
    outcome = town.load(source(town))
    sentence = f"100 of 400 rows with a place (25 %) stand at {x:g}, {y:g} exactly, outside 方城市"
    assert (outcome.state, told(outcome)) == ("held", [("repeated-point", sentence)])


def test_two_stand_ins_are_two_suspicions(town: Town) -> None:
    x, y = at_one_place(0, 0, 60)
    x[60:100], y[60:100] = -1, -1
    send(town, x, y)
    assert [sentence.partition(" rows")[0] for _, sentence in told(town.load(source(town)))] == [
        "60 of 400",
        "40 of 400",
    ]


def test_a_place_in_the_city_for_all_that_have_none_is_named(town: Town) -> None:
    send(town, *at_one_place(121.55, 29.82, 60), 标题=ROADS[:MANY])
    outcome = town.load(source(town))
    sentence = (
        "60 of 400 rows with a place (15 %) stand at 121.55, 29.82 exactly, "
        "though their addresses have nothing in common"
    )
    assert (outcome.state, told(outcome)) == ("held", [("repeated-point", sentence)])


@pytest.mark.parametrize(
    "address",
    ["中山路27号", "幸福小区{}幢{}室", "MAIN STREET {} / {} AVENUE"],
    ids=["a house", "an estate", "a crossing"],
)
def test_many_cases_at_one_address_are_innocent(town: Town, address: str) -> None:
    here = [address.format(n % 7, n * 13) for n in range(60)]
    send(town, *at_one_place(121.55, 29.82, 60), 标题=here + ROADS[60:MANY])
    outcome = town.load(source(town))
    assert (outcome.state, told(outcome)) == ("published", [])


def test_without_addresses_only_a_place_that_stands_out_is_suspected(town: Town) -> None:
    crossings = [(121.51 + n / 100, 29.81) for n in range(5)]
    x, y = LON.copy(), LAT.copy()
    for n, (lon, lat) in enumerate(crossings):
        x[n * 30 : n * 30 + 30], y[n * 30 : n * 30 + 30] = lon, lat
    send(town, x, y)
    spec = town.source("hotline", place={"datum": "4326"})
    assert told(town.load(spec)) == []
    send(town, *at_one_place(121.55, 29.82, 60))
    sentence = "60 of 400 rows with a place (15 %) stand at 121.55, 29.82 exactly, at any other point 1"
    assert told(town.load(spec)) == [("repeated-point", sentence)]


def test_rows_of_many_units_at_one_place_are_suspected(town: Town) -> None:
    codes = [cell(lon, lat)[0] for lon, lat in zip(LON, LAT, strict=True)]
    send(town, *at_one_place(121.55, 29.82, 60), 社区=codes)
    ((kind, sentence),) = told(town.load(source(town)))
    assert kind == "repeated-point"
    assert sentence.endswith("exactly, but name 15 different units")


def test_many_places_outside_the_city_are_named(town: Town) -> None:
    x, y = LON.copy(), LAT.copy()
    x[:50] += 0.5
    send(town, x, y)
    outcome = town.load(source(town))
    assert told(outcome) == [("outside-city", "50 of 400 rows with a place (12.5 %) lie outside 方城市")]
    assert outcome.state == "held"


@pytest.mark.parametrize(
    ("declared", "truly", "shift"),
    [
        ("4326", "gcj02", wgs84_to_gcj02),
        ("4326", "bd09", bd09),
        ("4490", "gcj02", wgs84_to_gcj02),
        ("gcj02", "4326", plain),
        ("gcj02", "bd09", bd09),
        ("bd09", "gcj02", wgs84_to_gcj02),
        ("bd09", "4326", plain),
    ],
)
@pytest.mark.parametrize("by", ["code", "name"])
def test_a_datum_that_fits_the_units_better_is_named(
    town: Town, declared: str, truly: str, shift: Shift, by: str
) -> None:
    cells = [cell(lon, lat) for lon, lat in zip(LON, LAT, strict=True)]
    codes, names = [code for code, _ in cells], [f"{name}·噪声" for _, name in cells]
    blank = [""] * MANY
    send(town, *shift(LON, LAT), 社区=codes if by == "code" else blank, 标题=names if by == "name" else blank)
    outcome = town.load(source(town, declared))
    assert outcome.state == "held"
    kind, sentence = told(outcome)[-1]
    label = f"EPSG:{declared}" if declared.isdigit() else declared
    assert kind == "wrong-datum"
    assert sentence.startswith(f"the places fit {truly} better than {label}, which is declared: 100 % of ")
    assert ("whose code they carry, against " if by == "code" else "whose name they mention, against ") in sentence
    right = town.load(source(town, truly))
    assert (right.state, right.loaded, told(right)) == ("published", MANY, [])


def test_codes_that_do_not_go_with_the_places_prove_no_datum(town: Town) -> None:
    codes = [cell(lon, lat)[0] for lon, lat in zip(RANDOM.permutation(LON), RANDOM.permutation(LAT), strict=True)]
    send(town, LON, LAT, 社区=codes)
    assert told(town.load(source(town))) == []


def test_without_evidence_nothing_is_said_of_a_datum(town: Town) -> None:
    middle = np.abs(LON - 121.54) < 0.02
    send(town, *wgs84_to_gcj02(LON[middle], LAT[middle] * 0.5 + 29.82 * 0.5))
    assert told(town.load(source(town))) == []


def test_a_held_load_leaves_the_former_rows_and_keeps_its_rejects(town: Town) -> None:
    send(town, LON, LAT, 标题=ROADS[:MANY])
    first = town.load(source(town))
    before = town.rows(HELD)
    shapes = town.rows("SELECT * FROM source_shape")
    send(town, LAT, LON, 标题=ROADS[:MANY])
    outcome = town.load(source(town))
    assert outcome.state == "held"
    assert town.rows(HELD) == before
    assert town.rows("SELECT * FROM source_shape") == shapes
    assert {row.reason for row in town.rejected(outcome)} == {"outside-city"}
    assert town.one("SELECT count(*) FROM change WHERE (detail ->> 'load')::bigint <> :id", id=first.load_id) == 0
    recorded = town.rows(
        "SELECT state, data_time, detail ->> 'message' AS said FROM load WHERE id = :id", id=outcome.load_id
    )
    assert recorded == [("held", None, outcome.held)]


def test_a_snapshot_that_is_held_retires_nothing(town: Town) -> None:
    send(town, LON, LAT)
    town.load(source(town, mode="snapshot"))
    send(town, LAT[:300], LON[:300])
    assert town.load(source(town, mode="snapshot")).state == "held"
    assert town.one("SELECT count(*) FROM incident WHERE retired_at IS NULL") == MANY


def test_a_held_load_is_held_again_until_it_is_accepted(town: Town) -> None:
    send(town, *at_one_place(121.55, 29.82, 60), 标题=ROADS[:MANY])
    spec = source(town)
    assert [town.load(spec).state for _ in range(2)] == ["held", "held"]
    accepted = town.load(spec, request=ACCEPT)
    assert (accepted.state, accepted.loaded, accepted.held) == ("published", MANY, None)
    assert [kind for kind, _ in told(accepted)] == ["repeated-point"]
    assert town.load(spec).state == "unchanged"


def test_below_the_limit_of_its_source_a_suspicion_is_a_finding(town: Town) -> None:
    send(town, *at_one_place(121.55, 29.82, 60), 标题=ROADS[:MANY])
    outcome = town.load(source(town, suspect_limit=0.2))
    assert (outcome.state, outcome.loaded) == ("published", MANY)
    assert (
        town.one(
            "SELECT detail -> 'findings' -> 'suspicions' -> 0 ->> 'kind' FROM load WHERE id = :id", id=outcome.load_id
        )
        == "repeated-point"
    )


def test_a_dry_run_shows_what_a_load_would_be_held_for(town: Town) -> None:
    send(town, LAT, LON)
    outcome = town.load(source(town), dry_run=True)
    assert (outcome.state, [kind for kind, _ in told(outcome)]) == ("dry-run", ["swapped-axes"])
    assert outcome.held is not None
    assert town.one("SELECT count(*) FROM load WHERE state = 'held'") == 0


@pytest.mark.parametrize(("declared", "truly"), [("4326", "4549"), ("32651", "4549"), ("gcj02", "32651")])
def test_another_projection_that_puts_all_into_the_city_is_named(town: Town, declared: str, truly: str) -> None:
    send(town, *Transformer.from_crs(4326, int(truly), always_xy=True).transform(LON, LAT))
    outcome = town.load(source(town, declared))
    sentence = told(outcome)[-1][1]
    assert [kind for kind, _ in told(outcome)] == ["outside-city", "wrong-datum"]
    named = re.search(r"fit EPSG:(\d+) \(.*\) better than .*: 100 % of 400 rows lie in 方城市, against 0 %", sentence)
    assert named is not None
    off = Transformer.from_crs(int(truly), int(named[1]), always_xy=True)
    x, y = Transformer.from_crs(4326, int(truly), always_xy=True).transform(LON, LAT)
    assert float(np.hypot(*(np.array(off.transform(x, y)) - [x, y])).max()) < 200


def test_metres_whose_axes_are_exchanged_are_named_with_their_projection(town: Town) -> None:
    send(town, *reversed(Transformer.from_crs(4326, 4549, always_xy=True).transform(LON, LAT)))
    sentence = told(town.load(source(town, "4326")))[-1][1]
    named = "fit EPSG:4549 (CGCS2000 / 3-degree Gauss-Kruger CM 120E), with place.lon and place.lat exchanged, better"
    assert named in sentence


def test_where_earlier_loads_put_the_same_rows_tells_the_datum(town: Town) -> None:
    middle = np.abs(LON - 121.54) < 0.02
    lon, lat = LON[middle], LAT[middle] * 0.5 + 29.82 * 0.5
    send(town, lon, lat)
    town.load(source(town))
    send(town, lon, lat, 标题=ROADS[: len(lon)])
    assert told(town.load(source(town))) == []
    send(town, *wgs84_to_gcj02(lon, lat))
    outcome = town.load(source(town))
    sentence = (
        "the places fit gcj02 better than EPSG:4326, which is declared: 100 % of "
        f"{len(lon)} rows lie where an earlier load put them, against 0 % as declared"
    )
    assert (outcome.state, told(outcome)) == ("held", [("wrong-datum", sentence)])


def test_a_mended_datum_is_not_held_against_where_the_wrong_one_put_the_rows(town: Town) -> None:
    middle = np.abs(LON - 121.54) < 0.02
    send(town, LON[middle], LAT[middle] * 0.5 + 29.82 * 0.5)
    assert town.load(source(town, "gcj02")).state == "published"
    assert (town.load(source(town, "4326")).state, town.one("SELECT count(*) FROM load WHERE state = 'held'")) == (
        "published",
        0,
    )


def estates(town: Town, shapes: Sequence[object]) -> Outcome:
    """Load shapes as features of a layer of polygons."""
    features = [({"id": f"E{n}", "name": f"E{n}"}, shape) for n, shape in enumerate(shapes)]
    town.geojson("estates.geojson", features)
    plain = town.city.sources["cameras"].model_dump()
    read, fields = {"format": "geojson", "path": "estates.geojson"}, {"key": "id", "name": "name"}
    return town.load(SourceSpec.model_validate(plain | {"read": read, "place": {}, "fields": fields}))


def test_mixed_and_mended_geometry_is_counted(town: Town) -> None:
    corners = [[121.51, 29.81], [121.53, 29.83], [121.53, 29.81], [121.51, 29.83], [121.51, 29.81]]
    bow = {"type": "Polygon", "coordinates": [corners]}
    point = {"type": "Point", "coordinates": [121.51, 29.81]}
    outcome = estates(town, [point, point, bow])
    assert outcome.findings["mended"] == [{"rows": 1, "of": 3}]
    assert outcome.findings["mixed"] == [{"kind": "point", "rows": 2}, {"kind": "polygon", "rows": 1}]
    assert outcome.reasons == {"wrong-geometry": 1}
    # GDAL makes nothing of what is no point.
    lost = [None, {"type": "Point", "coordinates": ["121.51", "29.81"]}, {"type": "Point", "coordinates": [121.51]}]
    outcome = estates(town, [point, *lost])
    assert (outcome.rejected, outcome.findings) == (0, {"without_geometry": [{"rows": 3, "of": 4}]})
    assert estates(town, [point, point]).findings == {}


def test_codes_of_units_that_nobody_knows_are_counted_and_named(
    town: Town, unit_code: Callable[[str], str | None]
) -> None:
    nowhere = {"经度": "", "纬度": ""}
    sent = [case(f"K{n}", 社区="330212999999", **nowhere) for n in range(3)]
    known, none = case("L", 社区="990101001001001", **nowhere), case("M", **nowhere)
    out = case("O", 社区="330212999999", 分类="?", **nowhere)
    town.cases([*sent, case("P", 社区="88"), case("Q", 社区="88", **nowhere), known, none, out])
    outcome = town.load()
    assert (outcome.state, outcome.loaded, outcome.reasons) == ("published", 7, {"unknown-category": 1})
    (found,) = outcome.findings["unknown_unit"]
    assert found["rows"] == 4
    said = "they name a unit that is not known, such as '330212999999' (3 rows), '88' (1 row); kept in the city without"
    assert said in found["because"]
    assert [unit_code(key) for key in ("K0", "L")] == [town.city.spec.code, "990101001001001"]
    with town.engine.connect() as connection:
        assert catalogue.loads(connection, source="hotline")[0].findings == outcome.findings
