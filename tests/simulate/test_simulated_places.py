"""The made-up city loads without a suspicion, and each of its sources is held when it comes in another datum."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from etl.city import load_city
from etl.run import Outcome
from layers.database import driver_url, migrate
from layers.pack import City
from tests.conftest import Databases
from tests.etl.town import Town
from tests.simulate.making import NOW, Made


@pytest.mark.timeout(900)
def test_nothing_of_the_made_up_city_is_suspected_until_its_datum_is_another(
    databases: Databases, ningbo: City, made: Made
) -> None:
    engine = create_engine(driver_url(databases.make()))
    migrate(engine, ningbo)
    outcomes = [outcome for _, outcome in load_city(ningbo, engine=engine, inbox=Path(made.inbox), now=NOW)]
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
    found = {item.source: item for item in outcomes if isinstance(item, Outcome)}
    assert set(found) == set(ningbo.sources)
    assert [name for name, item in found.items() if item.held or "suspicions" in item.findings] == []
    town = Town(ningbo, engine, Path(made.inbox))
    for name, other in (("hotline", "4326"), ("cameras", "4490"), ("hydrants", "gcj02"), ("grid-reports", "bd09")):
        outcome = town.load(town.source(name, place={"datum": other}), now=NOW)
        truly = ningbo.sources[name].place.datum
        assert outcome.state == "held", name
        assert f"fit {truly if truly == 'gcj02' else '4326'} better than" in str(outcome.held)
    engine.dispose()
