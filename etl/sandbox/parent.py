"""The loader's end of the nursery: started when first needed, started again if it is gone, ended with the loader."""

import array
import atexit
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from layers.errors import LoadError

STATUS = struct.Struct("=q")
"""A number told about a process: first its own, then its exit status."""
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH")
"""What the nursery learns of the environment: no addresses, passwords or proxies."""
TOLD = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_NUM_THREADS": "1",
    "GDAL_PAM_ENABLED": "NO",
    # Memory of one piece serves the next: given back and asked for again, it is a quarter of the time.
    "MALLOC_MMAP_THRESHOLD_": f"{32 << 20}",
    "MALLOC_TOP_PAD_": f"{64 << 20}",
    "MALLOC_TRIM_THRESHOLD_": f"{256 << 20}",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}


@dataclass(frozen=True)
class Birth:
    """A reading process: the pipe its frames come from, and the one that tells its number and its end."""

    pipe: int
    status: int

    def told(self, patience: int) -> int | None:
        """Return the next number told about it: first its own, then its exit status."""
        poll = select.poll()
        poll.register(self.status, select.POLLIN | select.POLLHUP)
        said = os.read(self.status, STATUS.size) if poll.poll(patience) else b""
        return int(STATUS.unpack(said)[0]) if len(said) == STATUS.size else None

    def close(self) -> None:
        """Let go of both."""
        os.close(self.pipe)
        os.close(self.status)


class Nursery:
    """Starts reading processes."""

    def __init__(self) -> None:
        """Start none yet."""
        self._turn = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        """The nursery itself, while it runs."""
        self._control: socket.socket | None = None

    def ask(self, request: bytes) -> Birth:
        """Start a process for a request.

        Raises:
            LoadError: None can be started here.
        """
        with self._turn:
            for _ in range(2):
                if self._control is None:
                    self.start()
                try:
                    return self._sent(request)
                except OSError:
                    self._end()
        msg = "no process for reading files can be started; `python -m etl.sandbox.nursery` says why"
        raise LoadError(msg)

    def close(self) -> None:
        """End the nursery, and with it all it has started."""
        with self._turn:
            self._end()

    def start(self) -> None:
        """Start it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= TOLD | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "etl.sandbox.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._control = ours

    def _sent(self, request: bytes) -> Birth:
        if self._control is None:
            raise BrokenPipeError
        pipe, theirs = os.pipe()
        status, told = os.pipe()
        try:
            passed = array.array("i", [theirs, told])
            self._control.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        except OSError:
            os.close(pipe)
            os.close(status)
            raise
        finally:
            os.close(theirs)
            os.close(told)
        return Birth(pipe, status)

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
            self.process.kill()
            self.process.wait()
            self.process = None


@cache
def nursery() -> Nursery:
    """Return the one of this process."""
    made = Nursery()
    atexit.register(made.close)
    return made
