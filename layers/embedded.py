"""OneMap's own PostgreSQL with PostGIS: a cluster in a local folder, reached by a socket only."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from layers.errors import DatabaseUnavailableError

ACCOUNT = "postgres"
"""Who runs the server when OneMap is started by root: PostgreSQL refuses root."""

ATTEMPTS = 5

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    # Nobody follows its log: indexes that are built need not be in it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
}
LEAST, MOST = 128, 8192
"""Megabytes that the server keeps of its tables: a quarter of the memory there is, as PostgreSQL's manual advises."""
INSTALL = (
    "install PostgreSQL with PostGIS (Debian: apt-get install --no-install-recommends postgresql-15-postgis-3) "
    "or set ONEMAP_DATABASE_URL to a server that has them"
)


@dataclass(frozen=True)
class Embedded:
    """The cluster below a data folder."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        """Where the server keeps its files."""
        return self.data_dir.resolve() / "postgres"

    @property
    def sockets(self) -> Path:
        """A short path that is the same at every start: a socket's address may not exceed 107 bytes."""
        name = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"onemap-{os.getuid()}-{name}"

    @property
    def url(self) -> str:
        """The address of the database, whether or not the server runs."""
        return f"postgresql://onemap@/onemap?host={quote(str(self.sockets))}"

    @property
    def is_made(self) -> bool:
        """Whether the cluster is there, running or not."""
        return self._version() is not None

    def is_running(self) -> bool:
        """Knock at the socket: a file or a process that a crash left behind does not count."""
        return self._version() is not None and self._run("pg_isready", "-q", "-h", str(self.sockets)).returncode == 0

    def start(self) -> bool:
        """Create the cluster if needed and start it; return whether this call started it.

        Raises:
            DatabaseUnavailableError: PostgreSQL or PostGIS is missing, or the server does not start.
        """
        with self._alone():
            self._create()
            if self.is_running():
                return False
            self._own(self.sockets)
            self._configure()
            self._launch()
            self._create_database()
            return True

    def stop(self) -> bool:
        """Stop the server if it runs, after what is being written; return whether it ran."""
        with self._alone():
            if not self.is_running():
                return False
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", ".")
            shutil.rmtree(self.sockets, ignore_errors=True)
            return True

    def reset(self) -> None:
        """Drop the database and create it empty; the server must run."""
        with self._alone():
            self._ask("DROP DATABASE IF EXISTS onemap WITH (FORCE)")
            self._create_database()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self) -> None:
        """Start the server; after a crash the last of the old processes may need a moment to go."""
        for _ in range(ATTEMPTS):
            if not self._run("pg_ctl", "start", "-w", "-t", "60", "-D", ".", "-l", "server.log").returncode:
                return
            time.sleep(1)
        log = self.cluster / "server.log"
        last = log.read_text(errors="replace").splitlines()[-3:] if log.is_file() else ["no log"]
        msg = f"the embedded database does not start: {' / '.join(last)}; its log is {log}"
        raise DatabaseUnavailableError(msg)

    def _create(self) -> None:
        if (self.cluster / "PG_VERSION").is_file():
            return
        _programs()
        shutil.rmtree(self.cluster, ignore_errors=True)
        self._own(self.cluster)
        made = self._run("initdb", "-D", ".", "-U", "onemap", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if made.returncode:
            shutil.rmtree(self.cluster, ignore_errors=True)
            msg = f"the embedded database can't be created in {self.cluster}: {made.stderr.strip()}"
            raise DatabaseUnavailableError(msg)
        with (self.cluster / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude_if_exists = 'onemap.conf'\n")

    def _configure(self) -> None:
        """Write the settings anew at every start: the folder may have moved, the program may have changed."""
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        memory = _memory() // 2**20
        lines += [f"shared_buffers = {min(max(memory // 4, LEAST), MOST)}MB", f"effective_cache_size = {memory // 2}MB"]
        lines += [f"unix_socket_directories = '{self.sockets}'", "unix_socket_permissions = 0700"]
        # Pages in the log: half of the processor time that `on` takes, and a quarter less of them.
        built = self._run("pg_config", "--configure").stdout
        lines.append(f"wal_compression = {'zstd' if '--with-zstd' in built else 'on'}")
        # What was in memory is read back after a start, before somebody has to wait for it.
        if (Path(self._run("pg_config", "--pkglibdir").stdout.strip()) / "pg_prewarm.so").is_file():
            lines.append("shared_preload_libraries = 'pg_prewarm'")
        (self.cluster / "onemap.conf").write_text("\n".join([*lines, ""]))

    def _create_database(self) -> None:
        if not self._ask("SELECT 1 FROM pg_database WHERE datname = 'onemap'"):
            self._ask("CREATE DATABASE onemap")

    def _ask(self, sql: str) -> str:
        to = ("-h", str(self.sockets), "-U", "onemap", "-d", "postgres", "-tA", "-v", "ON_ERROR_STOP=1", "-c")
        answer = self._run("psql", *to, sql)
        if answer.returncode:
            msg = f"the embedded database refuses {sql!r}: {answer.stderr.strip()}"
            raise DatabaseUnavailableError(msg)
        return answer.stdout.strip()

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        elif folder.stat().st_uid != os.getuid():
            msg = f"{folder} belongs to somebody else; remove it, or set ONEMAP_DATA_DIR to another folder"
            raise DatabaseUnavailableError(msg)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*_account(), str(_programs(self._version()) / program), *arguments]
        return subprocess.run(  # noqa: S603 - fixed programs, no shell
            command,
            cwd=self.cluster,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # The server that pg_ctl leaves behind would hold a pipe open for ever.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        )

    def _version(self) -> str | None:
        file = self.cluster / "PG_VERSION"
        return file.read_text().strip() if file.is_file() else None


def _memory() -> int:
    """Return the bytes of the machine's memory, or of less where a control group allows no more."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    said = limit.read_text().strip() if limit.is_file() else ""
    return min(whole, int(said)) if said.isdigit() else whole


def _programs(version: str | None = None) -> Path:
    """Return the folder of the newest server programs that have PostGIS, or those of a given version."""
    found: dict[int, Path] = {}
    for folder in _candidates():
        answer = subprocess.run(  # noqa: S603 - a program found above, no shell
            [folder / "pg_config", "--sharedir", "--version"], text=True, capture_output=True, check=False
        )
        lines = answer.stdout.splitlines()
        number = re.search(r"\d+", lines[1]) if len(lines) > 1 else None
        if number and (Path(lines[0]) / "extension" / "postgis.control").is_file():
            found.setdefault(int(number.group()), folder)
    if version is not None and int(version) not in found:
        msg = f"the embedded database was made by PostgreSQL {version}, found: {sorted(found) or 'none'}; {INSTALL}"
        raise DatabaseUnavailableError(msg)
    if not found:
        msg = f"no PostgreSQL server with PostGIS is installed; {INSTALL}"
        raise DatabaseUnavailableError(msg)
    return found[int(version)] if version else found[max(found)]


def _candidates() -> Sequence[Path]:
    folders = [
        Path("/usr/lib/postgresql").glob("*/bin"),
        Path("/usr").glob("pgsql-*/bin"),
        Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
    ]
    on_path = [Path(folder) for folder in os.get_exec_path()]
    return [
        folder
        for folder in [*(item for group in folders for item in group), *on_path]
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "pg_ctl", "postgres", "pg_config"))
    ]


def _account() -> list[str]:
    """Return the words before a command that give up root.

    The capability to pass folders survives, because a checkout may lie where only root may look (a home or a
    temporary folder); what is in the cluster's own folder belongs to the account anyway.
    """
    if os.getuid() != 0:
        return []
    drop = ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]
    keep = "+dac_read_search"
    able = subprocess.run(  # noqa: S603 - fixed program, no shell
        [*drop, f"--inh-caps={keep}", f"--ambient-caps={keep}", "true"],
        capture_output=True,
        check=False,
    )
    return [*drop, f"--inh-caps={keep}", f"--ambient-caps={keep}"] if able.returncode == 0 else drop
