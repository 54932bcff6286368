"""The process that reading processes are born from: libraries loaded once, GDAL's drivers few, no network.

It runs by itself (`python -m etl.sandbox.nursery SOCKET`) and forks a process for every file. Whatever that one does,
it cannot reach the loader: it writes frames to a pipe, and its exit status is told by another.
"""

import array
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from etl.sandbox import limits
from etl.sandbox.parent import STATUS

DRIVERS = frozenset({"ESRI Shapefile", "FlatGeobuf", "GPKG", "GeoJSON", "GeoJSONSeq", "KML", "LIBKML", "TopoJSON"})
"""Those of the readers; none of them follows a reference to another file or address."""
SKIP = "GDAL_SKIP"
REQUEST = 1 << 20


def main() -> NoReturn:
    """Serve until the loader is gone."""
    if SKIP not in os.environ:
        limits.leave_network()
    skip_drivers()
    _load_readers()
    serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(0)


def skip_drivers() -> None:
    """Make sure that GDAL knows no driver but ours: it reads the list of those to skip once, when it starts."""
    # Reading needs none of it, and it takes three quarters of the time to start.
    sys.modules["geopandas"] = None  # type: ignore[assignment]
    import pyogrio  # noqa: PLC0415 - after the line above

    others = sorted(set(pyogrio.list_drivers()) - DRIVERS)
    if others and SKIP not in os.environ:
        environment = os.environ | {SKIP: ",".join(others)}
        os.execve(sys.executable, [sys.executable, "-m", "etl.sandbox.nursery", *sys.argv[1:]], environment)  # noqa: S606
    if others:
        sys.exit(f"GDAL keeps the drivers {others}")


def _load_readers() -> None:
    from etl.readers import formats, reader  # noqa: PLC0415 - after GDAL has been told what to skip

    for name in formats():
        reader(name)


def serve(control: socket.socket) -> None:
    """Fork a process for every request, and tell how each one ended."""
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    living: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), awake], [], [])
        if awake in ready:
            os.read(awake, 1024)
            for process, status in _ended():
                told = living.pop(process)
                with suppress(BrokenPipeError):  # nobody asks any more
                    os.write(told, STATUS.pack(status))
                os.close(told)
        if control.fileno() in ready:
            message, descriptors = _received(control)
            if not message:
                return
            pipe, told = descriptors
            process = os.fork()
            if not process:
                # Else a nursery that is gone would look alive for as long as this process reads.
                control.close()
                read(json.loads(message), pipe)
            os.close(pipe)
            with suppress(BrokenPipeError):
                os.write(told, STATUS.pack(process))
            living[process] = told


def _received(control: socket.socket) -> tuple[bytes, list[int]]:
    message, extra, _, _ = control.recvmsg(REQUEST, socket.CMSG_SPACE(2 * array.array("i").itemsize))
    descriptors = array.array("i")
    for _, _, data in extra:
        descriptors.frombytes(data)
    return message, list(descriptors)


def _ended() -> Iterator[tuple[int, int]]:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        yield process, os.waitstatus_to_exitcode(status)


def read(request: Mapping[str, Any], pipe: int) -> NoReturn:
    """Read one file in this process, and end it."""
    status = 1
    try:
        from etl.sandbox.child import send  # noqa: PLC0415 - loads the readers

        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        limits.restrict(limits.Limits(**request["limits"]))
        readable = [Path(part) for part in request["parts"]]
        limits.confine(readable, Path(request["folder"]))
        with os.fdopen(pipe, "wb", buffering=0) as into:
            send(request, into)
        status = 0
    finally:
        # Whatever it was, nothing above this frame may run on in the copy of the nursery.
        os._exit(status)


if __name__ == "__main__":
    main()
