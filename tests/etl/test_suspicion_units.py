"""Boundaries in another datum than declared are held and named; a new edition that moves some of them is not."""

import json
from collections.abc import Callable

import numpy as np
import pytest
import shapely

from etl.request import Request
from etl.run import Outcome
from layers.datum import gcj02_to_bd09, wgs84_to_gcj02
from tests.etl.town import Town

Move = Callable[[np.ndarray], np.ndarray]
UNITS = "SELECT code, id, ST_AsText(geom), load_id FROM unit ORDER BY code"


def gcj02(places: np.ndarray) -> np.ndarray:
    return np.column_stack(wgs84_to_gcj02(places[:, 0], places[:, 1]))


def bd09(places: np.ndarray) -> np.ndarray:
    return np.column_stack(gcj02_to_bd09(*gcj02(places).T))


def nudged(places: np.ndarray) -> np.ndarray:
    """Move every other vertex by some metres, as a new survey does, neighbours alike."""
    odd: np.ndarray = np.round(places * 100).sum(axis=1, keepdims=True) % 2
    moved: np.ndarray = places + odd * np.array([0.0002, -0.0001])
    return moved


def load(town: Town, move: Move, *, datum: str = "4326", request: Request | None = None) -> Outcome:
    """Load the units of the small city once more, every vertex moved."""
    sent = json.loads((town.city.folder / "units.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shapely.transform(shapely.from_geojson(json.dumps(item["geometry"])), move) for item in sent]
    pairs = [(item["properties"], shapely.geometry.mapping(shape)) for item, shape in zip(sent, shapes, strict=True)]
    town.geojson("moved.geojson", pairs)
    spec = town.source("units", read={"path": "moved.geojson"}, place={"datum": datum})
    return town.load(spec, request=request or Request())


@pytest.mark.parametrize(
    ("move", "declared", "truly"), [(gcj02, "4326", "gcj02"), (bd09, "4326", "bd09"), (bd09, "gcj02", "bd09")]
)
def test_boundaries_in_another_datum_are_held_and_named(own_town: Town, move: Move, declared: str, truly: str) -> None:
    before = own_town.rows(UNITS)
    outcome = load(own_town, move, datum=declared)
    ((suspicion),) = outcome.findings["suspicions"]
    assert (outcome.state, suspicion["kind"], suspicion["share"]) == ("held", "wrong-datum", 1.0)
    label = "EPSG:4326" if declared == "4326" else declared
    assert suspicion["because"].startswith(
        f"the boundaries fit {truly} better than {label}, which is declared: 100 % of"
    )
    assert own_town.rows(UNITS) == before
    assert load(own_town, move, datum=truly).held is None


def test_boundaries_of_a_new_survey_are_not_suspected(own_town: Town) -> None:
    outcome = load(own_town, nudged)
    assert (outcome.held, "suspicions" in outcome.findings) == (None, False)
    assert outcome.loaded > 0


def test_held_boundaries_come_in_when_they_are_accepted(own_town: Town) -> None:
    assert load(own_town, gcj02).state == "held"
    assert load(own_town, gcj02, request=Request(accept_suspicion=True)).state == "published"
