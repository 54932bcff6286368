"""A process that loads one source after the other, as it is told, and may be killed at any moment.

It reads the ids of sources from standard input, one a line, answers each with a line of JSON, and ends when the
scheduler does, in the middle of a load if need be: nothing of that is visible then.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, TextIO

import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError

from etl.run import load
from etl.stamp import Stamps
from layers import database
from layers.errors import OneMapError, UnreachableError
from layers.pack import City
from layers.settings import Settings

PASSING = (UnreachableError, OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""What may be otherwise at the next try with nothing mended: a service or a database that is away, a full disk."""


def passing(mistake: BaseException) -> bool:
    """Say whether another try may succeed with nothing mended."""
    causes = [mistake]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    return any(isinstance(item, PASSING) for item in causes) or isinstance(mistake, OSError)


def main() -> None:
    """Serve a scheduler."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the scheduler
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    settings = Settings()
    stamps = Stamps()
    for source in _asked(sys.stdin):
        answers.write(json.dumps(_load(source, settings, stamps), ensure_ascii=False) + "\n")
        answers.flush()


def _asked(lines: TextIO) -> Iterator[str]:
    asked: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in lines:
            asked.put(line.strip())
        os._exit(0)  # nobody is there any more to finish for

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield asked.get()


def _load(source: str, settings: Settings, stamps: Stamps) -> dict[str, Any]:
    try:
        city = City(settings.city)
        engine = database.connect(settings.database_url or "")
        try:
            outcome = load(
                city.sources[source],
                city=city,
                engine=engine,
                inbox=settings.inbox,
                now=datetime.now(UTC),
                stamps=stamps,
            )
        finally:
            engine.dispose()
    except (OneMapError, *PASSING, OSError) as mistake:
        return {"mistake": str(mistake), "passing": passing(mistake)}
    except Exception as mistake:  # noqa: BLE001 - a fault of ours: shown whole in the log, and no end of the scheduler
        traceback.print_exc()
        return {"mistake": f"{type(mistake).__name__}: {mistake}", "passing": False}
    names = ("state", "read", "loaded", "unchanged", "rejected", "retired", "load_id", "held")
    return {name: getattr(outcome, name) for name in names}


if __name__ == "__main__":
    main()
