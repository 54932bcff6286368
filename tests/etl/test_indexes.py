"""The first of all incidents come into a table without most of its indexes, which are there again when it is over."""

import signal
from pathlib import Path

from psycopg import connect
from sqlalchemy import text

from etl.indexes import PUT_OFF, WRITING
from tests.conftest import Databases
from tests.etl.loader import BEFORE_KEEPING, SEEN, Loader, contents, one
from tests.etl.town import Town, case

INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'incident' ORDER BY 1"


def indexes(town: Town) -> list[str]:
    return [row[0] for row in town.rows(INDEXES)]


def test_a_first_load_that_is_killed_leaves_no_rows_and_the_next_one_all_indexes(
    databases: Databases, template: str, tmp_path: Path
) -> None:
    loader = Loader(tmp_path)
    loader.prepare()
    loader.send(range(3000), title="first")
    killed, clean = (databases.make(template).replace("+psycopg", "") for _ in range(2))
    for url in (killed, clean):
        loader.run(url, "units")
    with connect(clean) as driver:
        every = driver.execute(INDEXES).fetchall()
    with loader.held(killed, BEFORE_KEEPING) as (process, _, _), connect(killed) as reader:
        assert {row[0] for row in reader.execute(INDEXES)} == {"incident_pkey", "incident_key"}
        assert reader.execute(SEEN).fetchone() == (0, 0, 0)
        # Whoever else writes incidents waits.
        assert one(killed, f"SELECT pg_try_advisory_lock_shared({WRITING}, 0)") is False
        process.send_signal(signal.SIGKILL)
        process.communicate()
    for url in (killed, clean):
        loader.run(url)
    assert contents(killed) == contents(clean)
    with connect(killed) as driver:
        assert driver.execute(INDEXES).fetchall() == every


def test_a_first_load_that_is_refused_puts_the_indexes_back(town: Town) -> None:
    every = indexes(town)
    town.cases([case("A", 分类="?")] * 3)
    assert town.load().rejected == 3
    assert indexes(town) == every


def test_indexes_stay_while_somebody_reads_the_table_and_come_back_where_there_are_rows(town: Town) -> None:
    every = indexes(town)
    town.cases([case("A")])
    with town.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM incident"))
        assert town.load().loaded == 1
        assert indexes(town) == every
    with town.engine.begin() as connection:
        for index in PUT_OFF:
            index.drop(connection)
    town.cases([case("A"), case("B")])
    assert town.load().loaded == 1
    assert indexes(town) == every
