"""A whole city: its units, then every other source, several at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from etl.files import awaited
from etl.request import Request
from etl.run import WHOLE, Outcome, load, order
from etl.stamp import Stamps
from layers.errors import LoadError
from layers.pack import City
from layers.specs import SourceSpec

Report = Callable[[SourceSpec, str, int, int], None]
"""Told source, step, done and total, from several threads."""
Result = tuple[SourceSpec, Outcome | LoadError]


def load_city(  # noqa: PLR0913 - all that the runs depend on, by name
    city: City,
    *,
    engine: Engine,
    inbox: Path,
    now: datetime,
    dry_run: bool = False,
    report: Report | None = None,
    workers: int = 2,
    request: Request = WHOLE,
) -> Iterator[Result]:
    """Yield what became of every source as it finishes; one that fails does not keep the others from loading.

    A source of which nothing was sent yet is no failure: nothing is recorded of it, and it says `no file`.

    Counts of different sources are different rows, so that loads side by side never wait for each other.
    """
    stamps = Stamps()

    def run(source: SourceSpec) -> Result:
        def tell(step: str, done: int, total: int) -> None:
            if report is not None:
                report(source, step, done, total)

        if awaited(source, city=city, inbox=inbox):
            return source, Outcome(source.id, "no file", read=0, loaded=0, unchanged=0, rejected=0)
        try:
            outcome = load(
                source,
                city=city,
                engine=engine,
                inbox=inbox,
                now=now,
                dry_run=dry_run,
                report=tell,
                stamps=stamps,
                request=request,
            )
        except LoadError as mistake:
            return source, mistake
        return source, outcome

    units = [source for source in order(city) if source.feeds == "units"]
    others = [source for source in order(city) if source.feeds != "units"]
    # Those with most to do first, so that no long one is left for the end.
    others.sort(key=lambda source: source.feeds != "incidents")
    yield from map(run, units)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        started: list[Future[Result]] = [pool.submit(run, source) for source in others]
        for done in as_completed(started):
            yield done.result()
