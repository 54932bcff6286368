"""A stop that waits for a load, a database that restarts, and an end to trying."""

import signal
import time
from pathlib import Path

from layers.embedded import Embedded
from tests.etl.loader import BEFORE_ALL, PATIENCE, Loader, until
from tests.etl.schedule.scheduling import Scheduling
from tests.etl.schedule.test_schedule import CAMERAS, GATE, held


def test_a_scheduler_outlives_its_database(tmp_path: Path) -> None:
    server, loader = Embedded(tmp_path / "server"), Loader(tmp_path)
    loader.prepare()
    server.start()
    loader.run(server.url, "units")
    scheduling = Scheduling(loader, server.url)
    file = scheduling.inbox / "cameras.csv"
    file.parent.mkdir(parents=True)
    file.write_text(CAMERAS + GATE, encoding="utf-8")
    try:
        with scheduling.running():
            scheduling.until_states("cameras", "published")
            server.stop()
            server.start()
            file.write_text(CAMERAS + GATE + GATE.replace("C1", "C2"), encoding="utf-8")
            scheduling.until_states("cameras", "published", "published")
    finally:
        server.stop()


def test_a_stop_lets_a_load_finish_that_can(scheduling: Scheduling) -> None:
    scheduling.loader.send(range(100), title="case")
    process, holder = held(scheduling, BEFORE_ALL, "--grace", "60", "--lost", "100")
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    holder.close()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert scheduling.states("hotline") == ["published"]
    assert scheduling.job("hotline") == ("succeeded", 1)


def test_what_is_away_too_long_is_given_up_and_said(scheduling: Scheduling) -> None:
    cameras = scheduling.loader.folder / "city" / "sources" / "cameras.toml"
    read = 'format = "sql"\ndatabase = "ONEMAP_SOURCE_THEIRS"\nquery = "SELECT * FROM cameras"'
    said = cameras.read_text(encoding="utf-8").replace('format = "csv"\npath = "cameras.csv"', read)
    cameras.write_text(said, encoding="utf-8")
    scheduling.settings["ONEMAP_SOURCE_THEIRS"] = f"sqlite:///{scheduling.loader.folder}/absent/cameras.db"
    with scheduling.running("--tries", "2"):
        until(lambda: scheduling.job("cameras") == ("failed", 2))
    process = scheduling.start("--once")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert scheduling.states("cameras") == ["failed", "failed"]
