"""Asking a web service politely: time-outs, retries that wait longer each time, an end to every list."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from etl.checks import list_some
from layers.errors import SourceDataError, UnreachableError
from layers.plural import counted
from layers.specs import ReadSpec

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
PATIENCE = 120.0
"""Seconds that one page may take to arrive, however steadily it drips."""
LARGEST = 64 << 20
"""Bytes of one page."""
MOST = 10_000
"""Pages of one answer."""
TRIES = 5
PAUSE = 0.5
"""Seconds before the second try; doubled each time."""
LONGEST_WAIT = 60.0
AGAIN = {408, 425, 429, 500, 502, 503, 504}
"""What a service answers that may do better next time."""

Parameters = Mapping[str, str | int]


class AgainError(Exception):
    """The answer was none, but another try may help; `wait` is how long the service asks for."""

    def __init__(self, said: str, wait: float = 0.0) -> None:
        """Keep what the service asks for."""
        super().__init__(said)
        self.wait = wait


@dataclass
class Client:
    """A connection to one service."""

    name: str
    headers: Mapping[str, str]

    def __enter__(self) -> Self:
        """Open the connection; redirects are not followed, since they may lead anywhere."""
        self._client = httpx.Client(timeout=TIMEOUT, headers=dict(self.headers))
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        """Close it."""
        self._client.close()

    def get(self, url: str, parameters: Parameters) -> Any:  # noqa: ANN401 - any JSON
        """Return a page.

        Raises:
            UnreachableError: The service does not answer after five tries.
            SourceDataError: It refuses.
        """
        said = ""
        for attempt in range(TRIES):
            try:
                return self._page(url, parameters)
            except (AgainError, httpx.TransportError) as mistake:
                said = str(mistake) or type(mistake).__name__
                asked = mistake.wait if isinstance(mistake, AgainError) else 0.0
            if attempt + 1 < TRIES:
                time.sleep(min(max(PAUSE * 2**attempt, asked), LONGEST_WAIT))
        raise UnreachableError(self.name, found=f"{said}, {TRIES} times", right="try again later, or mend read.url")

    def _page(self, url: str, parameters: Parameters) -> Any:  # noqa: ANN401 - any JSON
        until = time.monotonic() + PATIENCE
        with self._client.stream("GET", httpx.URL(url).copy_merge_params(dict(parameters))) as answer:
            if answer.status_code in AGAIN:
                wait = answer.headers.get("retry-after", "")
                msg = f"it answered {answer.status_code}"
                raise AgainError(msg, float(wait) if wait.isdigit() else 0.0)
            if answer.status_code != httpx.codes.OK:
                found = f"it answered {answer.status_code} {answer.reason_phrase}".rstrip()
                raise SourceDataError(self.name, found=found, right="mend read.url or the settings in read.headers")
            text = bytearray()
            for chunk in answer.iter_bytes():
                text += chunk
                if len(text) > LARGEST:
                    raise SourceDataError(
                        self.name, found=f"a page is larger than {LARGEST >> 20} MiB", right="ask for less by read.page"
                    )
                if time.monotonic() > until:
                    msg = f"a page was not there after {PATIENCE:g} s"
                    raise AgainError(msg)
        try:
            return json.loads(text, parse_constant=str)
        except (ValueError, RecursionError) as mistake:
            right = "read.url must answer with JSON"
            raise SourceDataError(self.name, found=f"no JSON: {mistake}", right=right) from mistake


def pages(client: Client, spec: ReadSpec, since: datetime | None) -> Iterator[list[Any]]:
    """Yield the records of page after page, until one is empty, or the same list as before it.

    A page that is not full proves nothing: a service may give less at a time than it is asked for.

    Raises:
        SourceDataError: A full page is the one before it again, so nobody knows what is behind it.
    """
    before: list[Any] | None = None
    taken = 0
    for number in range(MOST):
        page = _records(client.get(spec.url or "", _parameters(spec, number, taken, since)), spec, client.name)
        if page and page == before and (len(page) == spec.page or spec.paging == "socrata"):
            found = f"page {number + 1} has the {counted(len(page), 'record')} of the page before it again"
            right = 'there may be more: ask for all at once by a larger read.page, or by paging = "none"'
            raise SourceDataError(client.name, found=found, right=right)
        if not page or page == before:
            return
        yield page
        if spec.paging == "none":
            return
        before, taken = page, taken + len(page)
    raise SourceDataError(client.name, found=f"more than {MOST} pages", right="ask for larger ones by read.page")


def _parameters(spec: ReadSpec, number: int, taken: int, since: datetime | None) -> Parameters:
    newer = spec.since if since is not None else None
    if spec.paging == "socrata":
        asked: dict[str, str | int] = {"$limit": spec.page, "$offset": taken, "$order": ":id"}
        if newer and since is not None:
            # Socrata's times have no zone; those of most cities' sets are local, as `since` is here.
            asked["$where"] = f"{newer} >= '{since.replace(tzinfo=None).isoformat(timespec='seconds')}'"
        return asked
    asked = {"page": number + 1, "page_size": spec.page} if spec.paging == "open311" else {}
    if newer and since is not None:
        asked[newer] = since.isoformat(timespec="seconds")
    return asked


def _records(page: Any, spec: ReadSpec, name: str) -> list[Any]:  # noqa: ANN401 - any JSON
    for key in spec.records.split(".") if spec.records else ():
        page = page.get(key) if isinstance(page, dict) else None
    if not isinstance(page, list):
        found = f"a page has no list of records at {spec.records or 'the top'!r}"
        right = "name the keys on the way to the list under read.records"
        if isinstance(page, dict):
            right += f"; it has {list_some(list(page))}"
        raise SourceDataError(name, found=found, right=right)
    return page
