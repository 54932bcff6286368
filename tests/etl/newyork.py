"""New York with a database of its own, and the shared files in its inbox."""

from pathlib import Path

from sqlalchemy import create_engine

from layers.database import driver_url, migrate
from layers.pack import City
from layers.settings import HOME
from tests.conftest import Databases
from tests.etl.shared import put
from tests.etl.town import Town

FILES = {
    "311": ("nyc311_2019-12-31.csv", "nyc311_2024-04-16.csv", "nyc311_2024-05-27.csv"),
    "311-portal": ("nyc311_2022-05-01.csv",),
    "311-json": ("nyc311_2024-05-27.json",),
    "collisions": ("nyccrashes_2024w0630_by20240916.csv",),
    "stops": ("nypd_stops_2020_subset_xy_epsg2263.xlsx",),
}


def newyork(databases: Databases, inbox: Path) -> Town:
    """Return the city without rows."""
    city = City(HOME / "data" / "newyork")
    made = create_engine(driver_url(databases.make()))
    migrate(made, city)
    return Town(city, made, inbox)


def send(town: Town) -> None:
    """Put every shared file where its source looks, or skip the test."""
    for folder, names in FILES.items():
        for name in names:
            put(f"nyc/incidents/{name}", town.inbox / folder)
    put("nyc/cameras/nyctmc_cameras.json", town.inbox / "cameras")
