"""What the environment may say, read once at the front door."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

HOME = Path(__file__).resolve().parent.parent
READ = 10_000
"""What PostgreSQL may expect to pay for reading the points of a view: some 25 ms of a processor."""


class Settings(BaseSettings):
    """All `ONEMAP_*` variables; nothing else in the program reads the environment."""

    model_config = SettingsConfigDict(env_prefix="ONEMAP_", frozen=True)

    database_url: str | None = None
    """A PostGIS server, `postgresql://user:password@host/name`; without it, the embedded one."""
    city: Path = HOME / "data" / "ningbo"
    host: str = "127.0.0.1"
    port: int = 8050
    data_dir: Path = HOME / ".onemap"
    """Embedded cluster, inbox of generated files, logs."""
    demo_rows: int = 300_000
    points_cost: float = READ
    """Where PostgreSQL expects to pay more for reading the points of a view, they are counted by unit."""
    tiles: str | None = None
    """An XYZ template for a base map; the only outside address a browser is ever sent to."""

    @property
    def inbox(self) -> Path:
        """The folder where this city's files arrive, searched after the pack itself."""
        return self.data_dir / "inbox" / self.city.name
