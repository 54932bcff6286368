"""Ningbo, made once: its partition, and the files of a small number of rows."""

import pytest

from layers.pack import City
from layers.settings import HOME
from simulate.city import make
from simulate.partition import Partition, build
from simulate.places import Ground
from simulate.plan import Plan, read
from tests.simulate.making import NOW, ROWS, Made


@pytest.fixture(scope="session")
def ningbo() -> City:
    return City(HOME / "data" / "ningbo")


@pytest.fixture(scope="session")
def plan(ningbo: City) -> Plan:
    return read(ningbo.folder)


@pytest.fixture(scope="session")
def partition(ningbo: City, plan: Plan) -> Partition:
    return build(ningbo, plan)


@pytest.fixture(scope="session")
def ground(partition: Partition) -> Ground:
    return Ground(partition)


@pytest.fixture(scope="session")
def made(ningbo: City, tmp_path_factory: pytest.TempPathFactory) -> Made:
    inbox = tmp_path_factory.mktemp("inbox")
    reports: list[tuple[str, int, int]] = []
    make(ningbo, inbox, rows=ROWS, now=NOW, report=lambda step, done, total: reports.append((step, done, total)))
    return Made(inbox, reports)
